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
