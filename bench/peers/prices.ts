/**
 * What others charge who run such a service for you, by their public list prices, in dollars. None was read on the live page:
 * they are from stored copies and transcripts of it, and what remains unsure of each stands beside it. Volume discounts that
 * have to be asked for are left out, and so is what is sold beside deliveries (throughput, addresses, single sign-on).
 */

export interface ListPrice {
  name: string;
  /** What a month costs before anything is delivered. */
  month: number;
  /** Included in that, in deliveries a month. */
  included: number;
  /** Of each million beyond that, where a month has up to so many deliveries; the least volume first. */
  perMillion: readonly { upTo: number; dollars: number }[];
  /** The day of the copy or transcript, or the year where no more is known. */
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
    // Event Gateway, Team; retries are included, and so are 5 deliveries a second. The plan is from a transcript of the day
    // below, the steps from a copy of the page whose day is not known. The transcript has no steps: it says $1.00 for 100,000,
    // which is one of them, and "as low as $0.33"; were $1.00 the price of all, a million of one million would cost $48.90. And
    // whether a step's price is that of all events or of those within it could not be verified: here of all, which is the cheaper.
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
    // "Starting at $10 per million events", by a copy of what appears to be the project's readme, of a version not known, and
    // by others who cite the page below. The page itself was not seen: neither its steps, nor whether an event to several
    // destinations counts once, could be verified.
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
