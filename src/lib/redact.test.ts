import { describe, expect, it } from "vitest";
import { redact, redactable, secretsIn } from "./redact.ts";

/** "user:opensesame" in base64. */
const BASIC = "Basic dXNlcjpvcGVuc2VzYW1l";

describe("redact", () => {
  const shown = (text: string, headers: Record<string, string>) => redact(text, redactable(secretsIn(headers)));

  it.each([
    ['{"authorization":"Bearer abcdef123"}', '{"authorization":"••••"}'],
    ["you sent abcdef123, abcdef123!", "you sent ••••, ••••!"],
    ["abcdef12", "abcdef12"],
  ])("of what echoes a token, %s, leaves %s", (text, left) => {
    expect(shown(text, { Authorization: "Bearer abcdef123" })).toBe(left);
  });

  it("finds what Basic wraps", () => {
    expect(shown(`${BASIC} user:opensesame opensesame`, { Authorization: BASIC })).toBe("•••• •••• ••••");
  });

  it("leaves headers that are no credentials, and what is too short to be one", () => {
    expect(shown("acme corporation, ok", { "X-Tenant": "corporation", "X-Api-Key": "ok" })).toBe(
      "acme corporation, ok",
    );
  });

  it("takes the longest first, and a value for no pattern of a replacement", () => {
    const headers = { "X-Key": "secret-1", "X-Key-2": "secret-1-and-more", "X-Key-3": "$&$&$&" };
    expect(shown("secret-1-and-more $&$&$&", headers)).toBe("•••• ••••");
  });
});
