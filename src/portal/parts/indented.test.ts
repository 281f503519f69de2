import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indented } from "./indented.ts";

describe("JSON indented as text", () => {
  it("is what JSON.stringify makes of its value, where that loses nothing", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, "\t"), (value, space) => {
        // Written and read once, an object's names are in the order that JavaScript gives them.
        const plain: unknown = JSON.parse(JSON.stringify(value));
        fc.pre(typeof plain === "object" && plain !== null);
        expect(indented(JSON.stringify(plain, null, space))).toBe(JSON.stringify(plain, null, 2));
      }),
    );
  });

  it("keeps digits, exponents, escapes and the order of names", () => {
    const text = String.raw`{"2":12345678901234567890,"1":[1.0,1E+2],"__proto__":"\u00e9\/"}`;
    expect(indented(text)?.replaceAll(/\n */g, "").replaceAll(": ", ":")).toBe(text);
  });

  it.each([
    ["that is none", "{"],
    ["that is a number", "1"],
    ["deeper than anybody reads", "[".repeat(101) + "]".repeat(101)],
    ["of 50,000 levels", "[".repeat(50_000) + "]".repeat(50_000)],
    ["longer than anybody reads", `["${"a".repeat(200_000)}"]`],
    ["whose lines would be mostly indentation", `${"[".repeat(99)}${"0,".repeat(90_000)}0${"]".repeat(99)}`],
  ])("is not made of what is %s", (_, text) => {
    expect(indented(text)).toBeNull();
  });

  it("is made of a hundred levels, and of 60,000 empty lists", () => {
    expect(indented("[".repeat(100) + "]".repeat(100))).toContain(`${"  ".repeat(99)}[]`);
    expect(indented(`[${"[],".repeat(60_000)}[]]`)?.split("\n")).toHaveLength(60_003);
  });
});
