import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { providers } from "../../src/inbound/providers/index.ts";
import type { Sample } from "./sample.ts";
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

/** Expectations of our own file that we believe to be wrong, by provider and kind. The file is left as it is. */
const DOUBTED: readonly string[] = [
  // Its key lacks the envelope's recipient, which it has: the other sample of the same form, and Mailgun's and Mandrill's,
  // have id and recipient.
  "sendgrid-inbound-parse: inbound email (real capture)",
  // Its text has the wire's line end; the library that reads mails gives lines as text has them.
  "aws-ses-sns: Received (inbound email, SNS action)",
];

/** Another file is taken at its word, and says itself what it doubts. */
const isDoubted = ({ provider, kind, doubted }: Sample) =>
  doubted === true || (env.TEST_SAMPLES_OURS && DOUBTED.includes(`${provider}: ${kind}`));
const named = (some: readonly Sample[]) => some.map((sample) => [sample.provider, sample.kind, sample] as const);

it.each(named(samples.filter((sample) => !isDoubted(sample))))("%s: %s", (_, __, sample) => check(sample));

it.fails.each(named(samples.filter(isDoubted)))("%s: %s, which we doubt", (_, __, sample) => check(sample));
