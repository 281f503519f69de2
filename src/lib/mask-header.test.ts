import { describe, expect, it } from "vitest";
import { maskHeader } from "./mask-header.ts";

describe("maskHeader", () => {
  it.each([
    "Authorization",
    "Cookie",
    "X-Auth-Token",
    "x-client-secret",
    "X-Api-Key",
    "X-Password",
    "webhook-signature",
  ])("hides the value of %s", (name) => expect(maskHeader(name, "hunter2")).toBe("••••"));

  it.each(["content-type", "x-tenant", "webhook-id"])("shows the value of %s", (name) =>
    expect(maskHeader(name, "plain")).toBe("plain"),
  );
});
