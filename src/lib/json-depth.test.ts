import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { excessOf, nestsDeeper } from "./json-depth.ts";

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("a JSON text", () => {
  it.each([
    ["1", 0],
    ['"[[["', 0],
    ['"\\"[[["', 0],
    ['"\\\\"', 0],
    ["[]", 1],
    ["[[],[]]", 2],
    ['{"a":{"b":[1]}}', 3],
    ['{"[":"{"}', 1],
    ['["\\\\",[]]', 2],
    ['["\\\\\\"[[",[]]', 2],
    [nested(64), 64],
  ])("%s nests as deep as it does", (text, levels) => {
    expect(nestsDeeper(text, levels)).toBe(false);
    if (levels > 0) expect(nestsDeeper(text, levels - 1)).toBe(true);
  });

  it("of millions of levels is found out at the first that is too many", () => {
    expect(nestsDeeper("[".repeat(5_000_000), 64)).toBe(true);
    expect(nestsDeeper('{"a":'.repeat(1_000_000), 64)).toBe(true);
  });

  it.each([
    ["[]", 2],
    ["[1,2,3]", 4],
    ['{"a":[1,{"b":2}],"c":"x,y"}', 6],
  ])("%s has at most so many values as it is counted for", (text, values) => {
    expect(excessOf(text, { depth: 9, values })).toBeNull();
    expect(excessOf(text, { depth: 9, values: values - 1 })).toBe("values");
  });

  it("never has more values than it is counted for", () => {
    const valuesIn = (value: unknown): number =>
      typeof value === "object" && value !== null
        ? 1 + Object.values(value).reduce((sum: number, each) => sum + valuesIn(each), 0)
        : 1;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const count = valuesIn(JSON.parse(JSON.stringify(value)));
        if (count > 1) expect(excessOf(JSON.stringify(value), { depth: 100, values: count - 1 })).toBe("values");
      }),
    );
  });

  it("nests as deep as its value does", () => {
    const depth = (value: unknown): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(7), (value, limit) => {
        expect(nestsDeeper(JSON.stringify(value), limit)).toBe(depth(value) > limit);
      }),
    );
  });

  it("that is none is looked at all the same", () => {
    const pieces = fc.constantFrom('"', "\\", "[", "]", "{", "}", "a");
    fc.assert(
      fc.property(fc.array(pieces), (text) => {
        expect(typeof nestsDeeper(text.join(""), 3)).toBe("boolean");
      }),
    );
  });
});
