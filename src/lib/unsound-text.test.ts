import { expect, it } from "vitest";
import { unsoundText } from "./unsound-text.ts";

it.each([
  ["a text", null],
  ["\u{1f600} and \n\t\u0001", null],
  [{ a: [1, null, true, { b: "c" }] }, null],
  ["\ud83d", []],
  ["\ude00\ud83d", []],
  ["a\0b", []],
  [{ a: ["fine", { b: "\ud83d" }] }, ["a", "1", "b"]],
  [{ a: { "x\0": 1 } }, ["a", "x\0"]],
  [{ "\udc00": "fine" }, ["\ufffd"]],
  [JSON.parse('{"__proto__": "\\ud800"}'), ["__proto__"]],
])("%j is unsound at %j", (value, steps) => {
  expect(unsoundText(value)).toEqual(steps);
});
