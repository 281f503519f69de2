import { describe, expect, it } from "vitest";
import { CustomHeaders } from "./header-rules.ts";

const takes = (headers: Record<string, string>): boolean => CustomHeaders.safeParse(headers).success;
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, "v"]));

describe("custom headers", () => {
  it("take ordinary ones, credentials included", () => {
    expect(takes({ Authorization: "Bearer abc", "X-Tenant": "acme", "x-empty": "" })).toBe(true);
  });

  it.each([
    "Host",
    "content-length",
    "User-Agent",
    "Content-Type",
    "CF-Ray",
    "X-Webhook-Event",
    "webhook-id",
    "X-GoPimi-Signature",
  ])("refuse the reserved name %s", (name) => expect(takes({ [name]: "v" })).toBe(false));

  it.each(["", "a b", "a:b", "é"])("refuse %j, which is no header name", (name) =>
    expect(takes({ [name]: "v" })).toBe(false),
  );

  it.each(["a\r\nb", "a\0b", "é", "••••", "a".repeat(1025)])("refuse the value %j", (value) =>
    expect(takes({ "x-a": value })).toBe(false),
  );

  it("are twenty at most, and names differ in more than case", () => {
    expect(takes(many(20))).toBe(true);
    expect(takes(many(21))).toBe(false);
    expect(takes({ "x-a": "1", "X-A": "2" })).toBe(false);
  });

  it("name the header that is wrong", () => {
    const { error } = CustomHeaders.safeParse({ "x-fine": "v", "cf-ray": "v" });
    expect(error?.issues.map((issue) => issue.path)).toEqual([["cf-ray"]]);
  });
});
