import { expect, it } from "vitest";
import { utf8 } from "../../lib/bytes.ts";
import { MalformedCallback } from "../provider.ts";
import {
  at,
  isObject,
  jsonIn,
  jsonObjectOf,
  jsonOf,
  listIn,
  objectIn,
  objectsAt,
  textAt,
  textsAt,
  textsIn,
  without,
} from "./json.ts";
import { errorOf } from "./kinds.ts";

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

it("reads JSON, or says that it is none", () => {
  expect(jsonOf(utf8('{"a":"é"}'))).toEqual({ a: "é" });
  expect(() => jsonOf("{")).toThrow(expect.objectContaining({ name: "MalformedCallback" }));
  expect(jsonIn("[1]")).toEqual([1]);
  expect(jsonIn("{")).toBeNull();
  expect(jsonIn(undefined)).toBeNull();
});

it("takes nothing for what it is not", () => {
  expect([{}, [], null, "x", undefined].map(isObject)).toEqual([true, false, false, false, false]);
  expect(objectIn([1])).toEqual({});
  expect(listIn({ 0: 1 })).toEqual([]);
  expect(["x", 1.5, "", true, null, {}, undefined].map((value) => textAt(value))).toEqual([
    "x",
    "1.5",
    null,
    null,
    null,
    null,
    null,
  ]);
  expect(textsIn(["a", {}, 1])).toEqual(["a", "1"]);
  expect(textsIn("a")).toEqual(["a"]);
  expect(textsIn(undefined)).toEqual([]);
  expect(without({ a: 1, b: 2 }, "a")).toEqual({ b: 2 });
});

it("tells of an error where there is anything to tell", () => {
  expect(errorOf(null, null)).toEqual({});
  expect(errorOf("1", null)).toEqual({ error: { code: "1", text: null } });
});
