import { describe, expect, it } from "vitest";
import { CustomHeaders } from "./fields.ts";

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, "v"]));

describe("custom headers", () => {
  it("name the header that is wrong, one or all", () => {
    const { error } = CustomHeaders.safeParse({ "x-fine": "v", "cf-ray": "v", "x-b": "\n" });
    expect(error?.issues.map((issue) => issue.path)).toEqual([["cf-ray"], ["x-b"]]);
    expect(CustomHeaders.safeParse(many(21)).error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [[], "At most 20 headers, and there are 21"],
    ]);
  });
});
