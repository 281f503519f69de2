import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EventPlace, parseDeliveryId, parseEventId, streamOf } from "../../src/lib/ids.ts";
import { eventually } from "../support/eventually.ts";
import { BUSY_MS, objectFile } from "../support/object-file.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Published, type Workspace } from "../support/workspace.ts";

/** A workspace whose events are spread over several streams looks like any other. */

const EVENT = "ticket.created";
const PLANS = { ten: { webhooks: 5, sources: null, events: 10 } };

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;

beforeAll(async () => {
  service = await spawnService({ vars: { PLANS: JSON.stringify(PLANS) } });
});
afterAll(() => service.stop());
beforeEach(async () => {
  receiver = await startReceiver();
  workspace = await newWorkspace(service);
});
afterEach(() => receiver.close());

const change = (fields: object) => workspace.call<{ data: { streams: number } }>("PATCH", "", fields);
const spreadOver = async (streams: number) => expect(dataOf(await change({ streams })).streams).toBe(streams);
const streamsOf = (events: readonly { id: string }[]) =>
  new Set(events.map(({ id }) => streamOf(parseEventId(id)?.seq ?? Number.NaN)));
const some = (count: number, key?: string) =>
  Array.from({ length: count }, (_, n) => ({
    event: EVENT,
    data: { n },
    ...(key === undefined ? {} : { idempotency_key: `${key}-${n}` }),
  }));

async function singles(count: number, key?: string): Promise<Published[]> {
  const published: Published[] = [];
  for (const event of some(count, key)) published.push(await workspace.publish(event));
  return published;
}

async function listed(query = ""): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ""; ; ) {
    const page = await workspace.call<{ data: { id: string }[]; next_cursor: string | null }>(
      "GET",
      `/events?limit=7${query}${cursor && `&cursor=${cursor}`}`,
    );
    ids.push(...dataOf(page).map(({ id }) => id));
    if (page.json.next_cursor === null) return ids;
    cursor = page.json.next_cursor;
  }
}

const used = async () =>
  dataOf(await workspace.call<{ data: { events: { used: number; by_day: { events: number }[] } } }>("GET", "/usage"));

describe("a workspace with four streams", () => {
  it("has each event arrive once, listed, found and counted", async () => {
    await spreadOver(4);
    const webhook = await workspace.webhook({ url: `${receiver.url}/all`, events: [EVENT] });
    const published = [
      ...(await singles(20)),
      ...(await singles(20, "order")),
      ...(await workspace.publishAll(some(5))),
    ];
    expect(streamsOf(published)).toEqual(new Set([0, 1, 2, 3]));
    await receiver.waitFor(published.length);
    const ids = published.map(({ id }) => id).sort();
    expect(await listed()).toEqual([...ids].reverse());
    expect(await listed(`&event=${EVENT}`)).toEqual([...ids].reverse());
    expect(await listed(`&search=${ids[3]}`)).toEqual([ids[3]]);
    const { events } = await used();
    expect([events.used, events.by_day.at(-1)?.events]).toEqual([published.length, published.length]);

    const delivered = () => workspace.deliveries(webhook.id, "status=delivered");
    const rows = await eventually(delivered, (all) => all.length === published.length);
    expect(rows.map(({ event_id }) => event_id).sort()).toEqual(ids);
    // Each is found by its event and by its own id, which are looked up by their places.
    for (const row of rows) {
      expect(await workspace.delivery(row.id)).toMatchObject({ event_id: row.event_id, status: "delivered" });
      const event = await workspace.call<{ data: { deliveries: { delivery_id: string }[] } }>(
        "GET",
        `/events/${row.event_id}`,
      );
      expect(dataOf(event).deliveries).toMatchObject([{ delivery_id: row.id }]);
    }
    expect(receiver.requests).toHaveLength(published.length);
  });

  it("goes on after a kill where each of them was", async () => {
    await spreadOver(4);
    await workspace.webhook({ url: `${receiver.url}/all`, events: [EVENT] });
    const before = await singles(12, "a");
    await receiver.waitFor(before.length);
    await service.kill();
    await service.restart();
    const after = await singles(12, "b");
    const place = ({ at, seq, index }: EventPlace) => `${at} ${seq} ${index}`;
    const placed = (ids: readonly { id: string }[]) => ids.flatMap(({ id }) => parseEventId(id) ?? []).map(place);
    const arrived = () => receiver.requests.flatMap(({ delivery = "" }) => parseDeliveryId(delivery) ?? []).map(place);
    await receiver.waitFor(() => placed([...before, ...after]).every((each) => arrived().includes(each)));
    // Those after the kill came once; what was on its way may have come again.
    expect(arrived().filter((each) => placed(after).includes(each))).toHaveLength(after.length);
  });

  it("recognises keys, whichever stream they went to", async () => {
    await spreadOver(4);
    const first = await workspace.publishAll(some(10, "k"));
    const again = await workspace.publishAll(some(10, "k").reverse());
    expect(again.map(({ id, duplicate }) => [id, duplicate])).toEqual(first.map(({ id }) => [id, true]).reverse());
    expect((await singles(10, "k")).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    expect((await used()).events.used).toBe(10);
  });

  it("stores nothing of a batch in which a key was used for another event", async () => {
    await spreadOver(4);
    await workspace.publish({ event: EVENT, data: "first", idempotency_key: "taken" });
    const batch = [...some(10, "new"), { event: EVENT, data: "other", idempotency_key: "taken" }];
    const answer = await workspace.call("POST", "/events", { events: batch });
    expect([answer.status, answer.text]).toEqual([409, expect.stringContaining("events.10")]);
    expect((await used()).events.used).toBe(1);
  });

  it("stores nothing of a batch in which a key stands for two events", async () => {
    await spreadOver(4);
    const twins = ["first", "other"].map((data) => ({ event: EVENT, data, idempotency_key: "twin" }));
    const answer = await workspace.call("POST", "/events", { events: [...some(10, "new"), ...twins] });
    expect([answer.status, answer.text]).toEqual([409, expect.stringContaining("events.11")]);
    expect((await used()).events.used).toBe(0);
    // The same twice is one.
    const same = [...some(4, "k"), ...some(4, "k")];
    const published = await workspace.publishAll(same);
    expect(published.slice(4).map(({ id, duplicate }) => [id, duplicate])).toEqual(
      published.slice(0, 4).map(({ id }) => [id, true]),
    );
  });

  it("has one quota", async () => {
    await change({ streams: 4, plan: "ten" });
    const answers = [];
    for (const event of some(13)) answers.push(await workspace.call("POST", "/events", event));
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(202), ...Array(3).fill(403)]);
    expect(answers.at(-1)?.text).toContain("allows 10 events a month, and 10 were published");
    expect((await used()).events.used).toBe(10);
  });

  it("says what it has stored of a batch for which there was no room", async () => {
    await change({ streams: 4, plan: "ten" });
    await singles(6);
    const batch = some(10, "k");
    const answer = await workspace.call("POST", "/events", { events: batch });
    expect(answer.status).toBe(403);
    const { events } = await used();
    const stored = events.used - 6;
    expect(stored).toBeLessThanOrEqual(4);
    if (stored > 0) expect(answer.text).toContain(`Of this request ${stored} w`);
    // What was stored is recognised once there is room.
    await change({ plan: null });
    const again = await workspace.publishAll(batch);
    expect(again.filter(({ duplicate }) => duplicate)).toHaveLength(stored);
    expect((await used()).events.used).toBe(16);
  });
});

describe("another number of streams", () => {
  it("is taken while it runs, and keeps what was there", async () => {
    const webhook = await workspace.webhook({ url: `${receiver.url}/all`, events: [EVENT] });
    const one = await singles(6, "k");
    expect(streamsOf(one)).toEqual(new Set([0]));
    await spreadOver(8);
    // Keys from before are known, and a webhook made now gets events of every stream.
    expect((await singles(6, "k")).map(({ id }) => id)).toEqual(one.map(({ id }) => id));
    await workspace.webhook({ url: `${receiver.url}/late`, events: [EVENT] });
    const many = await singles(16);
    expect(streamsOf(many).size).toBe(8);
    await spreadOver(2);
    expect((await singles(6, "k")).map(({ id }) => id)).toEqual(one.map(({ id }) => id));
    const few = await singles(6);
    expect([...streamsOf(few)].every((stream) => stream < 2)).toBe(true);
    const all = [...one, ...many, ...few];
    expect(await listed()).toEqual(
      all
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    expect((await used()).events.used).toBe(all.length);
    await receiver.waitFor(all.length + many.length + few.length);
    const counts = Map.groupBy(receiver.requests, ({ path }) => path);
    expect([counts.get("/all")?.length, counts.get("/late")?.length]).toEqual([all.length, many.length + few.length]);
    expect(await workspace.deliveries(webhook.id)).toHaveLength(all.length);
  });

  it.each([0, 9, 1.5, "4", null])("is from 1 to 8, and not %j", async (streams) => {
    expect((await change({ streams })).status).toBe(422);
  });

  it("leaves nothing in any of them when the workspace is deleted", async () => {
    await spreadOver(4);
    await singles(8);
    await spreadOver(1);
    const { id } = workspace;
    expect((await workspace.call("DELETE", "")).status).toBe(204);
    const rowsOf = (name: string): number => {
      const file = objectFile(service.stateDir, "EventStream", name);
      if (!existsSync(file)) return 0;
      const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
      try {
        return Number(db.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'events'").get()?.n ?? 0);
      } finally {
        db.close();
      }
    };
    const names = [`${id}`, `${id}/1`, `${id}/2`, `${id}/3`];
    await eventually(
      async () => names.map(rowsOf),
      (rows) => rows.every((each) => each === 0),
    );
  });
});
