import { expect } from "vitest";
import type { Subscription } from "../../src/config/endpoints.ts";
import type { Accepted, Arrival, PublishResult } from "../../src/events/contract.ts";
import { type Listener, type Recipient, Relay } from "../../src/events/relay.ts";
import { EventStream } from "../../src/events/stream.ts";
import type { EndpointId } from "../../src/lib/ids.ts";
import type { Limit } from "../../src/lib/limit.ts";
import { type HandClock, type HandState, passTo } from "./by-hand.ts";
import { Broken, type Endpoint, type Publication, type StreamReference } from "./stream-reference.ts";

/**
 * An EventStream as it is deployed, on real rows; its endpoints are played here, D1 and the clock moved by hand. What it
 * does is told to the reference as it does it.
 */

const TABLES = ["events", "idempotency", "lagging", "meta"];
const BEGINNING = 1_700_000_000_000;
/** Steps that a publication may need to its end, timers apart. */
const STEPS = 40;

export const MANNERS = ["stores", "keeps in memory", "fails", "loses its answer", "is slow"] as const;
export type Manner = (typeof MANNERS)[number];

/** How relays behave. */
export const RELAY_MANNERS = ["well", "fails", "ends in the middle", "is silent"] as const;
export type RelayManner = (typeof RELAY_MANNERS)[number];

type Stored = { id: string; type: string; data: string };
type Held = { life: number; byRelay: boolean; carryOut: () => Accepted; resolve: (answer: Accepted) => void };

/** An endpoint's object, as far as the stream has to do with it. */
class Played {
  readonly known: Endpoint;
  manner: Manner = "stores";
  version = 1;
  /** Of the last event that it has, in memory or on disk. */
  #position = 0;
  #positionOnDisk = 0;
  /** Calls that it has not come to. */
  readonly #held: Held[] = [];
  #waiters: { resolve: (stored: boolean) => void; reject: (error: Error) => void }[] = [];
  readonly #world: StreamWorld;

  constructor(world: StreamWorld, known: Endpoint) {
    this.#world = world;
    this.known = known;
  }

  accept(life: number, byRelay: boolean, arrivals: readonly Arrival[], after: number): Promise<Accepted> {
    // A deleted one takes nothing in, and says so as if it had.
    if (this.known.types === null) return Promise.resolve({ stored: true });
    const held = this.#held.filter((each) => each.life === life);
    // Whom a relay was calling when it ended the stream calls by itself.
    if (held.some((each) => !each.byRelay)) throw new Broken(`${this.known.id} is called twice at once`);
    if (held.length > 0) this.known.excused = true;
    const ids = arrivals.map(({ text }) => (JSON.parse(text) as { id: string }).id);
    this.#world.reference.handed(this.known, ids);
    if (this.manner === "fails") return this.#fail();
    const carryOut = () => this.#carryOut(arrivals, ids, after);
    if (this.manner === "is slow")
      return new Promise((resolve) => this.#held.push({ life, byRelay, carryOut, resolve }));
    const answer = carryOut();
    return this.manner === "loses its answer" ? this.#fail() : Promise.resolve(answer);
  }

  #fail(): Promise<never> {
    this.known.excused = true;
    return Promise.reject(new Error("Away, for the test"));
  }

  #carryOut(arrivals: readonly Arrival[], ids: readonly string[], after: number): Accepted {
    if (this.#position < after) {
      this.known.excused = true;
      return { stored: false, behind: true };
    }
    // As it promises: what it was handed before is on its disk when it has answered.
    this.save();
    const fresh = ids.filter((_, place) => (arrivals[place]?.position ?? 0) > this.#position);
    this.#world.reference.took(this.known, fresh);
    this.#position = Math.max(this.#position, arrivals.at(-1)?.position ?? 0);
    if (this.manner !== "keeps in memory") this.save();
    return { stored: this.#position === this.#positionOnDisk };
  }

  stored(upTo: number): Promise<boolean> {
    if (this.#position < upTo) {
      this.known.excused = true;
      return Promise.resolve(false);
    }
    if (this.#position === this.#positionOnDisk) return Promise.resolve(true);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  save(): void {
    for (const id of this.known.has) this.known.onDisk.add(id);
    this.#positionOnDisk = this.#position;
    for (const { resolve } of this.#waiters.splice(0)) resolve(true);
  }

  /** Comes to what it was called for. */
  release(): void {
    for (const { carryOut, resolve } of this.#held.splice(0)) resolve(carryOut());
  }

  /** What has come of a call nobody has heard: it comes again. */
  excuse(): void {
    this.known.excused = true;
  }

  /** What is in memory alone is gone, and who waits for an answer gets none; those who were told before ask in vain. */
  crash(): void {
    this.known.excused = true;
    this.known.has.clear();
    for (const id of this.known.onDisk) this.known.has.add(id);
    this.#position = this.#positionOnDisk;
    for (const { reject } of this.#waiters.splice(0)) reject(new Error("Ended, for the test"));
  }

  /** Who has asked has ended. */
  forgetWaiters(): void {
    this.#waiters = [];
    this.known.excused = true;
  }
}

export class StreamWorld {
  readonly reference: StreamReference;
  readonly clock: HandClock;
  readonly #host: HandState;
  readonly #env: Env;
  readonly played = new Map<string, Played>();
  #stream: EventStream | undefined;
  #life = 0;
  d1Away = false;
  relays: RelayManner = "well";
  /** Endpoints that relays were sent to, each time counted. */
  relayed = 0;
  /** Rows' bodies as they were read before: they do not change. */
  readonly #bodies = new Map<string, Stored[]>();

  constructor(reference: StreamReference, clock: HandClock, host: HandState, env: Env) {
    this.reference = reference;
    this.clock = clock;
    this.#host = host;
    this.#env = env;
    host.empty(TABLES);
    clock.reset(BEGINNING);
  }

  get now(): number {
    return this.clock.now;
  }

  get alarm(): number | null {
    return this.#host.alarm;
  }

  get isAwake(): boolean {
    return this.#stream !== undefined;
  }

  async #awake(): Promise<EventStream> {
    if (!this.#stream) {
      this.#host.begin();
      const life = ++this.#life;
      const env: Env = Object.create(this.#env, {
        ENDPOINT: { value: { getByName: (id: string) => this.#stub(life, id, false) } },
        RELAY: { value: { getByName: () => this.#relay(life) } },
      });
      this.#stream = new EventStream(this.#host.state, env, () => this.#subscriptions());
      await this.#host.ready;
    }
    return this.#stream;
  }

  /** One of the stream's relays, as it is deployed: each call finds a new one. */
  #relay(life: number) {
    const env: Env = Object.create(this.#env, {
      ENDPOINT: { value: { getByName: (id: string) => this.#stub(life, id, true) } },
    });
    const hand = async (arrivals: Arrival[], recipients: Recipient[], limit: Limit, told: Listener): Promise<void> => {
      const manner = this.relays;
      this.relayed += recipients.length;
      // What has come of a call of one that ends nobody hears.
      if (manner !== "well") for (const [id] of recipients) this.played.get(id)?.excuse();
      if (manner === "fails") throw new Error("The relay is away, for the test");
      if (manner === "is silent") return new Promise(() => {});
      let times = 0;
      const ending: Listener = async (words) => {
        if (life !== this.#life) throw new Error("Whoever has sent the relay has ended");
        if (manner === "well" || times++ === 0) return told(words);
        for (const [id] of recipients) this.played.get(id)?.excuse();
        throw new Error("The relay ends, for the test");
      };
      return new Relay(this.#host.state, env).hand(arrivals, recipients, limit, ending);
    };
    return { hand };
  }

  /** Who has ended hears nothing, and is not heard. */
  #stub(life: number, id: string, byRelay: boolean) {
    const played = this.played.get(id);
    if (!played) throw new Error(`${id} was never there`);
    const heard = <T>(call: () => Promise<T>): Promise<T> => {
      if (life !== this.#life) return new Promise(() => {});
      const answer = call();
      return new Promise((resolve, reject) => {
        answer.then(
          (value) => life === this.#life && resolve(value),
          (error) => life === this.#life && reject(error),
        );
      });
    };
    const accept = async (arrivals: Arrival[], after: number): Promise<Accepted> => {
      await this.#published(arrivals);
      if (life !== this.#life) return new Promise(() => {});
      try {
        return await played.accept(life, byRelay, arrivals, after);
      } catch (error) {
        // The stream would take what must not happen for an endpoint that is away.
        if (error instanceof Broken) this.#host.faults.push(error);
        throw error;
      }
    };
    return {
      accept: (arrivals: Arrival[], _: number, after: number) => heard(() => accept(arrivals, after)),
      stored: (upTo: number) => heard(() => played.stored(upTo)),
    };
  }

  /** What is handed over leaves the stream when it is on disk, as the answer does that tells the reference of it. */
  async #published(arrivals: readonly Arrival[]): Promise<void> {
    const isKnown = ({ text }: Arrival) => this.reference.knows((JSON.parse(text) as { id: string }).id);
    for (let step = 0; step < STEPS && !arrivals.every(isKnown); step++) await undefined;
  }

  async #subscriptions(): Promise<Subscription[]> {
    if (this.d1Away) throw new Error("D1 is away, for the test");
    return this.reference.living.map(({ id, types, createdAt }, place) => {
      const version = this.played.get(id)?.version ?? 1;
      return { id: id as EndpointId, number: place + 1, version, events: [...(types ?? [])], channels: [], createdAt };
    });
  }

  /** Somebody changes what an endpoint subscribes to; null deletes it. The stream is told. */
  async subscribe(id: string, types: readonly string[] | null): Promise<void> {
    this.reference.subscribed(id, types, this.now);
    const known = this.reference.endpoints.get(id);
    const played = this.played.get(id) ?? (known && new Played(this, known));
    if (played) {
      played.version++;
      this.played.set(id, played);
    }
    await (await this.#awake()).subscriptionsChanged();
    await this.rest();
  }

  /**
   * Several publish at once.
   * @param steps the stream ends after so many steps of it; undefined: it does not
   */
  async publish(calls: readonly (readonly Publication[])[], steps?: number): Promise<void> {
    const stream = await this.#awake();
    const at = this.now;
    const life = this.#life;
    const answers: (PublishResult | undefined)[] = calls.map(() => undefined);
    for (const [place, call] of calls.entries()) {
      const events = call.map(({ key, ...event }) => ({
        ...event,
        occurredAt: null,
        channels: [],
        idempotencyKey: key,
      }));
      const answered = stream.publish(events).then((answer) => {
        // Whoever waits for one that has ended hears nothing.
        if (life !== this.#life) return;
        answers[place] = answer;
        this.#answered(call, answer, at);
      });
      answered.catch((error) => this.#host.faults.push(error));
    }
    if (steps === undefined) {
      await this.rest();
      expect(answers).not.toContain(undefined);
    } else {
      await this.clock.tick(steps);
      const left = calls.filter((_, place) => answers[place] === undefined);
      await this.crash(left, at);
    }
  }

  #answered(call: readonly Publication[], answer: PublishResult, at: number): void {
    const expected = this.reference.answerTo(call, at);
    if (!expected) {
      expect(answer).toMatchObject({ ok: false, reason: "idempotency_conflict" });
      return;
    }
    if (!answer.ok) throw new Error(`It was refused: ${answer.reason}`);
    const byKey = new Map<string, string>();
    for (const [place, publication] of call.entries()) {
      const { key } = publication;
      const published = answer.events[place];
      if (!published) throw new Error("An event is not told of");
      const before = expected[place] ?? (key === null ? undefined : byKey.get(key));
      if (before !== undefined && before !== null) expect(published.id).toBe(before);
      else expect(this.reference.knows(published.id)).toBe(false);
      expect(published.duplicate).toBe(before !== undefined && before !== null);
      if (key !== null) byKey.set(key, published.id);
      this.reference.stored(published.id, publication, at);
    }
  }

  /**
   * The stream ends. It wakes up when somebody calls it, or by its alarm.
   * @param unanswered calls that were not answered: rows tell which of them are stored
   */
  async crash(unanswered: readonly (readonly Publication[])[] = [], at = this.now): Promise<void> {
    this.#stream = undefined;
    this.#life++;
    this.#host.begin();
    this.clock.forgetTimers();
    for (const played of this.played.values()) played.forgetWaiters();
    const unknown = this.#stored().filter(({ id }) => !this.reference.knows(id));
    for (const call of unanswered) {
      if (unknown.length === 0) break;
      // They are stored in their order, each as a whole; what conflicts is not.
      for (const publication of this.reference.newOf(call, at)) {
        const { id, type, data } = unknown.shift() ?? { id: "nothing" };
        expect({ id, type, data }).toEqual({ id, type: publication.type, data: publication.data });
        this.reference.stored(id, publication, at);
      }
    }
    expect(unknown).toEqual([]);
    await this.rest();
  }

  async pass(until: number): Promise<void> {
    const ring = async () => (await this.#awake()).alarm();
    await passTo(until, this.clock, this.#host, ring, () => this.rest());
  }

  /** Time passes in which nothing rings. */
  async leap(ms: number): Promise<void> {
    this.clock.set(this.now + ms);
    await this.pass(this.now);
  }

  async rest(): Promise<void> {
    await this.clock.settle();
    this.#host.check();
    this.#see();
    this.reference.rests(this.alarm, this.now);
  }

  /** What is on disk of how far everybody has come. */
  #see(): void {
    const rows = this.#stored();
    const newest = this.#one<{ done: number }>("SELECT done FROM events ORDER BY seq DESC LIMIT 1")?.done ?? 0;
    const apart = this.#one<{ value: string }>("SELECT value FROM meta WHERE key = 'cursor'")?.value;
    const upTo = (seq: number) => rows.filter((each) => each.seq <= seq).map(({ id }) => id);
    const lagging = this.#all<{ endpoint: string; seq: number }>("SELECT endpoint, seq FROM lagging");
    this.reference.isNoted(
      upTo(Math.max(newest, Number(apart ?? 0))),
      new Map(lagging.map(({ endpoint, seq }) => [endpoint, upTo(seq)])),
    );
  }

  #stored() {
    return this.#all<{ seq: number; body: string }>("SELECT seq, body FROM events ORDER BY seq").flatMap(
      ({ seq, body }) => {
        const events = this.#bodies.get(body) ?? (JSON.parse(body) as Stored[]);
        this.#bodies.set(body, events);
        return events.map((event) => ({ seq, ...event }));
      },
    );
  }

  #all<T extends Record<string, SqlStorageValue>>(query: string): T[] {
    if (this.#host.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'events'").toArray().length === 0) return [];
    return this.#host.sql.exec<T>(query).toArray();
  }

  #one<T extends Record<string, SqlStorageValue>>(query: string): T | undefined {
    return this.#all<T>(query)[0];
  }

  /** All events, the oldest first, as the API lists them. */
  async list(): Promise<string[]> {
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await (await this.#awake()).listEvents({ limit: 20, cursor });
      listed.push(...page.events.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return listed.reverse();
  }
}

export { STEPS };
