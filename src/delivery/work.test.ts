import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeEvent } from "../events/record.ts";
import { eventId } from "../lib/ids.ts";
import type { Attempted } from "./attempt.ts";
import type { Head } from "./backlog.ts";
import { type AttemptHistory, freshHistory, type Outcome, type Sent, select } from "./parcel.ts";
import { type Start, Work } from "./work.ts";

/** When what was not attempted may be started again. */
const LATER = 9000;
const NOW = Date.UTC(2026, 0, 1);
const SEQ = 5 * 1024;

const head = (count: number): Head => ({ seq: SEQ, count, attempt: 0, dueAt: NOW, lost: 0 });
/** A part of each is random. */
const IDS = Array.from({ length: 20 }, (_, index) => eventId({ at: NOW, seq: 7, index }));
const eventsOf = (count: number): string => {
  const texts = IDS.slice(0, count).map((id, index) =>
    encodeEvent(id, { type: "ticket.created", data: String(index), occurredAt: null, channels: [] }),
  );
  return `[${texts.join(",")}]`;
};
const workOn = (
  count: number,
  { probe = false, history = freshHistory(count) }: { probe?: boolean; history?: AttemptHistory } = {},
) => new Work(head(count), history, eventsOf(count), probe);

const outcome = (index: number): Outcome => ({
  index,
  at: NOW,
  status: 200,
  durationMs: 12,
  error: null,
  responseBody: "",
  signature: undefined,
  retryAfterMs: null,
});
const sent = (url: string): Sent => ({ url, dialect: "standard", headers: {}, channels: [] });
const made = (index: number): Attempted => ({ outcome: outcome(index), sent: sent("https://a.example/") });
const NOT_MADE: Attempted = { outcome: null, sent: undefined };

describe("work on a parcel", () => {
  it("starts its deliveries in their order, each with its event and the round that it begins in", () => {
    const work = workOn(2);
    expect(work.mayGoOn(NOW)).toBe(true);
    const first = work.start(3, NOW);
    expect(first).toMatchObject({ seq: SEQ, index: 0, round: 3, probe: false, event: { id: IDS[0], data: "0" } });
    expect([work.underWay, work.mayGoOn(NOW)]).toEqual([1, true]);
    expect(work.start(4, NOW)).toMatchObject({ index: 1, round: 4, event: { id: IDS[1], data: "1" } });
    expect([work.underWay, work.mayGoOn(NOW)]).toEqual([2, false]);
    expect(work.start(4, NOW)).toBeUndefined();
    expect(work.underWay).toBe(2);
  });

  it("names deliveries by their numbers in the family, which are not their places in the parcel", () => {
    const history = select(freshHistory(9), [4, 8]);
    const work = workOn(2, { history });
    expect([work.start(0, NOW), work.start(0, NOW)].map((start) => [start?.index, start?.event.data])).toEqual([
      [4, "0"],
      [8, "1"],
    ]);
  });

  it("starts one delivery as a probe, and no other", () => {
    const work = workOn(3, { probe: true });
    expect(work.start(6, NOW)).toMatchObject({ index: 0, round: 6, probe: true });
    expect(work.mayGoOn(NOW)).toBe(false);
    work.ended(0, made(0), NOW, LATER);
    expect([work.hasMore, work.underWay]).toEqual([false, 0]);
  });

  it("knows how long its events are", () => {
    expect(workOn(2).length).toBe(eventsOf(2).length);
  });

  it("keeps outcomes by the number of their delivery, and when the first of them came", () => {
    const work = workOn(2);
    work.start(0, NOW);
    work.start(0, NOW);
    expect(work.outcomeSince).toBeUndefined();
    work.ended(1, made(1), NOW + 50, LATER);
    work.ended(0, made(0), NOW + 90, LATER);
    expect([...work.outcomes.keys()].sort()).toEqual([0, 1]);
    expect(work).toMatchObject({ underWay: 0, outcomeSince: NOW + 50, hasMore: false, lost: 0 });
  });

  it("keeps where it was sent last, whatever others do not say", () => {
    const work = workOn(3);
    for (let number = 0; number < 3; number++) work.start(0, NOW);
    work.ended(0, { outcome: outcome(0), sent: sent("https://old.example/") }, NOW, LATER);
    work.ended(1, { outcome: outcome(1), sent: sent("https://new.example/") }, NOW, LATER);
    work.ended(2, { outcome: outcome(2), sent: undefined }, NOW, LATER);
    expect(work.sent).toEqual(sent("https://new.example/"));
  });

  it("starts again, later, what was not attempted", () => {
    const work = workOn(2);
    work.start(0, NOW);
    work.start(0, NOW);
    work.ended(0, NOT_MADE, NOW, LATER);
    expect(work).toMatchObject({ hasMore: true, underWay: 1, lost: 0, outcomeSince: undefined });
    expect([work.mayGoOn(LATER - 1), work.mayGoOn(LATER)]).toEqual([false, true]);
    expect(work.start(3, LATER)).toMatchObject({ index: 0, round: 3 });
    expect([work.hasMore, work.underWay]).toEqual([false, 2]);
  });

  it("starts what was not attempted before what is younger, once its time has come", () => {
    const work = workOn(4);
    for (let number = 0; number < 3; number++) work.start(0, NOW);
    work.ended(2, NOT_MADE, NOW, LATER);
    work.ended(0, NOT_MADE, NOW, LATER);
    expect([1, 2, 3].map(() => work.start(0, LATER)?.index)).toEqual([0, 2, 3]);
  });

  it("does not start a probe again", () => {
    const work = workOn(2, { probe: true });
    work.start(0, NOW);
    work.ended(0, NOT_MADE, NOW, LATER);
    expect([work.hasMore, work.mayGoOn(LATER)]).toEqual([false, false]);
  });

  it("counts how often whoever was to attempt some of it has ended", () => {
    const work = workOn(2);
    work.start(0, NOW);
    work.start(0, NOW);
    work.ended(0, { ...NOT_MADE, lost: true }, NOW, LATER);
    work.ended(1, made(1), NOW, LATER);
    expect(work.lost).toBe(1);
  });

  it("can be told to stop", () => {
    const work = workOn(2);
    work.start(0, NOW);
    work.ended(0, NOT_MADE, NOW, LATER);
    work.stop();
    expect([work.mayGoOn(LATER), work.hasMore]).toEqual([false, false]);
  });

  it("goes on with the deliveries that it had when some of them have left the row", () => {
    const work = workOn(3);
    work.start(0, NOW);
    const rest = select(freshHistory(3), [1, 2]);
    const shrunk = { ...head(2), lost: 1 };
    work.shrink(shrunk, rest);
    expect(work.head).toBe(shrunk);
    expect(work.history).toBe(rest);
    expect([work.start(0, NOW)?.index, work.start(0, NOW)?.index, work.mayGoOn(NOW)]).toEqual([1, 2, false]);
  });
});

describe("whatever starts and ends in whatever order", () => {
  it("each delivery starts once, and what is under way is counted", () => {
    const steps = fc.array(fc.oneof(fc.constant("start" as const), fc.nat()), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), steps, (count, all) => {
        const work = workOn(count);
        const started: number[] = [];
        const open: Start[] = [];
        for (const step of all) {
          if (step === "start") {
            if (!work.mayGoOn(NOW)) continue;
            const start = work.start(0, NOW);
            expect(start).toBeDefined();
            if (start) open.push(start);
            started.push(start?.index ?? -1);
          } else {
            const [ended] = open.splice(step % Math.max(1, open.length), 1);
            if (ended) work.ended(ended.index, made(ended.index), NOW, LATER);
          }
          expect(work.underWay).toBe(open.length);
          expect(work.mayGoOn(NOW)).toBe(started.length < count);
          expect(work.outcomes.size).toBe(started.length - open.length);
        }
        expect(started).toEqual(Array.from({ length: started.length }, (_, index) => index));
      }),
    );
  });
});
