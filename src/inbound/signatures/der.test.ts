import { describe, expect, it } from "vitest";
import { hex } from "../../lib/bytes.ts";
import { rawFromDer } from "./der.ts";
import { fromHex } from "./hmac.ts";

const convert = (der: string, size?: number) => {
  const raw = rawFromDer(fromHex(der.replaceAll(" ", "")) ?? new Uint8Array(), size);
  return raw && hex(raw);
};
const A32 = "11".repeat(32);
/** The same with its highest bit set: DER puts a zero before it. */
const B32 = "91".repeat(32);
const pad = (digits: string) => digits.padStart(64, "0");

describe("a signature in DER", () => {
  it.each([
    ["of two full integers", `3044 0220${A32} 0220${A32}`, A32 + A32],
    ["with a leading zero before r", `3045 022100${B32} 0220${A32}`, B32 + A32],
    ["with leading zeros before both", `3046 022100${B32} 022100${B32}`, B32 + B32],
    ["with a short r", `3027 020305abcd 0220${A32}`, pad("05abcd") + A32],
    ["with a short s whose highest bit is set", `3025 0220${A32} 020100`, A32 + pad("")],
    ["with integers of one byte", "3007 020101 02020080", pad("01") + pad("80")],
  ])("%s is read", (_, der, raw) => {
    expect(convert(der)).toBe(raw);
  });

  it.each([
    ["nothing", ""],
    ["one byte", "30"],
    ["no integers", "3000"],
    ["one integer", `3022 0220${A32}`],
    ["a byte behind the end", `3044 0220${A32} 0220${A32} 00`],
    ["a byte behind the integers, within", `3045 0220${A32} 0220${A32} 00`],
    ["a third integer", "3009 020101 020101 020101"],
    ["a length that is too small", `3043 0220${A32} 0220${A32}`],
    ["a length that is too large", `3045 0220${A32} 0220${A32}`],
    ["an integer beyond the end", `3044 0220${A32} 0221${A32}`],
    ["a length in the long form", `308144 0220${A32} 0220${A32}`],
    ["an integer's length in the long form", `3045 028120${A32} 0220${A32}`],
    ["an indefinite length", `3080 0220${A32} 0220${A32} 0000`],
    ["a needless zero", `3045 022100${A32} 0220${A32}`],
    ["two zeros", "3008 0203000080 020101"],
    ["a negative integer", `3044 0220${B32} 0220${A32}`],
    ["an empty integer", "3005 0200 020101"],
    ["too large an integer", `3046 0222 0111${A32} 0220${A32}`],
    ["a set", `3144 0220${A32} 0220${A32}`],
    ["a bit string", `3044 0320${A32} 0220${A32}`],
    ["the raw form", A32 + A32],
  ])("that is %s is none", (_, der) => {
    expect(convert(der)).toBeUndefined();
  });

  it("is read for other sizes", () => {
    expect(convert("3006 020101 020102", 4)).toBe("0000000100000002");
  });
});
