import { BriefCache } from "../config/brief-cache.ts";
import { OLDEST_MS } from "../config/known.ts";
import type { Streams } from "../config/publish-rules.ts";
import { MAX_STREAMS } from "../lib/ids.ts";
import { monthOf } from "../lib/month.ts";
import { callWithRetry, streamName } from "../lib/objects.ts";
import { equal, KEY_LIFETIME_MS } from "./commit.ts";
import type { Earlier, NewEvent, PublishedEvent, PublishResult, Quota } from "./contract.ts";
import { type Group, spread } from "./spread.ts";
import { numbersUpTo } from "./streams.ts";

/** How events come to a workspace's stream, or to several. */

/**
 * Other isolates may go by the number from before a change for half a minute, or as long as D1 is away, and clocks differ: so
 * much longer keys are looked for in all streams, in milliseconds.
 */
const SLACK_MS = OLDEST_MS + 60_000;
/** Where more than this part of a quota is used, what other streams have is asked for each time. */
const NEARLY = 0.95;

/** Whose turn it is: without keys events go to one stream after another, and each isolate begins somewhere else. */
let turn: number | undefined;

function nextTurn(): number {
  turn = (turn ?? Math.floor(Math.random() * MAX_STREAMS)) + 1;
  return turn;
}

/**
 * Stores events. With one stream it is all or none. With several, those that bear keys may go to different ones: then
 * nothing is stored where a key was used for something else, and what is refused for another reason may have been stored in part, of
 * which each event is recognised when it comes again.
 * @param quota the publisher's; left out for the service's own events
 */
export async function publish(
  env: Env,
  workspaceId: number,
  streams: Streams,
  events: NewEvent[],
  quota?: Quota,
): Promise<PublishResult> {
  if (streams.most === 1) return publishTo(env, workspaceId, 0, events, quota);
  return new Spread(env, workspaceId, streams, events, quota).publish();
}

function publishTo(
  env: Env,
  workspaceId: number,
  stream: number,
  events: NewEvent[],
  quota: Quota | undefined,
): Promise<PublishResult> {
  const name = streamName(workspaceId, stream);
  const repeatable = events.every((event) => event.idempotencyKey !== null);
  return repeatable
    ? callWithRetry(env.EVENT_STREAM, name, (each) => each.publish(events, quota))
    : env.EVENT_STREAM.getByName(name).publish(events, quota);
}

/** What each stream of a workspace has counted this month, a while ago at most. */
const counted = new BriefCache<string, number[]>();

const countedAs = (workspaceId: number, now: number): string => `${workspaceId} ${monthOf(now).start}`;

/** A call that is spread over several streams. */
class Spread {
  readonly #env: Env;
  readonly #workspaceId: number;
  readonly #streams: Streams;
  readonly #events: NewEvent[];
  readonly #quota: Quota | undefined;
  readonly #published: (PublishedEvent | undefined)[];
  #stored = 0;

  constructor(env: Env, workspaceId: number, streams: Streams, events: NewEvent[], quota: Quota | undefined) {
    this.#env = env;
    this.#workspaceId = workspaceId;
    this.#streams = streams;
    this.#events = events;
    this.#quota = quota;
    this.#published = events.map(() => undefined);
  }

  async publish(): Promise<PublishResult> {
    const groups = spread(this.#events, this.#streams.count, nextTurn());
    const conflict = await this.#conflict(groups);
    if (conflict !== undefined) return { ok: false, reason: "idempotency_conflict", index: conflict };
    for (const { stream, places } of groups) {
      const left = places.filter((place) => this.#published[place] === undefined);
      if (left.length === 0) continue;
      const refusal = await this.#publishSome(stream, left);
      if (refusal) return refusal;
    }
    return { ok: true, events: this.#published.flatMap((each) => each ?? []) };
  }

  /**
   * Looks for keys where they may be known: in all streams while one of another number may have been chosen for them, and before
   * anything is stored where one stream would not know of the others' conflicts.
   * @returns the place of an event whose key was used for another one
   */
  async #conflict(groups: readonly Group[]): Promise<number | undefined> {
    const twin = this.#twin();
    if (twin !== undefined) return twin;
    const { changedAt, most } = this.#streams;
    const moved = changedAt !== null && Date.now() < changedAt + KEY_LIFETIME_MS + SLACK_MS;
    if (!moved && groups.length === 1) return undefined;
    const places = [...this.#events.entries()].flatMap(([place, { idempotencyKey }]) =>
      idempotencyKey === null ? [] : place,
    );
    if (places.length === 0) return undefined;
    const bears = new Set(places);
    const asked = moved
      ? numbersUpTo(most).map((stream) => ({ stream, places }))
      : groups.map(({ stream, places: own }) => ({ stream, places: own.filter((each) => bears.has(each)) }));
    const conflicts: number[] = [];
    await Promise.all(
      asked.map(async ({ stream, places: some }) => {
        for (const [index, earlier] of (await this.#earlier(stream, some)).entries()) {
          const place = some[index];
          if (!earlier || place === undefined) continue;
          if (earlier.same) this.#published[place] = earlier.published;
          else conflicts.push(place);
        }
      }),
    );
    return conflicts.length === 0 ? undefined : Math.min(...conflicts);
  }

  /** @returns the place of an event that bears the key of another one of the call */
  #twin(): number | undefined {
    const byKey = new Map<string, NewEvent>();
    for (const [place, event] of this.#events.entries()) {
      if (event.idempotencyKey === null) continue;
      const first = byKey.get(event.idempotencyKey);
      if (first && !equal(first, event)) return place;
      byKey.set(event.idempotencyKey, first ?? event);
    }
    return undefined;
  }

  async #earlier(stream: number, places: readonly number[]): Promise<(Earlier | null)[]> {
    if (places.length === 0) return [];
    return callWithRetry(this.#env.EVENT_STREAM, streamName(this.#workspaceId, stream), (each) =>
      each.earlier(this.#pick(places)),
    );
  }

  #pick(places: readonly number[]): NewEvent[] {
    return places.flatMap((place) => this.#events[place] ?? []);
  }

  /** @returns why not, if it was refused */
  async #publishSome(stream: number, places: readonly number[]): Promise<PublishResult | undefined> {
    const others = await this.#usedByOthers(stream);
    const limit = this.#quota?.limit ?? null;
    const quota = limit === null ? this.#quota : { limit: Math.max(0, limit - others) };
    const result = await publishTo(this.#env, this.#workspaceId, stream, this.#pick(places), quota);
    if (result.ok) {
      for (const [index, place] of places.entries()) this.#published[place] = result.events[index];
      const fresh = result.events.filter(({ duplicate }) => !duplicate).length;
      this.#stored += fresh;
      const now = Date.now();
      const known = counted.get(countedAs(this.#workspaceId, now), now);
      if (known) known[stream] = (known[stream] ?? 0) + fresh;
      return undefined;
    }
    const refusal = { ...result, stored: this.#stored };
    if (refusal.reason === "idempotency_conflict") return { ...refusal, index: places[refusal.index] ?? 0 };
    if (refusal.reason !== "quota_exceeded") return refusal;
    return { ...refusal, used: refusal.used + others, limit: refusal.limit + others };
  }

  /** What counts in the other streams: at most {@link BriefCache}'s time ago, and just now where little is left. */
  async #usedByOthers(stream: number): Promise<number> {
    const limit = this.#quota?.limit ?? null;
    if (limit === null) return 0;
    const now = Date.now();
    const sum = (used: readonly number[]) => used.reduce((all, each) => all + each, 0);
    let used = counted.get(countedAs(this.#workspaceId, now), now);
    if (!used || sum(used) > limit * NEARLY) {
      used = await Promise.all(
        numbersUpTo(this.#streams.most).map((each) =>
          callWithRetry(this.#env.EVENT_STREAM, streamName(this.#workspaceId, each), (object) => object.used(now)),
        ),
      );
      counted.set(countedAs(this.#workspaceId, now), used, now);
    }
    return sum(used) - (used[stream] ?? 0);
  }
}
