import type { Streams } from "../config/publish-rules.ts";
import type { NewEvent } from "../events/contract.ts";
import { ownKey } from "../events/own-key.ts";
import { publish } from "../events/publish.ts";
import { spread } from "../events/spread.ts";
import { streamsOf, usageOf } from "../events/streams.ts";
import { receiptId } from "../lib/ids.ts";
import type { SourceStore } from "./store.ts";

/** Events published in one call of 32 MB, and characters of them: one alone may have a million. */
const EVENTS_AT_ONCE = 100;
export const LENGTH_AT_ONCE = 4_000_000;
/** So often an event that fails by itself is tried, once each time that the alarm rings, before it is set aside. */
export const MOST_TRIES = 5;

/** An event on its way, with its receipt and its place among what that became. */
export type Leaving = { seq: number; at: number; place: number; event: NewEvent };

/** A stream's answer about one event that is not going to change. */
class Refused extends Error {}

/**
 * The way of a source's events to the workspace's streams. An event that does not pass although the streams answer holds the
 * others up for some tries; then it is set aside, and people are told.
 */
export class ToStream {
  readonly #env: Env;
  readonly #store: SourceStore;
  #mayCount = false;

  constructor(env: Env, store: SourceStore) {
    this.#env = env;
    this.#store = store;
  }

  /** The next failure counts as a try: callbacks may come in by the hundred in the second in which a stream is restarted. */
  count(): void {
    this.#mayCount = true;
  }

  /**
   * Publishes all, as many together as a call holds, whichever receipts they are of. Repeated, each is published once.
   * @returns the events' ids; null for those that are set aside
   * @throws Error where the streams or D1 are away, or an event failed that has tries left: all of it is to come again
   */
  async publish(source: string, workspaceId: number, leaving: readonly Leaving[]): Promise<(string | null)[]> {
    const streams = await streamsOf(this.#env, workspaceId);
    const [first, last] = [leaving[0], leaving.at(-1)];
    const aside = first && last ? this.#store.asideBetween(first.seq, last.seq) : new Set();
    const ids: (string | null)[] = [];
    for (let from = 0; from < leaving.length; ) {
      const some = leaving.slice(from, from + asManyAsFit(leaving, from));
      from += some.length;
      const going = some.filter(({ seq, place }) => !aside.has(`${seq}/${place}`));
      const passed = await this.#publishSome({ source, workspaceId, streams }, going);
      let next = 0;
      for (const { seq, place } of some) ids.push(aside.has(`${seq}/${place}`) ? null : (passed[next++] ?? null));
    }
    return ids;
  }

  async #publishSome(to: Destination, some: readonly Leaving[]): Promise<(string | null)[]> {
    if (some.length === 0) return [];
    try {
      return await this.#send(
        to,
        some.map(({ event }) => event),
      );
    } catch (error) {
      if (passesByItself(error)) throw error;
    }
    const ids: (string | null)[] = [];
    for (const one of some) {
      const [id] = await this.#send(to, [one.event]).catch((error: unknown) => this.#failed(to, one, error));
      ids.push(id ?? null);
    }
    return ids;
  }

  /** @throws Error, and of that Refused where it is the event's own fault */
  async #send({ workspaceId, streams }: Destination, events: NewEvent[]): Promise<string[]> {
    const published = await publish(this.#env, workspaceId, streams, events);
    if (published.ok) return published.events.map(({ id }) => id);
    const message = `The stream refused events of callbacks: ${published.reason}`;
    throw published.reason === "idempotency_conflict" ? new Refused(message) : new Error(message);
  }

  /**
   * What is wrong with an event that did not pass alone: nothing, if it does once more; too early to say, if it has tries left;
   * its own fault, if what tells of it passes by the same way.
   */
  async #failed(to: Destination, one: Leaving, first: unknown): Promise<(string | null)[]> {
    if (passesByItself(first)) throw first;
    await usageOf(this.#env, to.workspaceId, to.streams, Date.now());
    try {
      return await this.#send(to, [one.event]);
    } catch (error) {
      if (passesByItself(error) || !this.#mayCount) throw error;
      this.#mayCount = false;
      const reason = error instanceof Refused ? "its key was used for another event" : "it could not be stored";
      const { seq, place, event } = one;
      const failing = this.#store.failed(seq, place, event.type, reason);
      if (failing.tries < MOST_TRIES) throw error;
      console.error(`${to.source}: an event of receipt ${seq} is set aside after ${failing.tries} tries:`, error);
      await this.#tell(to, one, failing.reason);
      this.#store.setAside(seq, place);
      return [null];
    }
  }

  /** @throws Error where that could not be published, either */
  async #tell(to: Destination, { seq, at, place, event }: Leaving, reason: string): Promise<void> {
    const data = {
      source_id: to.source,
      receipt_id: receiptId({ at, seq }),
      provider: providerOf(event),
      note: `An event of the type ${event.type} could not be published and was set aside: ${reason}`,
    };
    const attention = { type: "source.attention", data: JSON.stringify(data), occurredAt: null, channels: [] };
    const idempotencyKey = keyBeside(event, to.streams.count, [attention.type, to.source, `${seq}`, `${place}`]);
    await this.#send(to, [{ ...attention, idempotencyKey }]).catch((error: unknown) => {
      // It was told before a crash, and the type of what it says has changed since.
      if (!(error instanceof Refused)) throw error;
    });
  }
}

type Destination = { source: string; workspaceId: number; streams: Streams };

/** More than enough: of two streams every second key is right. */
const MOST_KEYS = 1000;

/** A key that leads to the same stream as an event's: only of that one it proves that it takes what it can. */
function keyBeside(event: NewEvent, count: number, parts: readonly [string, ...string[]]): string {
  for (let number = 0; number < MOST_KEYS; number++) {
    const idempotencyKey = ownKey(...parts, `${number}`);
    if (spread([event, { idempotencyKey }], count, 0).length === 1) return idempotencyKey;
  }
  return ownKey(...parts);
}

function providerOf({ data }: NewEvent): string | null {
  const { provider } = JSON.parse(data) as { provider?: unknown };
  return typeof provider === "string" ? provider : null;
}

/**
 * Whether the platform says that it is no fault of the call's.
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
function passesByItself(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { retryable, overloaded } = error as Error & { retryable?: unknown; overloaded?: unknown };
  return retryable === true || overloaded === true;
}

/** How many of those that wait go into one call: one at least. */
function asManyAsFit(leaving: readonly Leaving[], from: number): number {
  let length = leaving[from]?.event.data.length ?? 0;
  let count = 1;
  for (; count < EVENTS_AT_ONCE; count++) {
    length += leaving[from + count]?.event.data.length ?? Number.POSITIVE_INFINITY;
    if (length > LENGTH_AT_ONCE) break;
  }
  return count;
}
