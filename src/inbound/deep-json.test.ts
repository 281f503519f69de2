import { describe, expect, it } from "vitest";
import type { Sample } from "../../test/inbound/sample.ts";
import { sourceOf } from "../../test/inbound/sample-sources.ts";
import { MalformedCallback } from "./provider.ts";
import { providers } from "./providers/index.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const many = `{"a":[${"0,".repeat(200_000)}0]}`;

/** What no JSON is read of: these take forms, mails, or nothing over HTTP. */
const NO_JSON = [
  "cloudflare-email",
  "sendgrid-inbound-parse",
  "mandrill",
  "messagebird",
  "plivo-sms",
  "twilio-sms",
  "twilio-whatsapp",
];

/** Without these, some look no further. */
const HEADERS = [
  ["x-shopify-topic", "orders/create"],
  ["x-shopify-event-id", "1"],
  ["x-github-delivery", "1"],
  ["webhook-id", "1"],
] as const;
const GENERIC = { scheme: "header", header: "X-Token", event: "it" };
const TOPIC = { TopicArn: "arn:aws:sns:us-west-2:123456789012:MyTopic" };

describe.each(Object.values(providers).filter(({ name }) => !NO_JSON.includes(name)))("$name", (provider) => {
  const read = (body: string) => {
    const headers = new Headers({ "content-type": "application/json", "x-github-event": "push", "x-event": "it" });
    for (const [name, value] of HEADERS) headers.set(name, value);
    const request = { method: "POST", url: "https://hooks.example/in", headers, body: utf8(body) };
    const source =
      provider.name === "generic"
        ? { credentials: { value: "a-secret-of-a-header" }, options: GENERIC, callbackUrl: request.url }
        : sourceOf({ provider: provider.name, kind: "", query: "", body } as unknown as Sample, TOPIC);
    return provider.normalise(request, source).catch((error: unknown) => error);
  };

  it("takes no JSON that is deeper than 64 levels, and says so", async () => {
    for (const levels of [65, 5000, 100_000]) {
      const fault = await read(deep(levels));
      expect(fault).toBeInstanceOf(MalformedCallback);
      expect(String(fault)).toMatch(/more than 64 levels deep/);
    }
    expect(String(await read(deep(64)))).not.toMatch(/levels/);
  });

  it("takes none of more than 200,000 values", async () => {
    expect(String(await read(many))).toMatch(/more than 200000 values/);
  });
});

it("those that take no JSON are there", () => {
  for (const name of NO_JSON) expect(providers).toHaveProperty(name);
});
