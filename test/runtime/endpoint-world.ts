import type { EndpointState } from "../../src/config/endpoints.ts";
import type { Attempted } from "../../src/delivery/attempt.ts";
import { Endpoint, type Reach } from "../../src/delivery/endpoint.ts";
import type { Outcome } from "../../src/delivery/parcel.ts";
import type { RunnerHost } from "../../src/delivery/runner.ts";
import type { Start } from "../../src/delivery/work.ts";
import type { Arrival } from "../../src/events/contract.ts";
import { encodeEvent, positionOf } from "../../src/events/record.ts";
import { beforeFirstOf, type DeliveryPlace, type EventId, eventId } from "../../src/lib/ids.ts";
import { type HandClock, type HandState, passTo } from "./by-hand.ts";
import type { Delivery, EndpointReference, How, SeenDelivery } from "./endpoint-reference.ts";

/**
 * An Endpoint as it is deployed, on real rows; around it everything is moved by hand: the stream that hands over, D1, the
 * requests, time, alarm, and the end of the object at any moment. What it does is told to the reference as it does it.
 */

const TABLES = ["open_parcels", "log", "meta"];
const BEGINNING = 1_700_000_000_000;
/** Positions that one of the stream's rows has. */
const ROW = 1024;
/** Timers ring every second: so many of them are enough, in milliseconds. */
const FAR_MS = 400_000;

/** One of the workspace's streams: what it has for the endpoint, how much of it was handed over, and said to be stored. */
class Stream {
  readonly events: (Arrival & { id: EventId; at: number })[] = [];
  readonly #number: number;
  handed = 0;
  stored = 0;

  constructor(number: number) {
    this.#number = number;
  }

  publish(at: number): void {
    const place = { at, seq: beforeFirstOf(this.#number) + this.events.length + 1, index: 0 };
    const id = eventId(place);
    const text = encodeEvent(id, { type: "a", data: "1", occurredAt: null, channels: [] });
    this.events.push({ id, at, position: positionOf(place), text });
  }
}

export class EndpointWorld {
  readonly reference: EndpointReference;
  readonly clock: HandClock;
  readonly #host: HandState;
  readonly #env: Env;
  #object: Endpoint | undefined;
  /** As D1 has it. */
  config: EndpointState;
  readonly #streams: Stream[] = [new Stream(0), new Stream(5)];
  /** Whether the object has ended since, and the stream does not know. */
  #unnoticed = false;
  readonly #underWay = new Map<string, { start: Start; host: RunnerHost }>();
  #rows: {
    of: Endpoint | undefined;
    written: number;
    found: Map<string, SeenDelivery>;
    places: Map<string, DeliveryPlace>;
  };

  constructor(reference: EndpointReference, clock: HandClock, host: HandState, env: Env) {
    this.reference = reference;
    this.clock = clock;
    this.#host = host;
    this.#env = env;
    host.empty(TABLES);
    clock.reset(BEGINNING);
    this.#rows = { of: undefined, written: -1, found: new Map(), places: new Map() };
    this.config = {
      id: "wh_00000000000000000000000000",
      number: 1,
      workspaceId: 1,
      kind: "webhook",
      version: 1,
      status: "active",
      disabledReason: null,
      dialect: "standard",
      url: "https://receiver.example/",
      retryDelays: [...reference.rules.schedule],
      timeoutMs: 10_000,
      maxConcurrency: reference.rules.most,
      disableAfter: { failures: reference.rules.probes, seconds: 0 },
      disableOnGone: true,
    };
  }

  get now(): number {
    return this.clock.now;
  }

  get alarm(): number | null {
    return this.#host.alarm;
  }

  /** The object, which wakes up if it is not awake. */
  async #awake(): Promise<Endpoint> {
    if (!this.#object) {
      this.#host.begin();
      this.#object = new Endpoint(this.#host.state, this.#env, this.#reach);
      await this.#host.ready;
    }
    return this.#object;
  }

  readonly #reach: Reach = {
    stateOf: async () => this.config,
    markDisabled: async (_, { version }) => this.#marked(version),
    runner: (host) => ({
      transitMs: 0,
      run: (starts) => this.#began(starts, host),
      couriersAreHeld: async () => {},
    }),
  };

  /** Requests have gone out. */
  #began(starts: readonly Start[], host: RunnerHost): void {
    this.#see();
    for (const start of starts) {
      this.reference.begins(start.event.id, this.now);
      this.#underWay.set(start.event.id, { start, host });
    }
  }

  /** Attempts have ended, all together. */
  async end(all: readonly Delivery[], how: How & { lost?: boolean }): Promise<void> {
    const ended = all.map(({ event }) => {
      const request = this.#underWay.get(event);
      if (!request) throw new Error(`${event} is not under way`);
      this.#underWay.delete(event);
      this.reference.ends(event, how, this.now);
      return { ...request, attempted: attempted(request.start, how, this.now) };
    });
    ended[0]?.host.ended(ended);
    await this.rest();
  }

  /** One of the streams hands over what it has, some of what it had handed over before it among them. */
  async handOver(number: number, count: number, again: number): Promise<void> {
    const stream = this.#streams[number];
    if (!stream) throw new Error(`There is no stream ${number}`);
    for (let each = 0; each < count; each++) stream.publish(this.now);
    await this.#goOn(stream, again);
    await this.rest();
  }

  async #goOn(stream: Stream, again = 0): Promise<void> {
    while (stream.handed < stream.events.length) {
      const object = await this.#awake();
      const arrivals = stream.events.slice(Math.max(0, stream.handed - again));
      const last = stream.events[stream.handed - 1];
      const unconfirmed = stream.stored < stream.handed ? (last?.position ?? 0) : 0;
      const fresh = this.reference.handedOver(
        stream.events.slice(stream.handed).map(({ id }) => id),
        this.now,
      );
      const all = stream.events.length;
      const plain = arrivals.map(({ position, text }) => ({ position, text }));
      const { stored, behind } = await object.accept(plain, this.config.version, unconfirmed);
      if (behind) {
        this.reference.refused(fresh);
        stream.handed = stream.stored;
        continue;
      }
      // Of what it had before the stream takes it to be on disk now.
      this.#areStored(stream, stream.handed);
      stream.handed = all;
      if (stored) this.#areStored(stream, all);
      else void this.#confirm(object, stream, all);
    }
  }

  async #confirm(object: Endpoint, stream: Stream, upTo: number): Promise<void> {
    const stored = await object.stored(stream.events[upTo - 1]?.position ?? 0);
    if (stored) this.#areStored(stream, upTo);
    else stream.handed = stream.stored;
  }

  #areStored(stream: Stream, upTo: number): void {
    stream.stored = Math.max(stream.stored, upTo);
    this.reference.saidStored(stream.events.slice(0, upTo).map(({ id }) => id));
  }

  /** Whether a stream has something that the endpoint has not said to have stored. */
  get unstored(): boolean {
    return this.#streams.some(({ stored, events }) => stored < events.length);
  }

  /**
   * The object ends. It wakes up when somebody calls it, or by its alarm.
   * @param noticed whether the stream learns of it at once, or by its next call
   */
  async crash(noticed: boolean): Promise<void> {
    this.#see();
    this.#object = undefined;
    this.#host.begin();
    this.clock.forgetTimers();
    this.#underWay.clear();
    this.reference.crashed();
    this.#unnoticed = !noticed;
    if (noticed) this.#startAgain();
    await this.rest();
  }

  #startAgain(): void {
    for (const stream of this.#streams) stream.handed = stream.stored;
  }

  /** A stream learns of it where it waits to hear that something is stored; what was not is handed over once more. */
  async learn(): Promise<void> {
    if (this.#unnoticed) this.#startAgain();
    this.#unnoticed = false;
    for (const stream of this.#streams) await this.#goOn(stream);
    await this.rest();
  }

  /** The webhook is changed, which the endpoint is told. */
  async change(change: Partial<Pick<EndpointState, "status" | "url">>): Promise<void> {
    this.config = { ...this.config, ...change, version: this.config.version + 1 };
    await (await this.#awake()).refresh();
    await this.rest();
  }

  /** The endpoint has disabled itself, and lets D1 know. @returns the version */
  #marked(version: number): number | null {
    if (this.config.status !== "active" || this.config.version !== version) return null;
    this.config = { ...this.config, status: "disabled", version: this.config.version + 1 };
    return this.config.version;
  }

  async probe(): Promise<void> {
    await (await this.#awake()).probe();
    await this.rest();
  }

  async sendAgain(event: string): Promise<void> {
    const place = this.#rows.places.get(event);
    if (!place) throw new Error(`${event} has no place`);
    const answer = await (await this.#awake()).redeliver(place);
    if (answer !== "sent") throw new Error(`${event} could not be sent again: ${answer}`);
    await this.rest();
  }

  /** Somebody looks at the list, which must be up to date. */
  async look(): Promise<Map<string, { state: string; attempts: number }>> {
    const { deliveries } = await (await this.#awake()).listDeliveries({ limit: 100 });
    await this.rest();
    const listed = deliveries.map(({ eventId, status, attempts }) => [eventId, { state: status, attempts }] as const);
    return new Map(listed.reverse());
  }

  /** Time passes; timers and alarms ring as they come. */
  async pass(until: number): Promise<void> {
    const ring = async () => (await this.#awake()).alarm();
    await passTo(until, this.clock, this.#host, ring, () => this.rest());
  }

  /** The alarm rings; where that is far away, timers ring late, with it. */
  async ring(): Promise<void> {
    const at = this.alarm ?? this.now;
    if (at - this.now > FAR_MS) this.clock.set(at);
    await this.pass(Math.max(at, this.now));
  }

  /** Time passes in which nothing rings. */
  async leap(ms: number): Promise<void> {
    this.clock.set(this.now + ms);
    await this.pass(this.now);
  }

  /** Everything that can go on without the clock has gone on. */
  async rest(): Promise<void> {
    await this.clock.settle();
    this.#see();
    this.#host.check();
    this.reference.rests(this.#object !== undefined, this.alarm, this.now);
    const { status } = this.reference;
    if (this.config.status !== status) throw new Error(`The webhook is ${this.config.status}, and should be ${status}`);
  }

  #see(): void {
    this.#read();
    this.reference.sees(this.#rows.found, this.now);
  }

  /** Rows as SQL has them. */
  #read(): void {
    const written = this.#object?.sql.rowsWritten ?? 0;
    if (this.#rows.of === this.#object && this.#rows.written === written) return;
    const found = new Map<string, SeenDelivery>();
    const places = new Map<string, DeliveryPlace>();
    for (const row of this.#select()) {
      const events = JSON.parse(row.events) as { id: string }[];
      const ledger = JSON.parse(row.ledger ?? "{}") as { entries?: { attempts: unknown[] }[] };
      if (events.length !== row.n) throw new Error(`Row ${row.seq} has ${events.length} events, and says ${row.n}`);
      for (const [place, { id }] of events.entries()) {
        if (found.has(id)) throw new Error(`${id} is there twice`);
        const attempts = ledger.entries?.[place]?.attempts ?? [];
        const { state, attempt: failures, due, at: completedAt } = row;
        found.set(id, { state, attempts: attempts.length, failures, due, completedAt });
        places.set(id, this.#placeOf(id));
      }
    }
    this.#rows = { of: this.#object, written, found, places };
  }

  #placeOf(event: string): DeliveryPlace {
    const { at = 0, position = 0 } = this.#streams.flatMap(({ events }) => events).find(({ id }) => id === event) ?? {};
    return { at, seq: Math.floor(position / ROW), index: position % ROW, endpoint: 1 };
  }

  #select() {
    type Row = {
      seq: number;
      state: SeenDelivery["state"];
      attempt: number;
      due: number;
      at: number;
      n: number;
      ledger: string | null;
      events: string;
    };
    const { sql } = this.#host;
    if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'log'").toArray().length === 0) return [];
    const columns = "n, ledger, events";
    return sql
      .exec<Row>(
        `SELECT seq, 'open' AS state, attempt, due_at AS due, 0 AS at, ${columns} FROM open_parcels
         UNION ALL SELECT seq, state, 0 AS attempt, 0 AS due, at, ${columns} FROM log`,
      )
      .toArray();
  }

  /** Whether somebody could send it again: it has an id. */
  isKnown({ event }: Delivery): boolean {
    return this.#rows.places.has(event);
  }
}

function attempted(start: Start, how: How & { lost?: boolean }, at: number): Attempted {
  if (how.kind === "not attempted") return { outcome: null, sent: undefined, ...(how.lost ? { lost: true } : {}) };
  const answer = {
    at: at - 1,
    durationMs: 1,
    responseBody: "",
    signature: "s",
    retryAfterMs: null,
    index: start.index,
  };
  const outcomes: Record<typeof how.kind, Outcome> = {
    delivered: { ...answer, status: 200, error: null },
    failed: { ...answer, status: 500, error: "status" },
    "fault of ours": { ...answer, status: null, error: "dns", ours: true },
  };
  const outcome = outcomes[how.kind];
  if (how.kind !== "failed") return { outcome, sent: undefined };
  const status = how.gone ? 410 : how.asksMs > 0 ? 503 : 500;
  return { outcome: { ...outcome, status, retryAfterMs: how.asksMs > 0 ? how.asksMs : null }, sent: undefined };
}
