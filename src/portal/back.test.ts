import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backOf } from "./back.ts";

describe("where to go on to", () => {
  it.each([
    ["/portal", "/portal"],
    ["/portal/7/webhooks?status=active&q=a%20b", "/portal/7/webhooks?status=active&q=a%20b"],
    ["/portal/7/event-types/~new", "/portal/7/event-types/~new"],
    ["/portal/7/../workspaces", "/portal/workspaces"],
    ["/portal/7/%2E./workspaces", "/portal/workspaces"],
    ["/portal/7/webhooks#secret", "/portal/7/webhooks"],
  ])("%s leads to %s", (address, to) => {
    expect(backOf(address)).toBe(to);
  });

  it.each([
    ...[
      "/portal/..",
      "/portal/../..",
      "/portal/%2e%2e",
      "/portal/.%2E/docs",
      "/portal/%2e%2e%2fdocs",
      "/portal/a/../../b",
    ],
    ...["//evil.example", "/\\evil.example", "/portal\\..\\docs", "/portal//evil.example", "/\t/evil.example"],
    ...["https://evil.example/portal", "portal", "", "/portals", "/portal@evil", "/docs", "javascript:alert(1)"],
    ...["/portal/%00", "/portal/a b", `/portal?${"x".repeat(2000)}`],
  ])("%s leads to the start", (address) => {
    expect(backOf(address)).toBe("/portal");
  });

  it("is a page of ours whatever somebody writes, for every browser", () => {
    const part = fc.constantFrom(
      "/",
      "\\",
      ".",
      "..",
      "%2e",
      "%2E",
      "%2f",
      "%5c",
      "portal",
      "@",
      ":",
      "?",
      "#",
      "\t",
      "evil.example",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 12 }), (parts) => {
        const to = new URL(backOf(`/portal${parts.join("")}`), "https://hooks.example.com/portal/sign-in");
        expect(to.origin).toBe("https://hooks.example.com");
        expect(to.pathname).toMatch(/^\/portal(\/|$)/);
        expect(to.pathname).not.toMatch(/\/\/|%|\\/);
      }),
    );
  });
});
