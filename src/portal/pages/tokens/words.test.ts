import { describe, expect, it } from "vitest";
import { expiryOf, tryOut } from "./words.ts";

describe("a token's end", () => {
  const now = Date.parse("2026-11-22T00:00:00Z");
  it.each([
    [null, "never"],
    ["2026-11-21T23:59:59Z", "expired"],
    ["2026-11-22T00:00:00Z", "expired"],
    ["2026-11-22T00:00:01Z", "soon"],
    ["2026-11-29T00:00:00Z", "soon"],
    ["2026-11-29T00:00:01Z", "later"],
  ] as const)("at %s is %s", (at, word) => {
    expect(expiryOf(at, now)).toBe(word);
  });
});

describe("the first request with a token", () => {
  it.each([
    [["read", "manage"], 'curl -H "Authorization: Bearer pht_x" https://a.example/api/v1/workspaces/7/webhooks'],
    [["manage"], 'curl -H "Authorization: Bearer pht_x" https://a.example/api/v1/workspaces/7/audit-log'],
    [
      ["publish"],
      `curl -H "Authorization: Bearer pht_x" -H "Content-Type: application/json" \\
  -d '{"event": "ticket.created", "data": {"id": 1}}' \\
  https://a.example/api/v1/workspaces/7/events`,
    ],
  ] as const)("that may %j is one that it may make", (scopes, command) => {
    expect(tryOut("https://a.example", 7, "pht_x", scopes)).toBe(command);
  });
});
