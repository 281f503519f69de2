import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { type DeliveryRow, dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

interface Bucket {
  at: string;
  delivered: number;
  failed: number;
  attempts: number;
  failed_attempts: number;
}
interface Stats {
  since: string;
  step_seconds: number;
  complete_since: string | null;
  totals: Omit<Bucket, "at"> & { success_rate: number | null; p50_ms: number | null; p95_ms: number | null };
  buckets: Bucket[];
  last_delivery_at: string | null;
  last_failure_at: string | null;
}
type StatsRow = Bucket & Omit<Stats, "totals"> & { webhook_id: string; success_rate: number | null };

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let webhook: Webhook;
let untouched: Webhook;

/** Of three deliveries one fails for good, at its only attempt. */
beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
  receiver.on("/", (request, response) => {
    const { event } = JSON.parse(request.body.toString()) as { event: string };
    return answer(event === "ticket.deleted" ? 500 : 200)(request, response);
  });
  webhook = await workspace.webhook({ url: `${receiver.url}/`, events: ["ticket.*"], retry_policy: [] });
  untouched = await workspace.webhook({ url: `${receiver.url}/`, events: ["contact.created"] });
  await workspace.publishAll(
    ["ticket.created", "ticket.updated", "ticket.deleted"].map((event) => ({ event, data: {} })),
  );
  await eventually(
    () => workspace.deliveries(webhook.id),
    (rows) => rows.length === 3 && rows.every(({ status }) => status !== "pending"),
  );
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const get = async <T>(path: string) => dataOf(await workspace.call<{ data: T }>("GET", path));

describe("a webhook's figures", () => {
  it.each([
    ["24h", 48, 1800],
    ["7d", 28, 6 * 3600],
    ["30d", 30, 24 * 3600],
  ])("over %s come in %i steps of %i s, and say what happened", async (period, count, seconds) => {
    const stats = await get<Stats>(`/webhooks/${webhook.id}/stats?period=${period}`);
    expect(stats.totals).toMatchObject({ delivered: 2, failed: 1, attempts: 3, failed_attempts: 1 });
    expect(stats.totals.success_rate).toBeCloseTo(2 / 3);
    expect(stats.totals.p50_ms).not.toBeNull();
    expect(stats.complete_since).toBeNull();
    expect(stats.step_seconds).toBe(seconds);
    expect(stats.buckets).toHaveLength(count);
    expect(stats.buckets[0]?.at).toBe(stats.since);
    for (const { at } of stats.buckets) expect(Date.parse(at) % (seconds * 1000)).toBe(0);
    // Should a step have just begun, some of it is in the one before.
    const last = stats.buckets.slice(-2);
    expect(last.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(2);
    expect(last.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
  });

  it("come for all webhooks at once, in the order of their list and by its pages", async () => {
    const rows = await get<StatsRow[]>("/webhook-stats?period=7d");
    const listed = await get<Webhook[]>("/webhooks");
    expect(rows.map(({ webhook_id }) => webhook_id)).toEqual(listed.map(({ id }) => id));
    const [idle, busy] = rows;
    const none = { waiting: 0, delivered: 0, success_rate: null, last_delivery_at: null };
    expect(idle).toMatchObject({ webhook_id: untouched.id, ...none });
    const some = { waiting: 0, delivered: 2, failed: 1, attempts: 3, complete_since: null };
    expect(busy).toMatchObject({ webhook_id: webhook.id, ...some });
    expect(busy?.buckets).toHaveLength(28);
    expect(busy?.last_delivery_at).toMatch(/Z$/);
    expect(busy?.last_failure_at).toMatch(/Z$/);
    const first = await workspace.call<{ data: StatsRow[]; next_cursor: string }>("GET", "/webhook-stats?limit=1");
    expect(first.json.data.map(({ webhook_id }) => webhook_id)).toEqual([untouched.id]);
    const second = await get<StatsRow[]>(`/webhook-stats?limit=1&cursor=${first.json.next_cursor}`);
    expect(second.map(({ webhook_id }) => webhook_id)).toEqual([webhook.id]);
  });

  it("tell how many deliveries wait", async () => {
    const acme = await newWorkspace(service, "Waiting");
    const paused = await acme.webhook({ url: `${receiver.url}/`, events: ["*"], status: "paused" });
    await acme.publishAll(["ticket.created", "ticket.updated"].map((event) => ({ event, data: {} })));
    await eventually(
      () => acme.deliveries(paused.id),
      (rows) => rows.length === 2,
    );
    const [row] = dataOf(await acme.call<{ data: { waiting: number }[] }>("GET", "/webhook-stats"));
    expect(row?.waiting).toBe(2);
  });

  it("are nobody else's, and of no other period", async () => {
    const other = await newWorkspace(service, "Other");
    expect((await other.call("GET", `/webhooks/${webhook.id}/stats`)).status).toBe(404);
    expect(dataOf(await other.call<{ data: StatsRow[] }>("GET", "/webhook-stats"))).toEqual([]);
    expect((await workspace.call("GET", `/webhooks/${webhook.id}/stats?period=1y`)).status).toBe(422);
  });
});

describe("a search among deliveries", () => {
  let rows: DeliveryRow[];
  beforeAll(async () => {
    rows = await workspace.deliveries(webhook.id);
  });

  const found = async (search: string, more = "") => {
    const answer = await workspace.call<{ data: DeliveryRow[] }>(
      "GET",
      `/webhooks/${webhook.id}/deliveries?search=${search}${more}`,
    );
    return dataOf(answer).map(({ id }) => id);
  };

  it.each(["event_id", "id"] as const)("finds a part of the %s in any case, or all of it", async (field) => {
    for (const row of rows) {
      for (const text of [row[field], row[field].slice(1), row[field].slice(0, -1)]) {
        const wanted = rows.filter((each) => each[field].includes(text)).map(({ id }) => id);
        expect(wanted).toContain(row.id);
        expect(await found(text)).toEqual(wanted);
        expect(await found(text.toUpperCase())).toEqual(wanted);
        expect(await found(text.toLowerCase())).toEqual(wanted);
      }
    }
  });

  it("combines with the other filters", async () => {
    const failed = rows.filter(({ status }) => status === "failed");
    expect(failed).toHaveLength(1);
    const id = failed[0]?.id ?? "";
    // Text that all of them share.
    expect(await found("EVT_", "&status=failed")).toEqual([id]);
    expect(await found(id, "&status=failed")).toEqual([id]);
    expect(await found(id, "&status=delivered")).toEqual([]);
    expect(await found(id, "&event=ticket.created")).toEqual([]);
    expect(await found(id, `&since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
  });

  it("finds nothing that is not there, nor what is another webhook's", async () => {
    expect(await found("evt_00000000000000000000000000")).toEqual([]);
    expect(await found("nothing")).toEqual([]);
    const elsewhere = await workspace.call("GET", `/webhooks/${untouched.id}/deliveries?search=${rows[0]?.id}`);
    expect(elsewhere.json).toEqual({ data: [], next_cursor: null });
    expect((await workspace.call("GET", `/webhooks/${webhook.id}/deliveries?search=${"x".repeat(101)}`)).status).toBe(
      422,
    );
  });
});

interface EventView {
  id: string;
  deliveries: { webhook_id: string; status: string; held: boolean }[];
  not_delivered: { webhook_id: string; reason: string }[];
}

it("an event tells where it went, where it is held, and why not elsewhere", async () => {
  const acme = await newWorkspace(service, "Whereabouts");
  const url = `${receiver.url}/`;
  const gets = await acme.webhook({ url, events: ["ticket.*"] });
  const paused = await acme.webhook({ url, events: ["*"], status: "paused" });
  const other = await acme.webhook({ url, events: ["contact.*"] });
  const changed = await acme.webhook({ url, events: ["contact.*"] });
  const west = await acme.webhook({ url, events: ["ticket.*"], channels: ["west"] });
  const { id } = await acme.publish({ event: "ticket.created", data: {}, channels: ["east"] });
  await eventually(
    () => acme.deliveries(gets.id),
    ([row]) => row?.status === "delivered",
  );
  await eventually(
    () => acme.deliveries(paused.id),
    (rows) => rows.length === 1,
  );
  // The two deliveries are the first of their webhooks, of one moment: all that tells them apart is the webhook.
  const [first] = await acme.deliveries(gets.id);
  expect(await acme.deliveries(gets.id, `search=${first?.id}`)).toHaveLength(1);
  expect(await acme.deliveries(paused.id, `search=${first?.id}`)).toEqual([]);
  expect(await acme.deliveries(paused.id, `search=${id}`)).toHaveLength(1);
  await acme.change(changed.id, { events: ["ticket.created"] });
  const late = await acme.webhook({ url, events: ["*"] });
  const { deliveries, not_delivered } = dataOf(await acme.call<{ data: EventView }>("GET", `/events/${id}`));
  const byWebhook = Object.fromEntries(
    deliveries.map(({ webhook_id, status, held }) => [webhook_id, { status, held }]),
  );
  expect(byWebhook).toEqual({
    [gets.id]: { status: "delivered", held: false },
    [paused.id]: { status: "pending", held: true },
  });
  expect(Object.fromEntries(not_delivered.map(({ webhook_id, reason }) => [webhook_id, reason]))).toEqual({
    [other.id]: "not_subscribed",
    [changed.id]: "unknown",
    [west.id]: "other_channel",
    [late.id]: "created_later",
  });
});

describe("a workspace's events", () => {
  let acme: Workspace;
  let ids: string[];
  let times: string[];

  const list = async (query: string) => {
    const answer = await acme.call<{ data: { id: string; published_at: string }[] }>("GET", `/events?${query}`);
    return dataOf(answer);
  };
  const idsOf = async (query: string) => (await list(query)).map(({ id }) => id);

  /** Three rows, each of its own millisecond; the newest first. */
  beforeAll(async () => {
    acme = await newWorkspace(service, "Events");
    for (const n of [1, 2, 3]) {
      await acme.publish({ event: n === 2 ? "contact.created" : "ticket.created", data: { n } });
      const published = Date.now();
      await eventually(Date.now, (now) => now > published + 1);
    }
    const all = await list("");
    ids = all.map(({ id }) => id);
    times = all.map(({ published_at }) => published_at);
    expect(new Set(times).size).toBe(3);
  });

  it("can be filtered by when they were published, both ends included", async () => {
    const [newest = "", middle = "", oldest = ""] = times;
    expect(await idsOf(`since=${middle}`)).toEqual(ids.slice(0, 2));
    expect(await idsOf(`until=${middle}`)).toEqual(ids.slice(1));
    expect(await idsOf(`since=${middle}&until=${middle}`)).toEqual(ids.slice(1, 2));
    expect(await idsOf(`since=${oldest}&until=${newest}&event=ticket.created`)).toEqual([ids[0], ids[2]]);
    expect(await idsOf(`since=${oldest}&limit=2`)).toEqual(ids.slice(0, 2));
    expect(await idsOf("until=2020-01-01T00:00:00Z")).toEqual([]);
    expect(await idsOf("since=2100-01-01T00:00:00Z")).toEqual([]);
  });

  it("can be searched by text in the id, in any case", async () => {
    for (const id of ids) {
      const tail = id.slice(-5);
      for (const text of [id, id.toLowerCase(), tail, tail.toLowerCase()])
        expect(await idsOf(`search=${text}`)).toEqual([id]);
    }
    expect(await idsOf("search=EVT_")).toEqual(ids);
    expect(await idsOf(`search=${ids[1]}&event=contact.created`)).toEqual([ids[1]]);
    expect(await idsOf(`search=${ids[1]}&event=ticket.created`)).toEqual([]);
    expect(await idsOf("search=evt_00000000000000000000000000")).toEqual([]);
    expect(await idsOf(`search=${(await workspace.publish({ event: "a", data: 1 })).id}`)).toEqual([]);
  });

  it("are counted by day", async () => {
    type Usage = { events: { used: number; by_day: { day: string; events: number | null }[] } };
    const { events } = dataOf(await acme.call<{ data: Usage }>("GET", "/usage"));
    expect(events.used).toBe(3);
    const now = new Date().toISOString();
    // Its number says which day of the month it is.
    expect(events.by_day).toHaveLength(Number(now.slice(8, 10)));
    expect(events.by_day[0]?.day).toBe(`${now.slice(0, 7)}-01`);
    expect(events.by_day.at(-1)?.day).toBe(now.slice(0, 10));
    expect(events.by_day.reduce((sum, { events: count }) => sum + (count ?? 0), 0)).toBe(3);
  });
});
