import { expect, it } from "vitest";
import { dollarsPerMillion, LIST_PRICES } from "../../bench/peers/prices.ts";

/** What others charge, where the outcome is known from their lists (bench/peers/prices.ts). */

const of = (name: string, deliveries: number) => {
  const price = LIST_PRICES.find((each) => each.name === name);
  return price && dollarsPerMillion(price, deliveries);
};

it.each([
  // 950,000 beyond what is included, at $0.0001.
  ["Svix", 1e6, 95],
  // Nothing but what is included.
  ["Svix", 50_000, 0],
  // $39, and 990,000 at $3 for 100,000.
  ["Hookdeck", 1e6, 68.7],
  // The plan alone, for a month of 10,000.
  ["Hookdeck", 10_000, 3900],
  // $39, and 9,990,000 at $2 for 100,000.
  ["Hookdeck", 10e6, 23.88],
  ["Outpost, managed", 100e6, 10],
])("%s, of %i a month: $%f for a million", (name, deliveries, dollars) => {
  expect(of(name, deliveries)).toBeCloseTo(dollars, 2);
});

it.each(LIST_PRICES)("$name: the last step has no end, and the source is a page", ({ perMillion, source, read }) => {
  expect(perMillion.at(-1)?.upTo).toBe(Number.POSITIVE_INFINITY);
  expect(perMillion.map(({ upTo }) => upTo)).toEqual(perMillion.map(({ upTo }) => upTo).toSorted((a, b) => a - b));
  expect(source).toMatch(/^https:\/\//);
  expect(read).toMatch(/^2026(-\d\d-\d\d)?$/);
});
