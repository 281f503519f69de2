import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Sample } from "../../src/inbound/providers/fixtures.ts";
import { providers } from "../../src/inbound/providers/index.ts";
import { expectAsSaid } from "./sample-expectations.ts";

const samples = env.TEST_SAMPLES as Sample[];

it("there are samples", () => {
  expect(samples.length).toBeGreaterThan(0);
});

async function check(sample: Sample): Promise<void> {
  const provider = providers[sample.provider];
  if (!provider) throw new Error(`There is no provider ${sample.provider}`);
  await expectAsSaid(provider, sample);
}

const isDoubted = ({ doubted }: Sample) => doubted === true;
const named = (some: readonly Sample[]) => some.map((sample) => [sample.provider, sample.kind, sample] as const);

it.each(named(samples.filter((sample) => !isDoubted(sample))))("%s: %s", (_, __, sample) => check(sample));

it.fails.each(named(samples.filter(isDoubted)))("%s: %s, which we doubt", (_, __, sample) => check(sample));
