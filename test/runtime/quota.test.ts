import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { commit, type PublishCall } from "../../src/events/commit.ts";
import type { NewEvent } from "../../src/events/contract.ts";
import { EventStore, type Mark } from "../../src/events/store.ts";
import type { EventStream } from "../../src/events/stream.ts";
import { MAX_EVENTS_PER_ROW } from "../../src/lib/ids.ts";
import { Sql } from "../../src/lib/sql.ts";
import { api } from "./service.ts";

const DAY_MS = 24 * 3600 * 1000;
const NOVEMBER = Date.parse("2026-11-22T12:00:00Z");

const event = (key: string | null = null, data = "1"): NewEvent => {
  return { type: "a", data, occurredAt: null, channels: [], idempotencyKey: key };
};
const events = (count: number): NewEvent[] => Array.from({ length: count }, () => event());
const calling = (limit: number | null, ...published: NewEvent[]): PublishCall => {
  return { events: published, quota: { limit } };
};

/** A store of its own, committed to at times of the test's choosing. */
async function inStore<T>(work: (store: EventStore) => T): Promise<T> {
  const stub = env.EVENT_STREAM.getByName(crypto.randomUUID());
  return runInDurableObject(stub, (_, { storage }) => work(new EventStore(new Sql(storage))));
}

/** Commits and answers what each call was told, in short, with the newest row afterwards. */
function committing(store: EventStore, calls: PublishCall[], now: number): { told: unknown[]; newest: Mark } {
  const { answers, newest } = commit(store, calls, store.newest(), 0, now);
  expect(newest).toEqual(store.newest());
  const told = answers.map((answer) => {
    if (answer.ok) return answer.events.length;
    return answer.reason === "quota_exceeded" ? [answer.used, answer.limit, answer.wanted] : answer.reason;
  });
  return { told, newest };
}

describe("a commit", () => {
  it("takes what fits, whole calls only, and decides calls that came together one after another", async () => {
    await inStore((store) => {
      const calls = [
        calling(10, ...events(6)),
        calling(10, ...events(5)),
        calling(10, ...events(4)),
        calling(10, event()),
        calling(11, event()),
        calling(null, ...events(3)),
      ];
      const { told, newest } = committing(store, calls, NOVEMBER);
      expect(told).toEqual([6, [6, 10, 5], 4, [10, 10, 1], 1, 3]);
      expect(newest).toEqual({ seq: 1, at: NOVEMBER, total: 14 });
    });
  });

  it("leaves nothing of a call that does not fit: no row, and no key taken", async () => {
    await inStore((store) => {
      const refused = calling(1, event("k"), event("l"));
      const { told, newest } = committing(store, [refused], NOVEMBER);
      expect(told).toEqual([[0, 1, 2]]);
      expect(newest).toEqual({ seq: 0, at: 0, total: 0 });
      expect(committing(store, [calling(1, event("k", "2"))], NOVEMBER).told).toEqual([1]);
    });
  });

  it("says when it refused, which is in the month that it counted", async () => {
    await inStore((store) => {
      const { answers } = commit(store, [calling(0, event())], store.newest(), 0, NOVEMBER);
      expect(answers).toEqual([{ ok: false, reason: "quota_exceeded", used: 0, limit: 0, wanted: 1, at: NOVEMBER }]);
    });
  });

  it("counts no repetition, of whatever age, and refuses none", async () => {
    await inStore((store) => {
      expect(committing(store, [calling(2, event("k"), event("k"))], NOVEMBER).newest.total).toBe(1);
      const calls = [calling(2, event("k"), event("l"), event("l")), calling(2, event("l")), calling(0, event("k"))];
      const { told, newest } = committing(store, calls, NOVEMBER);
      expect(told).toEqual([3, 1, 1]);
      expect(newest.total).toBe(2);
      expect(committing(store, [calling(2, event("k"), event("m"))], NOVEMBER).told).toEqual([[2, 2, 1]]);
    });
  });

  it("tells of a conflict before it tells of the quota", async () => {
    await inStore((store) => {
      committing(store, [calling(1, event("k"))], NOVEMBER);
      const conflicting = calling(1, event(), event("k", "2"));
      expect(committing(store, [conflicting], NOVEMBER).told).toEqual(["idempotency_conflict"]);
    });
  });

  it("neither counts nor refuses the service's own events, and keeps the count beside them", async () => {
    await inStore((store) => {
      const own: PublishCall = { events: events(3), quota: undefined };
      const { told, newest } = committing(store, [calling(1, event()), own, calling(1, event())], NOVEMBER);
      expect(told).toEqual([1, 3, [1, 1, 1]]);
      expect(newest.total).toBe(1);
      expect(committing(store, [own], NOVEMBER).newest).toMatchObject({ seq: 2, total: 1 });
      expect(committing(store, [calling(2, event())], NOVEMBER).newest).toMatchObject({ seq: 3, total: 2 });
    });
  });

  it("carries the count through each of its rows", async () => {
    await inStore((store) => {
      const all = events(MAX_EVENTS_PER_ROW + 5);
      const calls = [calling(null, ...all.slice(0, 60)), calling(null, ...all.slice(60))];
      const { newest } = committing(store, calls, NOVEMBER);
      expect(newest).toEqual({ seq: 2, at: NOVEMBER, total: MAX_EVENTS_PER_ROW + 5 });
    });
  });

  it("begins at zero with each month in UTC", async () => {
    await inStore((store) => {
      const lastMoment = Date.parse("2026-10-31T23:59:59.999Z");
      const firstMoment = Date.parse("2026-11-01T00:00:00.000Z");
      expect(committing(store, [calling(3, ...events(3)), calling(3, event())], lastMoment).told).toEqual([
        3,
        [3, 3, 1],
      ]);
      const { told, newest } = committing(store, [calling(3, ...events(2)), calling(3, ...events(2))], firstMoment);
      expect(told).toEqual([2, [2, 3, 2]]);
      expect(newest).toEqual({ seq: 2, at: firstMoment, total: 2 });
      // The same month of another year is another month.
      const later = committing(store, [calling(3, ...events(3))], Date.parse("2027-11-01T00:00:00.000Z"));
      expect(later.newest.total).toBe(3);
    });
  });
});

describe("a stream", () => {
  const named = (workspace: number) => env.EVENT_STREAM.getByName(String(workspace));
  const inside = (workspace: number, ...statements: string[]) =>
    runInDurableObject(named(workspace), (_, { storage }) => {
      for (const statement of statements) storage.sql.exec(statement);
    });
  const used = async (workspace: number) => (await named(workspace).usage(Date.now())).used;
  async function newWorkspace(): Promise<number> {
    return (await api<{ id: number }>("POST", "/workspaces", { name: "Acme" })).id;
  }

  it("knows its count again after its end, and after everything old was pruned", async () => {
    const workspace = await newWorkspace();
    for (const count of [3, 4]) expect((await named(workspace).publish(events(count), { limit: 8 })).ok).toBe(true);
    await evictDurableObject(named(workspace));
    expect(await used(workspace)).toBe(7);
    // Only the first row is from before the retention: the newest one keeps its time, and so its month.
    await inside(workspace, `UPDATE events SET at = at - ${31 * DAY_MS} WHERE seq = 1`);
    await evictDurableObject(named(workspace));
    await runInDurableObject(named(workspace), (_, { storage }) => storage.setAlarm(Date.now() + DAY_MS));
    await runDurableObjectAlarm(named(workspace));
    expect((await named(workspace).listEvents({ limit: 100 })).events.length).toBe(4);
    expect(await named(workspace).publish(events(2), { limit: 8 })).toMatchObject({ used: 7, limit: 8, wanted: 2 });
    expect((await named(workspace).publish(events(1), { limit: 8 })).ok).toBe(true);
    expect(await used(workspace)).toBe(8);
  });

  it("has used nothing of a month that began since", async () => {
    const workspace = await newWorkspace();
    await named(workspace).publish(events(5), { limit: 5 });
    await inside(workspace, `UPDATE events SET at = at - ${31 * DAY_MS}`);
    await evictDurableObject(named(workspace));
    expect(await used(workspace)).toBe(0);
    expect((await named(workspace).publish(events(5), { limit: 5 })).ok).toBe(true);
    expect((await named(workspace).publish(events(1), { limit: 5 })).ok).toBe(false);
  });

  it("lets as many of those pass that come at once as there is room for", async () => {
    const workspace = await newWorkspace();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => named(workspace).publish(events(3), { limit: 25 })),
    );
    expect(answers.filter(({ ok }) => ok).length).toBe(8);
    expect(await used(workspace)).toBe(24);
    expect((await named(workspace).listEvents({ limit: 100 })).events.length).toBe(24);
  });

  it("goes on where its table is from before the count", async () => {
    const workspace = await newWorkspace();
    const before = await named(workspace).publish(events(2), { limit: null });
    await inside(workspace, "ALTER TABLE events DROP COLUMN total");
    await evictDurableObject(named(workspace));
    expect(await used(workspace)).toBe(0);
    const after = await named(workspace).publish(events(3), { limit: 3 });
    expect(await used(workspace)).toBe(3);
    const ids = [before, after].flatMap((answer) => (answer.ok ? answer.events.map(({ id }) => id) : []));
    const listed = await named(workspace).listEvents({ limit: 100 });
    expect(listed.events.map(({ id }) => id)).toEqual(ids.toReversed());
    await evictDurableObject(named(workspace));
    await runInDurableObject(named(workspace), (stream: EventStream) => {
      // A look at the table, at each start, and no write.
      expect(stream.sql.rowsWritten).toBe(0);
    });
    expect(await used(workspace)).toBe(3);
  });
});
