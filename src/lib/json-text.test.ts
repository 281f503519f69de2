import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactJson, dataTexts, excessOf, nestsDeeper } from "./json-text.ts";

const texts = (text: string): string[] => dataTexts(text, JSON.parse(text));

describe("the payload's text", () => {
  it("keeps numbers as they were published", () => {
    expect(texts('{"event":"a","data":{"id":12345678901234567890,"price":1.0,"tiny":1E-7}}')).toEqual([
      '{"id":12345678901234567890,"price":1.0,"tiny":1E-7}',
    ]);
  });

  it("loses the white space outside strings and nothing else", () => {
    expect(texts('{ "data" :\n { "a b" : [ 1 , "x  y\\" z" ] ,\t"c":  null } , "event":"a" }')).toEqual([
      '{"a b":[1,"x  y\\" z"],"c":null}',
    ]);
  });

  it("is found in a batch, in order", () => {
    expect(
      texts('{"events":[{"event":"a","data":1},{"data":[2,{"data":3}],"event":"b"} , {"event":"c","data":"}"}]}'),
    ).toEqual(["1", '[2,{"data":3}]', '"}"']);
  });

  it("is the last of equal keys, as for JSON.parse, and a key may be written with escapes", () => {
    expect(texts('{"data":1,"d\\u0061ta":2}')).toEqual(["2"]);
  });

  it("is empty where there is none", () => {
    expect(texts('{"event":"a"}')).toEqual([""]);
    expect(texts('{"events":[{"event":"a"},7,{}]}')).toEqual(["", "", ""]);
    expect(texts("[1,2]")).toEqual([""]);
    expect(texts('"data"')).toEqual([""]);
    expect(texts('{"events":[]}')).toEqual([]);
  });

  it("means what was published, for any JSON in any spelling", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.constantFrom(0, 1, 2, "\t", "\r\n "), (data, other, space) => {
        const one = JSON.stringify({ other, data, event: "a" }, null, space);
        expect(JSON.parse(texts(one)[0] ?? "")).toEqual(JSON.parse(JSON.stringify(data)));
        const batch = JSON.stringify({ other, events: [{ data }, { data: other }] }, null, space);
        expect(texts(batch).map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify([data, other])));
      }),
    );
  });

  it("is compact when it was", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const compact = JSON.stringify(value);
        expect(compactJson(compact)).toBe(compact);
        expect(compactJson(JSON.stringify(value, null, 3))).toBe(compact);
      }),
    );
  });
});

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
