import { expect, it } from "vitest";
import { CALLBACK_URL, called } from "../../../test/inbound/callback.ts";
import { FORM_TYPE } from "../../../test/support/callback-forms.ts";
import { locationOf } from "./location.ts";
import { isOptOut } from "./opt-out.ts";
import { asObject, given, parametersOf } from "./parameters.ts";

it("takes the form of a POST, and the query of a GET", () => {
  const query = "a=1";
  expect(parametersOf(called({ query, body: "a=2", headers: FORM_TYPE }))).toEqual([["a", "2"]]);
  expect(parametersOf(called({ url: `${CALLBACK_URL}?a=1`, method: "GET", body: "a=2" }))).toEqual([["a", "1"]]);
});

it("gives the first value that is there", () => {
  const pairs = [
    ["a", ""],
    ["b", "2"],
    ["a", "1"],
  ] as const;
  expect(given(pairs, "c", "a", "b")).toBe("1");
  expect(given(pairs, "c")).toBeUndefined();
});

it("keeps every value of a name, whatever its name", () => {
  const object = asObject([
    ["a", "1"],
    ["__proto__", "x"],
    ["a", ""],
  ]);
  expect(JSON.stringify(object)).toBe('{"a":["1",""],"__proto__":"x"}');
});

it("knows places and words of refusal", () => {
  expect(locationOf("52.5", 13)).toEqual({ lat: 52.5, lon: 13 });
  expect(locationOf("0", "0")).toEqual({ lat: 0, lon: 0 });
  for (const none of ["", "x", undefined, null, Number.NaN]) expect(locationOf(none, "1")).toBeUndefined();
  expect(isOptOut(" stop\n")).toBe(true);
  for (const other of ["Stop it", "", null, undefined, "START"]) expect(isOptOut(other)).toBe(false);
});
