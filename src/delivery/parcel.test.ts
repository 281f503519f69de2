import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AttemptError } from "./contract.ts";
import {
  decodeHistory,
  encodeHistory,
  fitting,
  freshHistory,
  type Outcome,
  pick,
  record,
  select,
  settle,
} from "./parcel.ts";

const errors: (AttemptError | null)[] = [null, "timeout", "status", "connection_reset"];

function outcome(index: number, error: AttemptError | null, retryAfterMs: number | null = null): Outcome {
  const status = error === null ? 200 : null;
  return { index, at: 1000, status, durationMs: 5, error, responseBody: "", signature: "s", retryAfterMs };
}

/** A parcel with gaps among its indices, and outcomes for some of its deliveries. */
const settled = fc
  .uniqueArray(
    fc.record({
      index: fc.nat(1023),
      attempted: fc.boolean(),
      error: fc.constantFrom(...errors),
      retryAfterMs: fc.option(fc.constantFrom(0, 1000, 60_000)),
    }),
    { selector: (each) => each.index, minLength: 1, maxLength: 100 },
  )
  .chain((deliveries) =>
    fc.record({
      deliveries: fc.constant(deliveries),
      attempt: fc.integer({ min: 1, max: 12 }),
      retryDelays: fc.array(fc.integer({ min: 1, max: 86_400 }), { maxLength: 10 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
  );

describe("settling a parcel", () => {
  it("puts every delivery in exactly one place", () => {
    fc.assert(
      fc.property(settled, ({ deliveries, attempt, retryDelays, random }) => {
        const entries = deliveries.map(({ index }) => ({ index, attempts: [] }));
        const outcomes = new Map(
          deliveries
            .filter((each) => each.attempted)
            .map((each) => [each.index, outcome(each.index, each.error, each.retryAfterMs)]),
        );
        const result = settle(entries, outcomes, attempt, retryDelays, 5000, random);
        const places = [
          ...result.delivered,
          ...result.exhausted,
          ...result.untouched,
          ...result.retries.flatMap((retry) => retry.positions),
        ];
        expect(places.sort((a, b) => a - b)).toEqual(deliveries.map((_, position) => position));
      }),
    );
  });

  it("keeps each group homogeneous: delivered, without a retry, unattempted, or due at one time", () => {
    fc.assert(
      fc.property(settled, ({ deliveries, attempt, retryDelays, random }) => {
        const entries = deliveries.map(({ index }) => ({ index, attempts: [] }));
        const attempted = deliveries.filter((each) => each.attempted);
        const outcomes = new Map(
          attempted.map((each) => [each.index, outcome(each.index, each.error, each.retryAfterMs)]),
        );
        const result = settle(entries, outcomes, attempt, retryDelays, 5000, random);
        const errorsAt = (positions: number[]) => pick(deliveries, positions).map((each) => each.error);
        expect(errorsAt(result.delivered).every((error) => error === null)).toBe(true);
        expect(pick(deliveries, result.untouched).every((each) => !each.attempted)).toBe(true);
        const hasRetry = attempt <= retryDelays.length;
        if (hasRetry) expect(result.exhausted).toEqual([]);
        else expect(result.retries).toEqual([]);
        const times = result.retries.map((retry) => retry.dueAt);
        expect(new Set(times).size).toBe(times.length);
        for (const retry of result.retries) {
          expect(retry.dueAt).toBeGreaterThan(5000);
          expect(errorsAt(retry.positions)).not.toContain(null);
        }
      }),
    );
  });

  it("keeps those who fail together together", () => {
    const entries = freshHistory(100).entries;
    const outcomes = new Map(entries.map(({ index }) => [index, outcome(index, "status")]));
    const result = settle(entries, outcomes, 1, [30], 0, 0);
    expect(result.retries).toEqual([{ dueAt: 30_000, positions: entries.map(({ index }) => index) }]);
  });
});

describe("a history", () => {
  it("takes no space while nothing has happened", () => {
    expect(encodeHistory(freshHistory(3))).toBeNull();
    expect(decodeHistory(null, 3)).toEqual(freshHistory(3));
  });

  it("survives being stored", () => {
    const outcomes = new Map([[1, outcome(1, "status")]]);
    const history = record(freshHistory(2), outcomes, {
      url: "https://a.example/",
      dialect: "standard",
      headers: {},
      channels: [],
    });
    expect(decodeHistory(encodeHistory(history), 2)).toEqual(history);
  });

  it("names what made each attempt happen", () => {
    const failed = new Map([[0, outcome(0, "status")]]);
    const once = record(freshHistory(1), failed, undefined);
    const twice = record(once, failed, undefined);
    const thrice = record({ ...twice, trigger: "manual" }, failed, undefined);
    const last = record(thrice, failed, undefined);
    expect(last.entries[0]?.attempts.map((attempt) => attempt.trigger)).toEqual(["event", "retry", "manual", "retry"]);
  });

  it("lets go of the oldest answers before a row grows too large, and of no attempt", () => {
    let history = freshHistory(1);
    for (let attempt = 0; attempt < 50; attempt++) {
      history = record(history, new Map([[0, { ...outcome(0, "status"), responseBody: "x".repeat(4096) }]]), undefined);
    }
    expect(history.entries[0]?.attempts).toHaveLength(50);
    expect(JSON.stringify(history).length).toBeLessThan(100_000);
    expect(history.entries[0]?.attempts.at(-1)?.responseBody).toHaveLength(4096);
  });

  it("keeps the headers of the latest five answers", () => {
    let history = freshHistory(1);
    for (let attempt = 1; attempt <= 7; attempt++) {
      const responseHeaders = { "x-attempt": String(attempt) };
      history = record(history, new Map([[0, { ...outcome(0, "status"), responseHeaders }]]), undefined);
    }
    const kept = history.entries[0]?.attempts.map((each) => each.responseHeaders?.["x-attempt"]);
    expect(kept).toEqual([undefined, undefined, "3", "4", "5", "6", "7"]);
  });

  it("reads rows from before headers were kept", () => {
    const old =
      '{"entries":[{"index":0,"attempts":[{"at":1,"trigger":"event","status":500,"durationMs":2,"error":"status","responseBody":"no"}],"signature":"s"}]}';
    const once = decodeHistory(old, 1);
    expect(once.entries[0]?.attempts[0]?.responseHeaders).toBeUndefined();
    const responseHeaders = { server: "x" };
    const twice = record(once, new Map([[0, { ...outcome(0, null), responseHeaders }]]), undefined);
    expect(twice.entries[0]?.attempts.map((each) => each.responseHeaders)).toEqual([undefined, responseHeaders]);
  });

  it("of the largest answers is divided so that each part fits its row", () => {
    let history = freshHistory(100);
    // Each of these takes six bytes in JSON.
    const responseBody = "\u0001".repeat(4096);
    const responseHeaders = { "x-long": "\u0001".repeat(2042) };
    for (let attempt = 0; attempt < 6; attempt++) {
      const outcomes = history.entries.map(
        ({ index }) => [index, { ...outcome(index, "status"), responseBody, responseHeaders }] as const,
      );
      history = record(history, new Map(outcomes), undefined);
    }
    const groups = fitting(
      history,
      history.entries.map((_, position) => position),
    );
    expect(groups.flat()).toHaveLength(100);
    for (const group of groups) expect(JSON.stringify(select(history, group)).length).toBeLessThan(1_000_000);
  });

  it("of a full parcel that got short answers with the longest headers stays one", () => {
    const responseHeaders = { "content-security-policy": "x".repeat(2025) };
    const fresh = freshHistory(100);
    const outcomes = fresh.entries.map(({ index }) => [index, { ...outcome(index, null), responseHeaders }] as const);
    const history = record(fresh, new Map(outcomes), undefined);
    const positions = history.entries.map((_, position) => position);
    expect(fitting(history, positions)).toEqual([positions]);
  });

  it("splits without losing or doubling an entry", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100 }), fc.nat(), (count, at) => {
        const cut = 1 + (at % (count - 1));
        const positions = Array.from({ length: count }, (_, position) => position);
        const history = freshHistory(count);
        const first = select(history, positions.slice(0, cut));
        const rest = select(history, positions.slice(cut));
        expect([...first.entries, ...rest.entries]).toEqual(history.entries);
      }),
    );
  });
});
