import { describe, expect, it } from "vitest";
import { maskHeader } from "./mask-header.ts";

describe("maskHeader", () => {
  it.each([
    ...[
      "Authorization",
      "Proxy-Authorization",
      "X-Auth",
      "X-Sentry-Auth",
      "X-Authentication",
      "Cookie",
      "X-Auth-Token",
    ],
    ...[
      "x-client-secret",
      "X-Api-Key",
      "apikey",
      "Ocp-Apim-Subscription-Key",
      "X-Password",
      "x-passwd",
      "X-Passphrase",
    ],
    ...["webhook-signature", "x-sig", "sig", "X-Access-Token", "X-CSRFToken", "X-Credentials", "X-Session-Id", "X-JWT"],
    ...["csrftoken", "X-CSRFToken2", "XApiKey", "x_api_key", "X-AccessKey", "oauth", "OAuth2", "x-mysecretvalue"],
    ...["X-Bearer", "x-hmac", "x-otp", "x-pass", "X-Vault-Token", "X-Amz-Security-Token", "X-Shopify-Access-Token"],
  ])("hides the value of %s", (name) => expect(maskHeader(name, "hunter2")).toBe("••••"));

  it.each([
    ...["Bearer abc", "bearer abc", "Basic dTpw", "Token abc", "ApiKey abc"],
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sFlsQmrPVk3Rw2_r",
  ])("hides %j under whatever name", (value) => expect(maskHeader("x-forward", value)).toBe("••••"));

  it.each([
    ...["content-type", "x-tenant", "webhook-id", "x-passenger", "x-design", "x-region", "traceparent"],
    ...[
      "X-Author",
      "X-Authors",
      "Authority",
      "X-Monkey",
      "X-Turkey",
      "X-Keyboard",
      "Keyword",
      "Keep-Alive",
      "X-Hockey",
    ],
    ...["X-Secretary", "X-Tokenizer", "x-ratelimit-remaining-tokens", "X-Compass", "X-Pass-Through", "X-Pinned"],
    ...["Idempotency-Key", "X-Partition-Key", "Surrogate-Key", "X-Cache-Keys", "x-sort-key"],
    ...["X-Sessions", "X-Signed-Up", "X-Sigma", "X-User-Id", "x-client-id"],
  ])("shows the value of %s", (name) => expect(maskHeader(name, "plain")).toBe("plain"));

  it.each(["WWW-Authenticate", "proxy-authenticate"])("shows what %s asks for", (name) =>
    expect(maskHeader(name, 'Bearer realm="api", error="invalid_token"')).toBe(
      'Bearer realm="api", error="invalid_token"',
    ),
  );

  it.each(["tokens of thanks", "Basic", "bearer", "eyJ", "hunter2"])("shows %j", (value) =>
    expect(maskHeader("x-forward", value)).toBe(value),
  );
});
