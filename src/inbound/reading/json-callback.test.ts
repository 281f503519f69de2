import { expect, it } from "vitest";
import { MalformedCallback } from "../provider.ts";
import { at, jsonObjectOf, jsonOf, objectsAt, textAt, textsAt } from "./json-callback.ts";

const value = { a: { b: [{ c: "d" }, 1, "e"] }, n: 5, empty: "" };

it("finds what is there", () => {
  expect(at(value, "a", "b", "0", "c")).toBe("d");
  expect(textAt(value, "n")).toBe("5");
  expect(objectsAt(value, "a", "b")).toEqual([{ c: "d" }]);
  expect(textsAt(value, "a", "b")).toEqual(["e"]);
});

it("finds nothing where nothing is, and nothing of the language's own", () => {
  for (const path of [["x"], ["a", "x", "y"], ["n", "toFixed"], ["constructor"], ["__proto__"], ["a", "b", "9"]]) {
    expect(at(value, ...path)).toBeUndefined();
  }
  expect(textAt(value, "empty")).toBeNull();
  expect(textAt(value, "a")).toBeNull();
  expect(objectsAt(value, "a")).toEqual([]);
});

it.each(["", "{", "undefined", "{}x"])("%j is no JSON", (text) => {
  expect(() => jsonOf(text)).toThrow(MalformedCallback);
});

it("is strict about UTF-8, and about objects where there must be one", () => {
  expect(() => jsonOf(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(MalformedCallback);
  for (const text of ["null", "[]", "1", '"{}"']) expect(() => jsonObjectOf(text)).toThrow(MalformedCallback);
});

it("keeps apart numbers that JavaScript would make one", () => {
  const text =
    '{"a":12345678901234567890,"b":12345678901234567891,"c":[1e400,-2E+400],"d":9007199254740993,"e":9007199254740991,"f":1e3,"g":1.5,"h":"1e400"}';
  expect(jsonOf(text)).toEqual({
    a: "12345678901234567890",
    b: "12345678901234567891",
    c: ["1e400", "-2E+400"],
    d: "9007199254740993",
    e: 9007199254740991,
    f: 1000,
    g: 1.5,
    h: "1e400",
  });
  expect(
    jsonOf("[1764319749.123456789, 1764319749.123456790, 0.30000000000000004, 1.50000000000000000, 1e30]"),
  ).toEqual(["1764319749.123456789", "1764319749.123456790", 0.30000000000000004, 1.5, 1e30]);
  expect(textAt(jsonOf(text), "c", "0")).toBe("1e400");
  expect(Object.keys(jsonOf('{"__proto__":12345678901234567890}') as object)).toEqual(["__proto__"]);
});
