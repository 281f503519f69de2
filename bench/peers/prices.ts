/**
 * What others charge who run such a service for you, by their public list prices, in dollars. Their pages were not asked again:
 * what each figure was read from, and when, stands beside it. Volume discounts that have to be asked for are left out, and so is
 * what is sold beside deliveries (throughput, addresses, single sign-on).
 */

export interface ListPrice {
  name: string;
  /** What a month costs before anything is delivered. */
  month: number;
  /** Included in that, in deliveries a month. */
  included: number;
  /** Of each million beyond that, where a month has up to so many deliveries; the least volume first. */
  perMillion: readonly { upTo: number; dollars: number }[];
  /** When it was read: a day, or a month where no more is known. */
  read: string;
  source: string;
}

const ANY = Number.POSITIVE_INFINITY;

export const LIST_PRICES: readonly ListPrice[] = [
  {
    // $0.0001 a message in both plans; this is the free one, Professional costs $490 a month before it. Whether a message to
    // several endpoints counts once could not be verified, so for one endpoint it is certain, and for ten the most.
    name: "Svix",
    month: 0,
    included: 50_000,
    perMillion: [{ upTo: ANY, dollars: 100 }],
    read: "2026-09-20",
    source: "https://www.svix.com/pricing/",
  },
  {
    // Event Gateway, Team; retries are included, and so are 5 deliveries a second. The steps are from a copy of the page whose
    // day is not known; the plan, and that events cost from $0.33 for 100,000, were read on the day below. Whether a step's price
    // is that of all events or of those within it could not be verified: here it is that of all, which is the cheaper.
    name: "Hookdeck",
    month: 39,
    included: 10_000,
    perMillion: [
      { upTo: 5e6, dollars: 30 },
      { upTo: 10e6, dollars: 20 },
      { upTo: 20e6, dollars: 10 },
      { upTo: 200e6, dollars: 7.5 },
      { upTo: 500e6, dollars: 5 },
      { upTo: ANY, dollars: 3.5 },
    ],
    read: "2026-09-20",
    source: "https://hookdeck.com/pricing",
  },
  {
    // "From $10 per million events", by the readme of the project itself and by others who cite the page below; the page itself
    // was not seen, so its volume steps, and whether an event to several destinations counts once, could not be verified.
    name: "Outpost, managed",
    month: 0,
    included: 0,
    perMillion: [{ upTo: ANY, dollars: 10 }],
    read: "2026",
    source: "https://hookdeck.com/outpost/pricing",
  },
];

/** @returns dollars for a million of the deliveries of a month that has so many */
export function dollarsPerMillion({ month, included, perMillion }: ListPrice, deliveries: number): number {
  const step = perMillion.find(({ upTo }) => deliveries <= upTo);
  if (!step) return Number.NaN;
  const metered = (Math.max(0, deliveries - included) / 1e6) * step.dollars;
  return ((month + metered) * 1e6) / deliveries;
}
