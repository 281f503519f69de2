import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beforeFirstOf, type EventPlace, eventId, parseEventId, streamOf } from "../lib/ids.ts";
import type { EventFilter, EventPage, StoredEvent } from "./contract.ts";
import { addedUp, filterOf, mergedPages, spread } from "./spread.ts";

const keyed = (...keys: (string | null)[]) => keys.map((idempotencyKey) => ({ idempotencyKey }));

describe("spreading", () => {
  it("has what bears no key go to the stream whose turn it is, last", () => {
    expect(spread(keyed(null, null), 4, 6)).toEqual([{ stream: 2, places: [0, 1] }]);
    expect(spread(keyed(null, "a", null), 4, 1).at(-1)).toEqual({ stream: 1, places: [0, 2] });
  });

  it("has a key go to the same stream, alone and among others", () => {
    const key = fc.string();
    fc.assert(
      fc.property(fc.array(key, { minLength: 1 }), fc.integer({ min: 1, max: 8 }), fc.nat(), (keys, count, turn) => {
        const groups = spread(keyed(...keys), count, turn);
        expect(groups.flatMap(({ places }) => places).sort((a, b) => a - b)).toEqual([...keys.keys()]);
        for (const { stream, places } of groups) {
          expect(stream).toBeLessThan(count);
          for (const place of places) {
            expect(spread(keyed(keys[place] ?? ""), count, turn + 1)).toEqual([{ stream, places: [0] }]);
          }
        }
      }),
    );
  });

  it("uses all streams alike", () => {
    const counts = new Map<number, number>();
    for (const { stream, places } of spread(keyed(...Array.from({ length: 4000 }, (_, n) => `order-${n}`)), 8, 0)) {
      counts.set(stream, places.length);
    }
    // 500 each; seven standard deviations of a fair lottery are 146.
    expect([...counts.values()].filter((count) => count < 354 || count > 646)).toEqual([]);
    expect(counts.size).toBe(8);
  });

  it("knows FNV-1a by its published results", () => {
    // http://www.isthe.com/chongo/src/fnv/test_fnv.c: "a" is 0xe40c292c, "foobar" 0xbf9cf968.
    expect(spread(keyed("a"), 1000, 0)[0]?.stream).toBe(0xe40c292c % 1000);
    expect(spread(keyed("foobar"), 1000, 0)[0]?.stream).toBe(0xbf9cf968 % 1000);
  });
});

/** The events of one stream, as its object lists them: a page ends after `looked` of them. */
function listed(events: readonly StoredEvent[], filter: EventFilter, looked: number): EventPage {
  const cursor = filter.cursor;
  const newestFirst = [...events].sort((a, b) => (a.id < b.id ? 1 : -1));
  const left = newestFirst.filter(
    ({ id, at }) => (cursor === undefined || id < cursor) && at <= (filter.until ?? at) && at >= (filter.since ?? at),
  );
  const page: StoredEvent[] = [];
  for (const [index, event] of left.entries()) {
    if (index === looked) return { events: page, next: left[index - 1]?.id ?? null };
    if (filter.type !== undefined && event.type !== filter.type) continue;
    if (page.length === filter.limit) return { events: page, next: page.at(-1)?.id ?? null };
    page.push(event);
  }
  return { events: page, next: null };
}

const stored = (place: EventPlace, type: string): StoredEvent => {
  return { id: eventId(place), type, at: place.at, occurredAt: place.at, channels: [], data: "{}" };
};

describe("pages of several streams", () => {
  it("show each event once, the newest first, however far each stream looks", () => {
    const one = fc.record({ after: fc.nat({ max: 2 }), type: fc.constantFrom("a", "b") });
    const stream = fc.array(one, { maxLength: 30 });
    const world = fc.record({
      streams: fc.array(stream, { minLength: 1, maxLength: 4 }),
      limit: fc.integer({ min: 1, max: 7 }),
      looked: fc.integer({ min: 1, max: 9 }),
      type: fc.constantFrom(undefined, "a"),
      since: fc.constantFrom(undefined, 3),
      until: fc.constantFrom(undefined, 12),
    });
    fc.assert(
      fc.property(world, ({ streams, limit, looked, ...filter }) => {
        const all = streams.map((events, number) => {
          let at = 1;
          return events.map(({ after, type }, index) => {
            at += after;
            return stored({ at, seq: beforeFirstOf(number) + 1 + index, index: 0 }, type);
          });
        });
        const shown: string[] = [];
        let cursor: string | undefined;
        for (let pages = 0; ; pages++) {
          expect(pages).toBeLessThan(200);
          const query = { ...filter, limit, cursor };
          const page = mergedPages(
            all.map((events, number) => listed(events, filterOf(query, number), looked)),
            limit,
          );
          expect(page.events.length).toBeLessThanOrEqual(limit);
          shown.push(...page.events.map(({ id }) => id));
          if (page.next === null) break;
          cursor = page.next;
        }
        const { type, since, until } = filter;
        const expected = all
          .flat()
          .filter((each) => (type ?? each.type) === each.type)
          .filter(({ at }) => at >= (since ?? at) && at <= (until ?? at))
          .map(({ id }) => id);
        expect(shown).toEqual(expected.sort().reverse());
      }),
      { numRuns: 300 },
    );
  });
});

it("adds up what streams counted, and leaves unknown what one of them does not know", () => {
  const day = (start: number, events: number | null) => ({ start, events });
  expect(
    addedUp([
      { used: 5, byDay: [day(1, 2), day(2, 3), day(3, null)] },
      { used: 7, byDay: [day(1, 7), day(2, null), day(3, 0)] },
    ]),
  ).toEqual({ used: 12, byDay: [day(1, 9), day(2, null), day(3, null)] });
});

it("tells a stream by the numbers of its rows", () => {
  const place = { at: 1_700_000_000_000, seq: beforeFirstOf(7) + 1, index: 1023 };
  expect(parseEventId(eventId(place))).toEqual(place);
  expect([streamOf(beforeFirstOf(7)), streamOf(beforeFirstOf(8) - 1), streamOf(1)]).toEqual([7, 7, 0]);
});
