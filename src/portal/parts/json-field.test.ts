import { describe, expect, it } from "vitest";
import { parseJson, prettyJson, problemWithForm, withWays } from "./json-field.ts";

describe("JSON that is typed", () => {
  it("is its text, or nothing", () => {
    expect(parseJson('{"a": 1.0}')).toEqual({ ok: true, text: '{"a": 1.0}' });
    expect(parseJson(" \n")).toEqual({ ok: true, text: "null" });
  });

  it("says where it is none", () => {
    const typed = parseJson('{"a": }');
    expect(typed).toMatchObject({ ok: false });
    expect(typed.ok || typed.message).toMatch(/^This is no JSON: Unexpected token/);
  });

  it("is shown indented, and null as nothing", () => {
    expect(prettyJson('{"a":[1.0]}')).toBe('{\n  "a": [\n    1.0\n  ]\n}');
    expect(prettyJson(null)).toBe("");
    expect(prettyJson("1e2")).toBe("1e2");
  });
});

describe("what is wrong within a field", () => {
  it("is said of the field, with the way to it", () => {
    const problem = problemWithForm([
      { path: "sample.items.0", message: "Must be a number" },
      { path: "sample", message: "id is missing" },
      { path: "name", message: "Too long" },
    ]);
    expect(withWays(problem, ["sample", "schema"])?.errors).toEqual([
      { path: "sample", message: "items.0: Must be a number." },
      { path: "sample", message: "id is missing" },
      { path: "name", message: "Too long" },
    ]);
  });

  it("is nothing where there is no problem", () => {
    expect(withWays(null, ["sample"])).toBeNull();
  });
});
