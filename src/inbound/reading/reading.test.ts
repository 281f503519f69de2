import { expect, it } from "vitest";
import { utf8 } from "../../lib/bytes.ts";
import { errorOf, isObject, jsonIn, listIn, objectIn, parseJson, textIn, textsIn, without } from "./reading.ts";
import { isoOfSeconds, isoOfText } from "./times.ts";

it("reads JSON, or says that it is none", () => {
  expect(parseJson(utf8('{"a":"é"}'))).toEqual({ a: "é" });
  expect(() => parseJson("{")).toThrow(expect.objectContaining({ name: "MalformedCallback" }));
  expect(jsonIn("[1]")).toEqual([1]);
  expect(jsonIn("{")).toBeNull();
  expect(jsonIn(undefined)).toBeNull();
});

it("takes nothing for what it is not", () => {
  expect([{}, [], null, "x", undefined].map(isObject)).toEqual([true, false, false, false, false]);
  expect(objectIn([1])).toEqual({});
  expect(listIn({ 0: 1 })).toEqual([]);
  expect(["x", 1.5, "", true, null, {}, undefined].map(textIn)).toEqual(["x", "1.5", null, null, null, null, null]);
  expect(textsIn(["a", {}, 1])).toEqual(["a", "1"]);
  expect(textsIn("a")).toEqual(["a"]);
  expect(textsIn(undefined)).toEqual([]);
  expect(without({ a: 1, b: 2 }, "a")).toEqual({ b: 2 });
  expect(errorOf(null, null)).toEqual({});
  expect(errorOf("1", null)).toEqual({ error: { code: "1", text: null } });
});

it("reads times", () => {
  expect(isoOfSeconds(1521472262.908181)).toBe("2018-03-19T15:11:02.908Z");
  expect(isoOfSeconds("1600112492")).toBe("2020-09-14T19:41:32.000Z");
  for (const none of [undefined, null, "", "soon", "1e99", Number.NaN, 1e20]) expect(isoOfSeconds(none)).toBeNull();
  expect(isoOfText("2020-02-01T10:53:34.416071Z")).toBe("2020-02-01T10:53:34.416Z");
  expect(isoOfText("Fri, 5 May 2023 17:44:33 -0400 (EDT)")).toBe("2023-05-05T21:44:33.000Z");
  for (const none of [undefined, null, "", "soon", 5]) expect(isoOfText(none)).toBeNull();
});
