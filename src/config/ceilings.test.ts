import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { settingsOf } from "./settings.ts";

const ceilingsFrom = (text: string) => settingsOf({ ...env, CEILINGS: text } as Env).CEILINGS;

/** As docs/quotas.md has them. */
const BUILT_IN = { webhooks: 1000, sources: 200, tokens: 1000, portal_links: 10_000, audit_entries: 10_000 };

describe("a deployment's ceilings", () => {
  it("are the built-in ones, but for those that CEILINGS names", () => {
    expect(settingsOf({ ...env }).CEILINGS).toEqual(BUILT_IN);
    expect(ceilingsFrom("{}")).toEqual(BUILT_IN);
    expect(ceilingsFrom('{"webhooks": 20000, "audit_entries": 1}')).toEqual({
      ...BUILT_IN,
      webhooks: 20_000,
      audit_entries: 1,
    });
  });

  it.each([
    ["no JSON", '{"webhooks": ', /CEILINGS must be JSON text/],
    ["a list", "[1]", /expected object/],
    ["one that there is not", '{"hooks": 5}', /hooks/],
    ["none at all", '{"webhooks": 0}', /webhooks/],
    ["no limit", '{"webhooks": null}', /webhooks/],
    ["a part of one", '{"sources": 1.5}', /sources/],
  ])("are an error of configuration where they are %s", (_, text, message) => {
    expect(() => ceilingsFrom(text)).toThrow(/^Misconfigured/);
    expect(() => ceilingsFrom(text)).toThrow(message);
  });
});
