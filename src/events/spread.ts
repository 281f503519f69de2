import { parseEventId, streamOf } from "../lib/ids.ts";
import type { EventFilter, EventPage, EventUsage, NewEvent } from "./contract.ts";

/** How events are spread over a workspace's streams, and how what those answer becomes one answer again. */

/** Events that go to one stream, by their places in the call. */
export type Group = { stream: number; places: number[] };

/**
 * Which stream each event goes to: one with an idempotency key always to the same, where it is recognised when it comes again;
 * the others all to `next`. The group of those comes last, so that nothing that would be stored twice is stored before
 * something that is refused.
 */
export function spread(events: readonly Pick<NewEvent, "idempotencyKey">[], count: number, next: number): Group[] {
  const keyed = new Map<number, number[]>();
  const others: number[] = [];
  for (const [place, { idempotencyKey: key }] of events.entries()) {
    const stream = key === null ? undefined : hashOf(key) % count;
    const places = stream === undefined ? others : (keyed.get(stream) ?? []);
    if (stream !== undefined) keyed.set(stream, places);
    places.push(place);
  }
  const groups = [...keyed].map(([stream, places]) => ({ stream, places }));
  return others.length > 0 ? [...groups, { stream: next % count, places: others }] : groups;
}

/** FNV-1a of 32 bits, over UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/**
 * What one of the streams is asked for a page of all. Ids sort by time, then by stream, so that what comes behind the cursor in
 * another stream follows from the time.
 */
export function filterOf(filter: EventFilter, stream: number): EventFilter {
  const place = filter.cursor === undefined ? undefined : parseEventId(filter.cursor);
  if (!place || streamOf(place.seq) === stream) return filter;
  const until = stream < streamOf(place.seq) ? place.at : place.at - 1;
  return { ...filter, cursor: undefined, until: Math.min(until, filter.until ?? until) };
}

/** One page of those of several streams, the newest first. Where one has not looked at everything, no page goes beyond that. */
export function mergedPages(pages: readonly EventPage[], limit: number): EventPage {
  const ends = pages.flatMap(({ next }) => next ?? []);
  const end = ends.length === 0 ? null : ends.reduce((newest, each) => (each > newest ? each : newest));
  const found = pages.flatMap(({ events }) => events).filter(({ id }) => end === null || id >= end);
  const sorted = found.sort((a, b) => (a.id < b.id ? 1 : -1));
  const events = sorted.slice(0, limit);
  return { events, next: sorted.length > limit ? (events.at(-1)?.id ?? null) : end };
}

/** What counted in several streams. A day that one of them does not know any more is unknown. */
export function addedUp(usages: readonly EventUsage[]): EventUsage {
  const [first, ...others] = usages;
  if (!first) return { used: 0, byDay: [] };
  return others.reduce(
    (sum, each) => ({
      used: sum.used + each.used,
      byDay: sum.byDay.map(({ start, events }, day) => {
        const more = each.byDay[day]?.events ?? null;
        return { start, events: events === null || more === null ? null : events + more };
      }),
    }),
    first,
  );
}
