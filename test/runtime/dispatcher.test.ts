import { env, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EndpointState } from "../../src/config/endpoints.ts";
import type { AttemptError } from "../../src/delivery/contract.ts";
import { Dispatcher } from "../../src/delivery/dispatcher.ts";
import type { Message } from "../../src/delivery/message.ts";
import { FAMILY_STRIDE, type Outcome } from "../../src/delivery/parcel.ts";
import { unpack } from "../../src/delivery/reading.ts";
import { Store } from "../../src/delivery/store.ts";
import { encodeEvent, positionOf } from "../../src/events/record.ts";
import { Alarm } from "../../src/lib/alarm.ts";
import { eventId } from "../../src/lib/ids.ts";
import { Sql } from "../../src/lib/sql.ts";

/**
 * Random lives of an endpoint on real storage: deliveries accepted (some of them twice), released, claimed, settled with
 * every kind of outcome, lost, sent again, through pauses and crashes. After every step each accepted delivery must be in
 * exactly one place, and memory must say what the rows say.
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

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("accept"), count: fc.integer({ min: 1, max: 130 }), again: fc.nat(3) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("release") }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("work"),
      which: fc.nat(),
      seed: fc.nat(),
      kind: fc.constantFrom("success", "failure", "mixed", "partly", "none"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.constantFrom(500, 1500, 6000, 40_000, 1_000_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pause") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("resume") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("again"), which: fc.nat() }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  now = 1_700_000_000_000;
  readonly clock = { now: () => this.now, after: () => {} };
  readonly sql: Sql;
  readonly store: Store;
  readonly storage: DurableObjectStorage;
  dispatcher: Dispatcher;
  accepted: string[] = [];
  messages: Message[] = [];
  #nextSeq = 1;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.sql = new Sql(storage);
    for (const table of ["open_parcels", "log"]) this.sql.all(`DROP TABLE IF EXISTS ${table}`);
    this.store = new Store(this.sql);
    this.dispatcher = this.wake();
  }

  wake(): Dispatcher {
    const dispatcher = new Dispatcher(this.store, new Alarm(this.storage, this.sql), this.clock, 900_000);
    dispatcher.config = { ...config };
    this.dispatcher = dispatcher;
    return dispatcher;
  }

  release(): void {
    const before = this.dispatcher.backlog.inFlight;
    const messages = this.dispatcher.release();
    this.dispatcher.save();
    if (messages.length > 0) {
      expect(before).toBeLessThan(this.dispatcher.flow.window);
      expect(this.dispatcher.backlog.inFlight).toBeLessThanOrEqual(this.dispatcher.flow.window);
    }
    this.messages.push(...messages);
  }

  accept(count: number, repeated: number): void {
    const fresh = Array.from({ length: count }, () => {
      const place = { at: this.now, seq: this.#nextSeq++, index: 0 };
      const id = eventId(place);
      this.accepted.push(id);
      return {
        position: positionOf(place),
        text: encodeEvent(id, { type: "a", data: "1", occurredAt: null, channels: [] }),
      };
    });
    const seen = fresh.slice(0, repeated);
    this.dispatcher.accept(fresh);
    this.dispatcher.accept(seen);
    this.dispatcher.save();
  }

  work(which: number, seed: number, kind: string): void {
    const message = this.messages[which % Math.max(1, this.messages.length)];
    if (!message) return;
    const claimed = this.dispatcher.claim(message.seq, message.release, `claimant ${seed}`);
    if (claimed.state === "stale") this.messages.splice(this.messages.indexOf(message), 1);
    if (claimed.state !== "go" || kind === "none") return;
    const outcomes = claimed.indices.flatMap((index, position): Outcome[] => {
      if (kind === "partly" && (seed + position) % 3 === 0) return [];
      const failed = kind === "failure" || (kind !== "success" && (seed + position) % 2 === 0);
      const error: AttemptError | null = failed ? (seed % 5 === 0 ? "timeout" : "status") : null;
      const retryAfterMs = failed && (seed + position) % 7 === 0 ? 2000 * (position % 3) : null;
      return [
        {
          index,
          at: this.now,
          status: null,
          durationMs: seed % 3000,
          error,
          responseBody: "",
          signature: "s",
          retryAfterMs,
        },
      ];
    });
    this.dispatcher.settle(message.seq, message.release, outcomes, undefined);
  }

  sendAgain(which: number): void {
    const rows = [
      ...this.store.before("log", Number.MAX_SAFE_INTEGER, 5),
      ...this.store.before("open_parcels", Number.MAX_SAFE_INTEGER, 5),
    ];
    const parcel = rows[which % Math.max(1, rows.length)];
    if (!parcel) return;
    const count = parcel.ledger.entries.length;
    this.dispatcher.sendAgain(parcel, [which % count], "manual");
  }

  take(each: Step): void {
    switch (each.do) {
      case "accept":
        this.accept(each.count, each.again);
        break;
      case "release":
        this.release();
        break;
      case "work":
        this.work(each.which, each.seed, each.kind);
        break;
      case "wait":
        this.now += each.ms;
        this.dispatcher.reclaimLost();
        break;
      case "crash":
        this.wake();
        break;
      case "pause":
        if (this.dispatcher.config) this.dispatcher.config = { ...config, status: "paused" };
        break;
      case "resume":
        this.dispatcher.config = { ...config };
        this.dispatcher.resume();
        break;
      case "again":
        this.sendAgain(each.which);
        break;
    }
  }

  check(): void {
    const rows = (["open_parcels", "log"] as const).flatMap((table) => this.store.from(table, 0, 100_000));
    const found = rows.flatMap(unpack);
    expect(found.map((each) => each.event.id).sort()).toEqual([...this.accepted].sort());
    const places = found.map((each) => `${Math.floor(each.parcel.seq / FAMILY_STRIDE)}.${each.entry.index}`);
    expect(new Set(places).size).toBe(found.length);
    for (const row of rows) expect((JSON.parse(row.events) as unknown[]).length).toBe(row.ledger.entries.length);
    const stored = this.store.heads();
    for (const head of stored) {
      const { round, ordered, ...known } = this.dispatcher.backlog.get(head.seq) ?? head;
      expect({ ...known, round: 0, ordered: false }).toEqual(head);
      void round;
      void ordered;
    }
    expect(this.dispatcher.backlog.parcels).toBe(stored.length);
    const waiting = stored.reduce((sum, head) => sum + head.count, 0);
    expect(this.dispatcher.backlog.waitingDeliveries + this.dispatcher.backlog.inFlight).toBe(waiting);
  }

  /** The endpoint is repaired and everything is worked off. */
  drain(): void {
    this.take({ do: "resume" });
    for (let round = 0; this.dispatcher.backlog.parcels > 0; round++) {
      expect(round).toBeLessThan(5000);
      this.now += 1_000_000;
      this.dispatcher.reclaimLost();
      this.release();
      for (const { seq, release } of this.messages.splice(0)) {
        const claimed = this.dispatcher.claim(seq, release, "the last");
        if (claimed.state !== "go") continue;
        const outcomes = claimed.indices.map((index): Outcome => {
          return {
            index,
            at: this.now,
            status: 200,
            durationMs: 1,
            error: null,
            responseBody: "",
            signature: "s",
            retryAfterMs: null,
          };
        });
        this.dispatcher.settle(seq, release, outcomes, undefined);
      }
    }
  }
}

async function inObject(run: (storage: DurableObjectStorage) => void): Promise<void> {
  const stub = env.ENDPOINT.getByName(`wh_${crypto.randomUUID()}`);
  await runInDurableObject(stub, (_, state) => run(state.storage));
}

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
        { numRuns: 60 },
      );
    });
  });

  it("go out the oldest first, one after another, after a pause", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.take({ do: "pause" });
      for (let batch = 0; batch < 30; batch++) world.accept(20, 0);
      world.take({ do: "resume" });
      const sent: string[] = [];
      while (world.dispatcher.backlog.parcels > 0) {
        world.release();
        expect(world.messages).toHaveLength(1);
        for (const { seq, release } of world.messages.splice(0)) {
          const claimed = world.dispatcher.claim(seq, release, "c");
          if (claimed.state !== "go") throw new Error("not claimed");
          expect(claimed.ordered).toBe(true);
          sent.push(...(JSON.parse(claimed.events) as { id: string }[]).map((event) => event.id));
          const outcomes = claimed.indices.map((index): Outcome => {
            return {
              index,
              at: world.now,
              status: 200,
              durationMs: 1,
              error: null,
              responseBody: "",
              signature: "s",
              retryAfterMs: null,
            };
          });
          world.dispatcher.settle(seq, release, outcomes, undefined);
        }
      }
      expect(sent).toEqual(world.accepted);
    });
  });

  it("that fail a hundred at once, each in a parcel of its own, are one failure of the endpoint", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.flow = { ...world.dispatcher.flow, window: 200 };
      for (let delivery = 0; delivery < 100; delivery++) {
        world.accept(1, 0);
        world.release();
      }
      expect(world.messages).toHaveLength(100);
      for (let message = 0; message < 100; message++) world.work(message, 1, "failure");
      expect(world.dispatcher.streak.failures).toBe(1);
      expect(world.dispatcher.backlog.waitingDeliveries).toBe(100);
    });
  });

  it("that end their consumers every time fail after a few releases instead of going round for ever", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: [] };
      world.accept(1, 0);
      let releases = 0;
      for (let hour = 0; hour < 24 * 7 && world.dispatcher.backlog.parcels > 0; hour++) {
        world.release();
        releases += world.messages.splice(0).length;
        world.now += 3600_000;
        world.dispatcher.reclaimLost();
      }
      expect(releases).toBe(5);
      const [failed] = world.store.from("log", 0, 10);
      expect(failed?.state).toBe("failed");
      expect(failed?.ledger.entries[0]?.attempts.map((attempt) => attempt.error)).toEqual(["unknown"]);
    });
  });

  it("fit their rows, however long the answers to them were", async () => {
    await inObject((storage) => {
      const world = new World(storage);
      world.dispatcher.config = { ...config, retryDelays: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1] };
      world.accept(100, 0);
      while (world.dispatcher.backlog.parcels > 0) {
        world.now += 2000;
        // As if it had just been healthy: the whole parcel goes out at once, again and again.
        world.dispatcher.flow = { ...world.dispatcher.flow, window: 1000, latencyMs: 1 };
        world.release();
        for (const { seq, release } of world.messages.splice(0)) {
          const claimed = world.dispatcher.claim(seq, release, "c");
          if (claimed.state !== "go") throw new Error(claimed.state);
          const outcomes = claimed.indices.map((index): Outcome => {
            const responseBody = "\u0001".repeat(4096);
            return {
              index,
              at: world.now,
              status: 500,
              durationMs: 1,
              error: "status",
              responseBody,
              signature: "s",
              retryAfterMs: null,
            };
          });
          world.dispatcher.settle(seq, release, outcomes, undefined);
        }
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
