import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { settingsOf } from "./settings.ts";

const plansFrom = (text: string) => settingsOf({ ...env, PLANS: text } as Env).PLANS;

describe("the plans of a deployment", () => {
  it("are the built-in ones unless it says otherwise", () => {
    expect([...settingsOf({ ...env }).PLANS]).toEqual([
      ["free", { webhooks: 5, sources: 2, events: 10_000 }],
      ["pro", { webhooks: 50, sources: 20, events: 1_000_000 }],
      ["business", { webhooks: 500, sources: 100, events: 20_000_000 }],
    ]);
  });

  it("are what PLANS says, and none of the built-in ones beside", () => {
    const text =
      '{"starter": {"webhooks": 3, "sources": 0, "events": null}, "ü 2": {"webhooks": 0, "sources": 1, "events": 5000}}';
    expect([...plansFrom(text)]).toEqual([
      ["starter", { webhooks: 3, sources: 0, events: null }],
      ["ü 2", { webhooks: 0, sources: 1, events: 5000 }],
    ]);
    expect([...plansFrom("{}")]).toEqual([]);
  });

  it.each([
    ["no JSON", '{"a": ', /PLANS must be JSON text/],
    ["nothing", "", /PLANS must be JSON text/],
    ["a list", "[]", /at PLANS$/m],
    ["a plan that is none", '{"a": 5}', /at PLANS\.a$/m],
    ["a limit left out", '{"a": {"webhooks": 1, "sources": 1}}', /at PLANS\.a\.events$/m],
    ["a limit of another name", '{"a": {"webhooks": 1, "sources": 1, "events": 1, "event": 1}}', /"event"/],
    ["a negative limit", '{"a": {"webhooks": -1, "sources": 1, "events": 1}}', /at PLANS\.a\.webhooks$/m],
    ["half a webhook", '{"a": {"webhooks": 0.5, "sources": 1, "events": 1}}', /at PLANS\.a\.webhooks$/m],
    ["a number in quotes", '{"a": {"webhooks": 1, "sources": "1", "events": 1}}', /at PLANS\.a\.sources$/m],
    ["a plan without a name", '{"": {"webhooks": 1, "sources": 1, "events": 1}}', /PLANS/],
  ])("are refused with what is wrong: %s", (_, text, what) => {
    expect(() => plansFrom(text)).toThrow(/^Misconfigured: /);
    expect(() => plansFrom(text)).toThrow(what);
  });
});
