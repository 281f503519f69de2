import { describe, expect, it } from "vitest";
import { hex, utf8 } from "../../lib/bytes.ts";
import { concat, digest, fromHex, type Hash, hmac, signedByAny } from "./hmac.ts";

const DATA = "what do ya want for nothing?";

// RFC 2202 and RFC 4231, test case 2.
it.each<[Hash, string]>([
  ["MD5", "750c783e6ab0b503eaa86e310a5db738"],
  ["SHA-1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
  ["SHA-256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
  [
    "SHA-512",
    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
  ],
])("HMAC with %s gives what the RFCs say", async (hash, expected) => {
  expect(hex(await hmac(hash, "Jefe", DATA))).toBe(expected);
});

it("digests, MD5 included (RFC 1321, A.5)", async () => {
  expect(hex(await digest("MD5", "abc"))).toBe("900150983cd24fb0d6963f7d28e17f72");
});

it("refuses an empty key", async () => {
  await expect(hmac("SHA-256", "", DATA)).rejects.toThrow();
});

describe("signatures", () => {
  const right = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

  it("are taken in either case, by any of the keys, among others", async () => {
    expect(await signedByAny("SHA-256", ["old", "Jefe"], DATA, ["00", right.toUpperCase()], "hex")).toBe(true);
  });

  it.each(["", "zz", right.slice(2), `${right}00`, `${right.slice(0, -1)}4`])(
    "that do not fit are none: %s",
    async (bad) => {
      expect(await signedByAny("SHA-256", ["Jefe"], DATA, [bad], "hex")).toBe(false);
    },
  );
});

it("reads hex, and nothing else", () => {
  expect(fromHex("00fFa0")).toEqual(Uint8Array.from([0, 255, 160]));
  for (const bad of ["0", "0g", "0x00", " 00"]) expect(fromHex(bad)).toBeUndefined();
});

it("puts bytes and texts together", () => {
  expect(concat("a", utf8("é"), Uint8Array.of(0))).toEqual(Uint8Array.from([0x61, 0xc3, 0xa9, 0]));
});
