import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

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
    expect(idle).toMatchObject({ webhook_id: untouched.id, delivered: 0, success_rate: null, last_delivery_at: null });
    expect(busy).toMatchObject({ webhook_id: webhook.id, delivered: 2, failed: 1, attempts: 3, complete_since: null });
    expect(busy?.buckets).toHaveLength(28);
    expect(busy?.last_delivery_at).toMatch(/Z$/);
    expect(busy?.last_failure_at).toMatch(/Z$/);
    const first = await workspace.call<{ data: StatsRow[]; next_cursor: string }>("GET", "/webhook-stats?limit=1");
    expect(first.json.data.map(({ webhook_id }) => webhook_id)).toEqual([untouched.id]);
    const second = await get<StatsRow[]>(`/webhook-stats?limit=1&cursor=${first.json.next_cursor}`);
    expect(second.map(({ webhook_id }) => webhook_id)).toEqual([webhook.id]);
  });

  it("are nobody else's, and of no other period", async () => {
    const other = await newWorkspace(service, "Other");
    expect((await other.call("GET", `/webhooks/${webhook.id}/stats`)).status).toBe(404);
    expect(dataOf(await other.call<{ data: StatsRow[] }>("GET", "/webhook-stats"))).toEqual([]);
    expect((await workspace.call("GET", `/webhooks/${webhook.id}/stats?period=1y`)).status).toBe(422);
  });
});
