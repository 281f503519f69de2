import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { providers } from "../../src/inbound/providers/index.ts";
import { expectAsSaid, type Sample } from "./sample-expectations.ts";

const samples = env.TEST_SAMPLES as Sample[];

it("there are samples", () => {
  expect(samples.length).toBeGreaterThan(0);
});

it.each(samples.map((sample) => [sample.provider, sample.kind, sample] as const))("%s: %s", async (name, _, sample) => {
  const provider = providers[name];
  if (!provider) throw new Error(`There is no provider ${name}`);
  await expectAsSaid(provider, sample);
});
