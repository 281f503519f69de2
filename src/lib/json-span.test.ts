import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactJson, dataTexts } from "./json-span.ts";

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
