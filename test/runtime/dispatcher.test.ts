import { env, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EndpointState } from "../../src/config/endpoints.ts";
import type { Attempted } from "../../src/delivery/attempt.ts";
import { unpack } from "../../src/delivery/delivery-log.ts";
import { Dispatcher, STRAGGLE_MS } from "../../src/delivery/dispatcher.ts";
import { FAMILY_STRIDE, type Outcome } from "../../src/delivery/parcel.ts";
import { Retention } from "../../src/delivery/retention.ts";
import { Store } from "../../src/delivery/store.ts";
import type { Start } from "../../src/delivery/work.ts";
import type { Arrival } from "../../src/events/contract.ts";
import { encodeEvent, positionOf } from "../../src/events/record.ts";
import { Alarm } from "../../src/lib/alarm.ts";
import { type EventId, eventId } from "../../src/lib/ids.ts";
import { Sql } from "../../src/lib/sql.ts";

/**
 * Random lives of an endpoint on real storage: deliveries accepted (some of them twice), begun, ended by every kind of
 * outcome in any order, given back, sent again, expired; through pauses, failing with its probes, and crashes. After every
 * step each delivery that is on disk must be in exactly one place, and memory must say what the rows say; what a crash took
 * with it comes again, as from the stream.
 */

const config: EndpointState = {
  id: "wh_00000000000000000000000000",
  number: 1,
  workspaceId: 1,
  kind: "webhook",
  version: 1,
  status: "active",
  disabledReason: null,
  dialect: "gopimi",
  url: "https://receiver.example/",
  retryDelays: [1, 5, 30],
  timeoutMs: 10_000,
};

const DAY_MS = 24 * 3600 * 1000;

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("accept"),
      count: fc.integer({ min: 1, max: 130 }),
      again: fc.nat(3),
      save: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("save") }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("begin") }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("end"),
      which: fc.nat(),
      many: fc.integer({ min: 1, max: 20 }),
      kind: fc.constantFrom("success", "success", "failure", "unreached", "mixed", "given back", "lost"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("straggle") }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.constantFrom(500, 1500, 6000, 40_000, 1_000_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("probe") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pause") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("resume") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("again"), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire") }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function outcome(index: number, at: number, how: Partial<Outcome> = {}): Outcome {
  return {
    index,
    at,
    status: 200,
    durationMs: 1,
    error: null,
    responseBody: "",
    signature: "s",
    retryAfterMs: null,
    ...how,
  };
}

class World {
  now = 1_700_000_000_000;
  readonly clock = { now: () => this.now, after: () => {} };
  readonly sql: Sql;
  readonly store: Store;
  readonly storage: DurableObjectStorage;
  dispatcher: Dispatcher;
  /** What the stream has handed over, in its order. */
  accepted: (Arrival & { id: EventId })[] = [];
  /** Those are under way. */
  starts: Start[] = [];
  #nextSeq = 1;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.sql = new Sql(storage);
    for (const table of ["open_parcels", "log"]) this.sql.all(`DROP TABLE IF EXISTS ${table}`);
    this.store = new Store(this.sql);
    this.dispatcher = this.wake();
  }

  /** A new object on the same rows, to which the stream hands over again what is not among them. */
  wake(): Dispatcher {
    const trouble = this.dispatcher?.trouble;
    const dispatcher = new Dispatcher(this.store, new Alarm(this.storage, this.sql), this.clock, 500);
    dispatcher.config = this.dispatcher?.config ?? { ...config };
    if (trouble) dispatcher.trouble = trouble;
    this.dispatcher = dispatcher;
    this.starts = [];
    return dispatcher;
  }

  crash(): void {
    this.wake();
    this.dispatcher.accept(this.accepted);
    this.dispatcher.save();
  }

  begin(): Start[] {
    const before = this.dispatcher.underWay;
    const starts = this.dispatcher.next();
    if (starts.length > 0) {
      expect(before).toBeLessThan(this.dispatcher.window);
      expect(this.dispatcher.underWay).toBeLessThanOrEqual(this.dispatcher.window);
    }
    this.starts.push(...starts);
    return starts;
  }

  accept(count: number, repeated = 0, save = true): void {
    const fresh = Array.from({ length: count }, () => {
      const place = { at: this.now, seq: this.#nextSeq++, index: 0 };
      const id = eventId(place);
      const text = encodeEvent(id, { type: "a", data: "1", occurredAt: null, channels: [] });
      return { id, position: positionOf(place), text };
    });
    this.accepted.push(...fresh);
    this.dispatcher.accept(fresh);
    this.dispatcher.accept(fresh.slice(0, repeated));
    if (save) this.dispatcher.save();
  }

  /** Tells how some attempts went, in one go. */
  end(starts: readonly Start[], how: (start: Start) => Attempted): void {
    this.starts = this.starts.filter((start) => !starts.includes(start));
    const told = starts.filter((start) => this.dispatcher.ended(start, how(start)));
    if (told.length > 0) this.dispatcher.settleEnded();
  }

  endSome(which: number, many: number, kind: string): void {
    const from = which % Math.max(1, this.starts.length);
    this.end(this.starts.slice(from, from + many), ({ index, seq }) => {
      if (kind === "given back") return { outcome: null, sent: undefined };
      if (kind === "lost") return { outcome: null, sent: undefined, lost: true };
      const odd = (which + seq + index) % 2 === 1;
      if (kind === "success" || (kind === "mixed" && odd))
        return { outcome: outcome(index, this.now), sent: undefined };
      const error = kind === "unreached" ? ("timeout" as const) : ("status" as const);
      const retryAfterMs = (which + index) % 7 === 0 ? 2000 * (index % 3) : null;
      return { outcome: outcome(index, this.now, { status: 500, error, retryAfterMs }), sent: undefined };
    });
  }

  sendAgain(which: number): void {
    this.dispatcher.save();
    const rows = [
      ...this.store.before("log", Number.MAX_SAFE_INTEGER, 5),
      ...this.store.before("open_parcels", Number.MAX_SAFE_INTEGER, 5),
    ].filter(({ state }) => state !== "expired");
    const parcel = rows[which % Math.max(1, rows.length)];
    if (!parcel) return;
    this.dispatcher.sendAgain(parcel, [which % parcel.history.entries.length], "manual");
  }

  /** What is open has grown too old; what is done stays. */
  expire(): void {
    this.dispatcher.save();
    const done = this.store.from("log", 0, 100_000);
    const limits = { ageMs: -DAY_MS, bytes: Number.MAX_SAFE_INTEGER };
    const retention = new Retention(this.sql, this.store, this.dispatcher, limits);
    this.sql.all("UPDATE log SET at = at + ?", 2 * DAY_MS);
    retention.pruneChunk(this.now);
    this.sql.all("UPDATE log SET at = at - ? WHERE at > ?", 2 * DAY_MS, this.now + DAY_MS);
    for (const { seq } of done) expect(this.store.logged(seq)).toBeDefined();
  }

  take(each: Step): void {
    switch (each.do) {
      case "accept":
        this.accept(each.count, each.again, each.save);
        break;
      case "save":
        this.dispatcher.save();
        break;
      case "begin":
        this.begin();
        break;
      case "end":
        this.endSome(each.which, each.many, each.kind);
        break;
      case "straggle":
        this.now += STRAGGLE_MS;
        this.dispatcher.settleStragglers();
        break;
      case "wait":
        this.now += each.ms;
        break;
      case "probe":
        this.dispatcher.probeNow();
        break;
      case "crash":
        this.crash();
        break;
      case "pause":
        this.dispatcher.save();
        this.dispatcher.config = { ...config, status: "paused" };
        this.dispatcher.putBack();
        break;
      case "resume":
        this.dispatcher.config = { ...config };
        this.dispatcher.resume();
        break;
      case "again":
        this.sendAgain(each.which);
        break;
      case "expire":
        this.expire();
        break;
    }
  }

  check(): void {
    const rows = (["open_parcels", "log"] as const).flatMap((table) => this.store.from(table, 0, 100_000));
    const found = rows.flatMap(unpack);
    const saved: string[] = found.map((each) => each.event.id);
    const unsaved = this.accepted.filter(({ id }) => !saved.includes(id));
    expect(new Set(saved).size).toBe(saved.length);
    if (!this.dispatcher.batcher.hasUnsaved) expect(unsaved).toEqual([]);
    // A crash now loses nothing: the stream's position is behind all that is in memory alone.
    for (const { position } of unsaved) expect(position).toBeGreaterThan(this.store.newest().place);
    const places = found.map((each) => `${Math.floor(each.parcel.seq / FAMILY_STRIDE)}.${each.entry.index}`);
    expect(new Set(places).size).toBe(found.length);
    for (const row of rows) expect((JSON.parse(row.events) as unknown[]).length).toBe(row.history.entries.length);
    for (const head of this.store.heads(0, 100_000)) {
      // What is at work may have less left than it began with, or be due at once after a repair.
      const known = this.dispatcher.backlog.get(head.seq);
      if (known) expect({ ...known, dueAt: head.dueAt }).toEqual(head);
    }
    expect(this.dispatcher.underWay).toBe(this.starts.length);
  }

  get open(): boolean {
    return this.dispatcher.batcher.hasUnsaved || this.store.waiting() > 0;
  }

  /** The endpoint is repaired and everything is worked off. */
  drain(): void {
    this.take({ do: "resume" });
    for (let round = 0; this.open; round++) {
      expect(round).toBeLessThan(5000);
      this.now += 1_000_000;
      this.begin();
      this.end(this.starts, ({ index }) => ({ outcome: outcome(index, this.now), sent: undefined }));
    }
  }
}

async function inObject(run: (storage: DurableObjectStorage) => void): Promise<void> {
  const stub = env.ENDPOINT.getByName(`wh_${crypto.randomUUID()}`);
  await runInDurableObject(stub, (_, state) => run(state.storage));
}

const delivered =
  ({ now }: World) =>
  (start: Start): Attempted => ({ outcome: outcome(start.index, now), sent: undefined });
const failed =
  ({ now }: World) =>
  (start: Start): Attempted => {
    return { outcome: outcome(start.index, now, { status: 500, error: "status" }), sent: undefined };
  };

describe("an endpoint's deliveries", () => {
  it("are each in exactly one place after every step, and all done in the end", async () => {
    await inObject((storage) => {
      fc.assert(
        fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
          const world = new World(storage);
          for (const each of steps) {
            world.take(each);
            world.check();
          }
          world.drain();
          world.check();
          const left = world.store.from("log", 0, 100_000).flatMap(unpack);
          expect(left).toHaveLength(world.accepted.length);
        }),
        { numRuns: 100 },
      );
    });
  });

  it("go out the oldest first, one after another, after a pause", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.take({ do: "pause" });
      for (let batch = 0; batch < 30; batch++) world.accept(20);
      world.take({ do: "resume" });
      const sent: string[] = [];
      while (world.open) {
        const starts = world.begin();
        expect(starts).toHaveLength(1);
        sent.push(...starts.map(({ event }) => event.id));
        world.end(starts, delivered(world));
      }
      expect(sent).toEqual(world.accepted.map(({ id }) => id));
    });
  });

  it("go out one after another after a pause, also where the object ends meanwhile", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.take({ do: "pause" });
      for (let batch = 0; batch < 3; batch++) world.accept(20);
      world.take({ do: "resume" });
      world.end(world.begin(), delivered(world));
      world.crash();
      while (world.open) {
        const starts = world.begin();
        expect(starts).toHaveLength(1);
        world.end(starts, delivered(world));
      }
    });
  });

  it("are probed with the oldest of them when a probe is due, whenever that one is, and nothing of its schedule is used up", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      // A round each; every one of them is due again a second later, and then five.
      for (let round = 0; round < 5; round++) {
        world.accept(1);
        world.end(world.begin(), failed(world));
      }
      const [oldest] = world.accepted;
      const head = () => world.store.heads(0, 1)[0];
      const before = head();
      expect(before).toMatchObject({ attempt: 1 });
      const probeAt = world.dispatcher.trouble.probeAt ?? 0;
      expect(probeAt).toBe(world.now + 1000);
      // Its own retry comes later: it was made to wait for an hour.
      world.dispatcher.backlog.readTo(before?.seq ?? 0, world.now);
      const waits = world.dispatcher.backlog.get(before?.seq ?? 0);
      if (!waits) throw new Error("It is not read");
      world.dispatcher.backlog.update(waits, { dueAt: world.now + 3_600_000 }, world.now);
      world.store.updateHead(waits);
      expect(world.begin()).toEqual([]);
      expect(world.dispatcher.nextAttempt(waits.seq)).toEqual({ at: probeAt, waitsForProbe: true });
      expect(world.dispatcher.nextWake()).toBe(probeAt);
      world.now = probeAt;
      const probes = world.begin();
      expect(probes.map(({ event }) => event.id)).toEqual([oldest?.id]);
      world.end(probes, failed(world));
      expect(world.dispatcher.trouble).toMatchObject({ probes: 1, probeAt: world.now + 5000 });
      expect(head()).toEqual({ ...before, dueAt: probeAt - 1000 + 3_600_000 });
      expect(world.store.history(before?.seq ?? 0)?.entries[0]?.attempts).toHaveLength(2);
      world.now += 5000;
      world.end(world.begin(), delivered(world));
      expect(world.dispatcher.trouble.probeAt).toBeNull();
      expect(world.store.logged(before?.seq ?? 0)).toBeDefined();
    });
  });

  it("go out the oldest first after an outage, those among them that had failed before it was noticed", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.accept(100);
      while (world.dispatcher.trouble.probeAt === null) world.end(world.begin(), failed(world));
      world.now = world.dispatcher.trouble.probeAt;
      const probes = world.begin();
      world.end(probes, delivered(world));
      const sent: string[] = [];
      while (world.open) {
        const starts = world.begin();
        expect(starts).toHaveLength(1);
        sent.push(...starts.map(({ event }) => event.id));
        world.end(starts, delivered(world));
      }
      const probed = probes.map(({ event }) => event.id);
      expect(sent).toEqual(world.accepted.map(({ id }) => id).filter((id) => !probed.includes(id)));
    });
  });

  it("are all due once a probe has succeeded, also those that came together with what it was of", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.accept(2);
      world.end(world.begin(), failed(world));
      world.now += 1100;
      world.end(world.begin(), failed(world));
      for (let round = 2; round < 5; round++) {
        world.accept(1);
        world.end(world.begin(), failed(world));
      }
      const { probeAt } = world.dispatcher.trouble;
      world.now = probeAt ?? 0;
      const [first, second] = world.accepted;
      const probes = world.begin();
      expect(probes.map(({ event }) => event.id)).toEqual([first?.id]);
      world.end(probes, delivered(world));
      // Its own retry would come seconds later, and the others of its row with it.
      expect(world.begin().map(({ event }) => event.id)).toEqual([second?.id]);
    });
  });

  it("use up one of the schedule's attempts by a probe in their time, also where an earlier failure came in late", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.accept(1);
      const late = world.begin();
      for (let round = 0; round < 5; round++) {
        world.accept(1);
        world.end(world.begin(), failed(world));
      }
      expect(world.dispatcher.trouble.probeAt).toBe(world.now + 1000);
      world.now += 10_000;
      world.end(late, failed(world));
      world.now += 1100;
      const probes = world.begin();
      expect(probes.map(({ event }) => event.id)).toEqual(late.map(({ event }) => event.id));
      world.end(probes, failed(world));
      expect(world.store.heads(0, 1)).toMatchObject([{ attempt: 2 }]);
    });
  });

  it("are woken up for in their time, whatever is under way beside them", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.accept(1);
      world.begin();
      world.accept(1);
      world.end(world.begin(), failed(world));
      const [, retry] = world.store.heads(0, 2);
      expect(retry?.attempt).toBe(1);
      expect(world.dispatcher.nextWake()).toBe(retry?.dueAt);
    });
  });

  it("are not all under way where some were given back", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.accept(1);
      const starts = world.begin();
      expect(world.dispatcher.idle).toBe(true);
      world.end(starts, () => ({ outcome: null, sent: undefined }));
      expect(world.dispatcher.idle).toBe(false);
      expect(world.dispatcher.nextWake()).toBe(world.now + 1000);
    });
  });

  it("of which some have failed are all due after a recovery, in their order, also where the object ends meanwhile", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: [600, 600, 600] };
      world.dispatcher.limit = { ...world.dispatcher.limit, width: 4 };
      // One parcel of which the first ones fail, and a few that come alone.
      world.accept(20);
      for (let round = 0; round < 5; round++) {
        if (round > 0) world.accept(1);
        world.end(world.begin(), failed(world));
      }
      world.now = world.dispatcher.trouble.probeAt ?? 0;
      world.end(world.begin(), delivered(world));
      expect(world.dispatcher.trouble.probeAt).toBeNull();
      const sent = world.accepted.filter(
        ({ id }) => !world.store.from("open_parcels", 0, 1000).some((each) => each.events.includes(id)),
      );
      world.crash();
      const order = sent.map(({ id }) => id);
      while (world.open) {
        const starts = world.begin();
        expect(starts).toHaveLength(1);
        order.push(...starts.map(({ event }) => event.id));
        world.end(starts, delivered(world));
      }
      expect(order).toEqual(world.accepted.map(({ id }) => id));
    });
  });

  it("use up nothing of their schedule by attempts that a recovery brought forward", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      const patient = { ...config, retryDelays: [600, 600] };
      world.dispatcher.config = patient;
      world.accept(1);
      world.end(world.begin(), failed(world));
      // A receiver that takes one request now and then, and a webhook that is paused and let go: each brings it forward.
      for (let time = 0; time < 20; time++) {
        world.take({ do: "pause" });
        world.dispatcher.config = patient;
        world.dispatcher.resume();
        world.end(world.begin(), failed(world));
        expect(world.store.heads(0, 1)).toMatchObject([{ attempt: 1, dueAt: expect.any(Number) }]);
        expect(world.store.heads(0, 1)[0]?.dueAt).toBeGreaterThanOrEqual(world.now + 600_000);
      }
      for (let retry = 0; retry < 2; retry++) {
        world.now += 1_000_000;
        world.end(world.begin(), failed(world));
      }
      expect(world.open).toBe(false);
      expect(world.store.from("log", 0, 10).map(({ state }) => state)).toEqual(["failed"]);
    });
  });

  it("that fail while others succeed make nothing of the endpoint, however often they are tried again", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: Array.from({ length: 20 }, () => 1) };
      const poison = new Set<string>();
      for (let turn = 0; turn < 20; turn++) {
        world.accept(2);
        const [first] = world.accepted.slice(-2);
        if (first) poison.add(first.id);
        const starts = world.begin();
        world.end(
          starts.filter(({ event }) => poison.has(event.id)),
          failed(world),
        );
        world.now += 10;
        world.end(
          starts.filter(({ event }) => !poison.has(event.id)),
          delivered(world),
        );
      }
      for (let round = 0; world.open && round < 100; round++) {
        world.now += 2000;
        world.end(world.begin(), failed(world));
        expect(world.dispatcher.trouble).toMatchObject({ failures: 0, probeAt: null });
      }
      expect(world.open).toBe(false);
    });
  });

  it("that were never attempted need not wait for a probe where all failures are of one other", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: [1, 1, 1, 1, 3600] };
      world.accept(1);
      for (let round = 0; round < 5; round++) {
        world.end(world.begin(), failed(world));
        world.now += 2000;
      }
      expect(world.dispatcher.trouble).toMatchObject({ failures: 5 });
      expect(world.dispatcher.trouble.probeAt).toBeGreaterThan(world.now - 2000);
      world.end(world.begin(), failed(world));
      const { probeAt } = world.dispatcher.trouble;
      expect(probeAt).toBeGreaterThan(world.now);
      expect(world.begin()).toEqual([]);
      world.accept(1);
      const [fresh, ...others] = world.begin();
      expect([fresh?.event.id, fresh?.probe, others]).toEqual([world.accepted[1]?.id, true, []]);
      if (fresh) world.end([fresh], failed(world));
      // Two have failed now: it is the endpoint, and the next one waits.
      world.accept(1);
      expect(world.dispatcher.trouble.sole).toBeNull();
      expect(world.begin()).toEqual([]);
    });
  });

  it("that are not tried again are probed by the delays, too, and not by each event that comes", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: [] };
      for (let round = 0; round < 5; round++) {
        world.accept(1);
        world.end(world.begin(), failed(world));
      }
      expect(world.open).toBe(false);
      const { probeAt } = world.dispatcher.trouble;
      expect(probeAt).toBeGreaterThan(world.now);
      world.accept(1);
      expect(world.begin()).toEqual([]);
      world.now = probeAt ?? 0;
      expect(world.begin()).toHaveLength(1);
    });
  });

  it("wait no more for what another receiver has asked for once they go elsewhere", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.accept(1);
      world.end(world.begin(), ({ index }) => {
        const asks = { status: 429, error: "status" as const, retryAfterMs: DAY_MS };
        return { outcome: outcome(index, world.now, asks), sent: undefined };
      });
      expect(world.begin()).toEqual([]);
      world.dispatcher.moved();
      expect(world.begin()).toHaveLength(1);
    });
  });

  it("that could not be attempted wait their second where the endpoint moves, and younger ones behind them", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, maxConcurrency: 1 };
      world.accept(2);
      const [first] = world.begin();
      if (!first) throw new Error("Nothing was begun");
      world.end([first], () => ({ outcome: null, sent: undefined }));
      world.now += 300;
      world.dispatcher.moved();
      expect(world.begin()).toEqual([]);
      expect(world.dispatcher.nextWake()).toBe(world.now + 700);
      world.now += 700;
      expect(world.begin().map(({ event }) => event.id)).toEqual([first.event.id]);
    });
  });

  it("are probed by a probe that counts if one is asked for, also after a change that has let one go out", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.accept(6);
      const [last, ...starts] = world.begin();
      for (let round = 0; round < 5; round++) {
        const { trouble } = world.dispatcher;
        world.end(
          starts.splice(0, 1).map((start) => ({ ...start, round: trouble.round })),
          failed(world),
        );
      }
      expect(world.dispatcher.trouble).toMatchObject({ failures: 5, probes: 0 });
      world.dispatcher.changed();
      // What is under way since before keeps the extra one back.
      expect(world.begin()).toEqual([]);
      expect(world.dispatcher.probeNow()).toBe(true);
      if (last) world.end([last], failed(world));
      const [probe] = world.begin();
      expect(probe).toMatchObject({ probe: true, extra: false });
      if (probe) world.end([probe], failed(world));
      expect(world.dispatcher.trouble).toMatchObject({ failures: 6, probes: 1 });
    });
  });

  it("are probed by the delays, too, where an attempt fails by a fault of ours", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      for (let round = 0; round < 5; round++) {
        world.accept(1);
        world.end(world.begin(), failed(world));
      }
      world.now += 1000;
      const ours = { ...outcome(0, world.now, { status: null, error: "unknown" }), ours: true };
      world.end(world.begin(), () => ({ outcome: ours, sent: undefined }));
      expect(world.dispatcher.trouble).toMatchObject({ probes: 0, probeAt: world.now + 1000 });
      expect(world.begin()).toEqual([]);
    });
  });

  it("that are given back after a pause go out again before younger ones, and wait with them until then", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.take({ do: "pause" });
      for (let batch = 0; batch < 3; batch++) world.accept(2);
      world.take({ do: "resume" });
      const [first] = world.begin();
      if (!first) throw new Error("Nothing was begun");
      world.end([first], () => ({ outcome: null, sent: undefined }));
      expect(world.begin()).toEqual([]);
      world.now += 1000;
      const sent: string[] = [];
      while (world.open) {
        const starts = world.begin();
        sent.push(...starts.map(({ event }) => event.id));
        world.end(starts, delivered(world));
      }
      expect(sent).toEqual(world.accepted.map(({ id }) => id));
    });
  });

  it("of which none can be attempted are not all begun for that", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      for (let parcel = 0; parcel < 100; parcel++) world.accept(1);
      let begun = 0;
      for (let round = 0; round < 5; round++) {
        const starts = world.begin();
        begun += starts.length;
        world.end(starts, () => ({ outcome: null, sent: undefined }));
      }
      // The ten of a new endpoint's window, and no more before a second has passed.
      expect(begun).toBe(10);
    });
  });

  it("that were begun and are held when their endpoint is disabled can be sent again", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.limit = { ...world.dispatcher.limit, width: 1 };
      world.accept(3);
      const starts = world.begin();
      expect(starts).toHaveLength(1);
      world.end(starts, failed(world));
      world.dispatcher.config = { ...config, status: "disabled" };
      world.dispatcher.putBack();
      const [parcel] = world.store.from("open_parcels", 0, 1);
      expect(world.dispatcher.isAtWork(parcel?.seq ?? 0)).toBe(false);
      world.check();
    });
  });

  it("that fail a hundred at once, each in a parcel of its own, are one failure of the endpoint", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.limit = { ...world.dispatcher.limit, width: 200 };
      for (let delivery = 0; delivery < 100; delivery++) {
        world.accept(1);
        world.begin();
      }
      expect(world.starts).toHaveLength(100);
      for (const start of world.starts) world.end([start], failed(world));
      expect(world.dispatcher.trouble.failures).toBe(1);
      expect(world.store.waiting()).toBe(100);
    });
  });

  it("that end the object every time fail after a few lives instead of ending it for ever", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: [] };
      world.accept(1);
      let begun = 0;
      for (let life = 0; life < 20 && world.open; life++) {
        world.now += 3000;
        world.wake();
        begun += world.begin().length;
      }
      expect(begun).toBe(5);
      const [lost] = world.store.from("log", 0, 10);
      expect(lost?.state).toBe("failed");
      expect(lost?.history.entries[0]?.attempts.map((attempt) => attempt.error)).toEqual(["unknown"]);
    });
  });

  it("that came with others are tried by themselves before they fail for that", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: [] };
      world.accept(5);
      // It is the third that ends the object, before what the others were answered is stored.
      for (let life = 0; life < 40 && world.open; life++) {
        world.now += 3000;
        world.wake();
        for (let starts = world.begin(); starts.length > 0; starts = world.begin()) {
          const others = starts.filter(({ index }) => index !== 2);
          world.end(others, delivered(world));
          if (others.length < starts.length) break;
        }
      }
      expect(world.open).toBe(false);
      const rows = world.store.from("log", 0, 10);
      expect(rows.map(({ state, history }) => [state, history.entries.map(({ index }) => index)])).toEqual([
        ["delivered", [0]],
        ["delivered", [1]],
        ["failed", [2]],
        ["delivered", [3]],
        ["delivered", [4]],
      ]);
      world.check();
    });
  });

  it("that only wait for probes, or through pauses, are never taken for such", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.accept(20);
      world.wake();
      for (let pause = 0; pause < 10; pause++) {
        world.begin();
        world.take({ do: "pause" });
        world.end(world.starts, () => ({ outcome: null, sent: undefined }));
        world.take({ do: "resume" });
      }
      world.dispatcher.config = { ...config, retryDelays: Array(30).fill(60) };
      for (let failure = 0; failure < 20; failure++) {
        world.now += 100_000;
        world.begin();
        world.end(world.starts, failed(world));
      }
      expect(world.dispatcher.trouble.probeAt).not.toBeNull();
      expect(world.store.lastSeq("log")).toBe(0);
      expect(world.store.waiting()).toBe(20);
    });
  });

  it("that have begun when the endpoint begins to fail are probed like others", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: [] };
      world.take({ do: "pause" });
      for (let event = 0; event < 6; event++) {
        world.accept(1);
        // Parcels of their own: what has been joined to is as old as they are.
        world.dispatcher.batcher.closeTail();
      }
      world.dispatcher.config = { ...config, retryDelays: [] };
      world.dispatcher.resume();
      for (let failure = 0; failure < 5; failure++) {
        world.begin();
        world.end(world.starts, failed(world));
      }
      expect(world.store.waiting()).toBe(1);
      expect(world.dispatcher.probeNow()).toBe(true);
      expect(world.begin()).toHaveLength(1);
    });
  });

  it("taken in by one call are taken in again after a crash, whichever of them was delivered", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.limit = { ...world.dispatcher.limit, width: 200 };
      world.accept(110, 0, false);
      const starts = world.begin();
      expect(starts).toHaveLength(110);
      world.end(starts.slice(100), delivered(world));
      world.check();
      world.crash();
      world.check();
      expect(world.store.waiting()).toBe(100);
    });
  });

  it("that come behind more parcels than are read at once are sent in this life", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.take({ do: "pause" });
      for (let event = 0; event < 1200; event++) {
        world.accept(1);
        world.dispatcher.batcher.closeTail();
      }
      world.sql.all("UPDATE open_parcels SET due_at = due_at + 3600000");
      world.wake();
      world.dispatcher.config = { ...config };
      world.dispatcher.batcher.closeTail();
      world.accept(1, 0, false);
      const [start] = world.begin();
      expect(start?.event.id).toBe(world.accepted.at(-1)?.id);
    });
  });

  it("that join the youngest parcel when the object has just woken up are begun once", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.accept(1);
      world.wake();
      world.accept(1);
      expect(world.begin().map(({ index }) => index)).toEqual([0, 1]);
    });
  });

  it("fit their rows, however long the answers to them were", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1] };
      world.accept(100);
      while (world.open) {
        world.now += 2000;
        // As if it had just been healthy: the whole parcel goes out at once, again and again.
        world.dispatcher.limit = { ...world.dispatcher.limit, width: 1000, failing: 0 };
        world.dispatcher.trouble = { ...world.dispatcher.trouble, failures: 0, probeAt: null };
        const responseBody = "\u0001".repeat(4096);
        world.end(world.begin(), ({ index }) => {
          const how = { status: 500, error: "status" as const, responseBody };
          return { outcome: outcome(index, world.now, how), sent: undefined };
        });
        world.check();
      }
      const done = world.store.from("log", 0, 1000).flatMap(unpack);
      expect(done.map((each) => each.entry.attempts.length)).toEqual(Array(100).fill(11));
      expect(done.every((each) => each.entry.attempts.every((attempt) => attempt.responseBody.length === 4096))).toBe(
        true,
      );
    });
  });
});
