import type { Attempt, Trigger } from "./contract.ts";
import { delayAfter } from "./schedule.ts";

/**
 * Deliveries for one endpoint that came together and are stored together: one row.
 *
 * A parcel is homogeneous: its deliveries share one state, one attempt count and one due time. When they part ways the
 * parcel splits. All parcels that an accepted one splits into are a *family*: their rows' numbers begin with the
 * family's, so whoever knows the family finds a delivery wherever it went, and rows sort by the age of their deliveries.
 */

/** Row numbers of one family are `family * FAMILY_STRIDE` and the next 1,023. */
export const FAMILY_STRIDE = 1024;
/** Greater than that of any row: in base 36 it takes eight digits of a cursor. */
export const MAX_FAMILY = 2 ** 36 - 1;
export const familyOf = (seq: number): number => Math.floor(seq / FAMILY_STRIDE);
export const firstOf = (family: number): number => family * FAMILY_STRIDE;

/** At most this many deliveries travel together. */
export const MAX_PARCEL = 100;

/** What is known of one delivery besides its event. */
export type Entry = {
  /** Its number in the family; never changes. */
  readonly index: number;
  readonly attempts: readonly Attempt[];
  /** The signature that the last attempt bore. */
  readonly signature?: string | undefined;
};

/** Where and how the last attempt was sent: the same for all of a parcel. Credentials are masked. */
export type Sent = { url: string; dialect: string; headers: Record<string, string>; channels: string[] };

/** The changing part of a parcel's row; its events never change. */
export type AttemptHistory = {
  readonly entries: readonly Entry[];
  readonly sent?: Sent | undefined;
  /** What makes the next attempt happen, if it is not the event itself or the schedule. */
  readonly trigger?: Trigger | undefined;
};

export const freshHistory = (count: number): AttemptHistory => ({
  entries: Array.from({ length: count }, (_, index) => ({ index, attempts: [] })),
});

export const select = (history: AttemptHistory, positions: readonly number[]): AttemptHistory => ({
  ...history,
  entries: pick(history.entries, positions),
});

/** The items at these positions, in their order. */
export function pick<T>(items: readonly T[], positions: readonly number[]): T[] {
  return positions.flatMap((position) => items.slice(position, position + 1));
}

/** How one attempt went. */
export type Outcome = Omit<Attempt, "trigger"> & {
  index: number;
  signature: string | undefined;
  /** Milliseconds the receiver asked to wait, or null. */
  retryAfterMs: number | null;
  /** Whether it failed by a fault of ours, so that it says nothing about the endpoint. */
  ours?: boolean;
};

/** What becomes of a settled parcel's deliveries: positions in it, each in exactly one place. */
export type Settlement = {
  delivered: number[];
  /** No retry is left. */
  exhausted: number[];
  /** By the time they are due; the deliveries of a group stay one parcel. */
  retries: { dueAt: number; positions: number[] }[];
  /** Not attempted: they wait as before. */
  untouched: number[];
};

/**
 * Sorts a parcel's deliveries by how their attempts went.
 * @param attempt how many attempts the parcel's deliveries have behind them, this one included
 * @param random in [0, 1), for the jitter; one for the whole parcel, so that those who fail together stay together
 */
export function settle(
  entries: readonly Entry[],
  outcomes: ReadonlyMap<number, Outcome>,
  attempt: number,
  retryDelays: readonly number[],
  now: number,
  random: number,
): Settlement {
  const settlement: Settlement = { delivered: [], exhausted: [], retries: [], untouched: [] };
  const byDelay = new Map<number, number[]>();
  for (const [position, { index }] of entries.entries()) {
    const outcome = outcomes.get(index);
    if (!outcome) settlement.untouched.push(position);
    else if (outcome.error === null) settlement.delivered.push(position);
    else {
      const delay = delayAfter(retryDelays, attempt, outcome.retryAfterMs, random);
      if (delay === null) settlement.exhausted.push(position);
      else byDelay.set(delay, [...(byDelay.get(delay) ?? []), position]);
    }
  }
  settlement.retries = [...byDelay].map(([delay, positions]) => ({ dueAt: now + delay, positions }));
  return settlement;
}

/** Answers and attempts kept of one delivery, the latest: so that a row of one delivery never outgrows its 2 MB. */
const BODIES_KEPT = 20;
/** Headers of an answer may have 2 KB, and take more than most bodies: those of a schedule's last attempts are enough. */
const HEADERS_KEPT = 5;
const ATTEMPTS_KEPT = 1000;

/** In bytes of UTF-8. With a parcel's events (dispatcher.ts) it stays below the 2 MB that a row may hold. */
const MAX_LEDGER_BYTES = 1_000_000;
/** A control character takes six bytes in JSON; nothing takes more for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 6;
const ATTEMPT_BYTES = 300;

/** Of text that is JSON already. */
const MAX_BYTES_PER_JSON_UNIT = 3;

function answerBytes({ responseBody, responseHeaders }: Attempt): number {
  // The usual answer is a short body and long headers: reckoned alike, a full parcel would split for them.
  const headers = responseHeaders === undefined ? 0 : JSON.stringify(responseHeaders).length;
  return responseBody.length * MAX_BYTES_PER_UNIT + headers * MAX_BYTES_PER_JSON_UNIT;
}

function bytesOf(entry: Entry): number {
  const answers = entry.attempts.reduce((sum, attempt) => sum + answerBytes(attempt), 0);
  return answers + (entry.attempts.length + 1) * ATTEMPT_BYTES;
}

/**
 * Divides deliveries into groups whose histories fit a row: a hundred that were answered with a page of 4,096 bytes each,
 * several times, would not. The bound is reckoned from above, so a group may be smaller than it need be.
 */
export function fitting(history: AttemptHistory, positions: readonly number[]): number[][] {
  const groups: number[][] = [];
  let room = 0;
  for (const position of positions) {
    const entry = history.entries[position];
    const bytes = entry ? bytesOf(entry) : 0;
    if (groups.length === 0 || bytes > room) {
      groups.push([]);
      room = MAX_LEDGER_BYTES;
    }
    groups.at(-1)?.push(position);
    room -= bytes;
  }
  return groups;
}

/** What is kept of an attempt that so many were made since. */
function shortened(attempt: Attempt, since: number): Attempt {
  if (since < HEADERS_KEPT || (since < BODIES_KEPT && attempt.responseHeaders === undefined)) return attempt;
  const { responseHeaders: _, ...rest } = attempt;
  return since < BODIES_KEPT ? rest : { ...rest, responseBody: "" };
}

/** The history with the attempts added. */
export function record(
  history: AttemptHistory,
  outcomes: ReadonlyMap<number, Outcome>,
  sent: Sent | undefined,
): AttemptHistory {
  const entries = history.entries.map((entry): Entry => {
    const outcome = outcomes.get(entry.index);
    if (!outcome) return entry;
    const { at, status, durationMs, error, responseBody, responseHeaders, signature } = outcome;
    const trigger = history.trigger ?? (entry.attempts.length === 0 ? "event" : "retry");
    const earlier = entry.attempts.map((attempt, number) => shortened(attempt, entry.attempts.length - number));
    const latest: Attempt = { at, trigger, status, durationMs, error, responseBody, responseHeaders };
    return {
      index: entry.index,
      attempts: [...earlier.slice(1 - ATTEMPTS_KEPT), latest],
      signature,
    };
  });
  return { entries, sent: sent ?? history.sent };
}

/** The history as a row holds it; null for one that {@link freshHistory} makes. */
export function encodeHistory(history: AttemptHistory): string | null {
  const fresh =
    history.trigger === undefined && history.entries.every((e, i) => e.index === i && e.attempts.length === 0);
  return fresh ? null : JSON.stringify(history);
}

export function decodeHistory(text: string | null, count: number): AttemptHistory {
  return text === null ? freshHistory(count) : (JSON.parse(text) as AttemptHistory);
}
