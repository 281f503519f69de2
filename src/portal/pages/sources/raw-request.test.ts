import { expect, it } from "vitest";
import { fieldsIn } from "./raw-request.tsx";

it("shows a form's fields, decoded, as far as its body is shown", () => {
  expect(fieldsIn("a=1+2&b=%C3%A9&a=3&c")).toEqual([
    ["a", "1 2"],
    ["b", "é"],
    ["a", "3"],
    ["c", ""],
  ]);
  expect(fieldsIn("a&".repeat(1000))).toHaveLength(200);
  const [field] = fieldsIn(`a=${"x".repeat(30_000_000)}`);
  expect(field?.[1]).toHaveLength(99_998);
});
