import { expect, it } from "vitest";
import { summarise } from "./representation.ts";

it("tells the names of credentials and how many there are, and nothing else", () => {
  const credentials = { secret: "hunter2", keys: ["a", "b"], key: ["a"], pair: { user: "u" }, none: null };
  expect(summarise(credentials)).toEqual({ secret: "set", keys: "2 set", key: "set", pair: "set" });
});

it.each([null, "hunter2", 7, undefined])("tells nothing of what are none: %j", (value) => {
  expect(summarise(value)).toEqual({});
});
