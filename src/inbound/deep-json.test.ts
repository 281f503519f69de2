import { describe, expect, it } from "vitest";
import { callback } from "../../test/inbound/callback.ts";
import { fixturesOf, sourceOf } from "../../test/inbound/fixtures.ts";
import { MalformedCallback } from "./provider.ts";
import { providers } from "./providers/index.ts";

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const many = `{"a":[${"0,".repeat(200_000)}0]}`;

const TOPIC = { TopicArn: "arn:aws:sns:us-west-2:123456789012:MyTopic" };

const takingJson = Object.values(providers).filter(({ name }) => !fixturesOf(name).takesNoJson);

describe.each(takingJson)("$name", (provider) => {
  const read = (body: string) => {
    const headers = {
      ...fixturesOf(provider.name).headers?.({ kind: "push", body: null }),
      "content-type": "application/json",
    };
    return provider.normalise(callback(body, headers), sourceOf(provider.name, TOPIC)).catch((error: unknown) => error);
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

it("there are some that take it, and some that do not", () => {
  expect(takingJson.length).toBeGreaterThan(10);
  expect(takingJson.length).toBeLessThan(Object.keys(providers).length);
});
