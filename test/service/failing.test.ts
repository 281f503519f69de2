import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { letExpire } from "../support/expired.ts";
import { failProbes, makeFailing, probe } from "../support/failing.ts";
import { signedIn } from "../support/portal.ts";
import { answer, holding, type Receiver, startReceiver } from "../support/receiver.ts";
import { type Problem, refusal } from "../support/refusal.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { type DeliveryRow, dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

/** What users set and see of endpoints that fail, and of how much is sent to them at once. */

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

let paths = 0;

/** A webhook whose receiver answers so, and which tries again an hour later. */
async function webhookThat(status: number, fields: Record<string, unknown> = {}): Promise<Webhook & { path: string }> {
  const path = `/${++paths}`;
  receiver.on(path, answer(status));
  const more = { events: ["ticket.*"], retry_policy: Array(10).fill(3600), ...fields };
  return { ...(await workspace.webhook({ url: receiver.url + path, ...more })), path };
}

const arrived = (path: string): number[] =>
  receiver.requests
    .filter((request) => request.path === path)
    .map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n);

const get = async <T>(path: string): Promise<T> => dataOf(await workspace.call<{ data: T }>("GET", path));

const problem = async (method: string, path: string): Promise<{ status: number; code: string }> => {
  const { status, json } = await workspace.call<Problem>(method, path);
  return { status, code: json.code };
};

describe("the settings", () => {
  const OF_GOPIMI = { failures: 10, seconds: 432_000 };
  const URL = "https://hooks.example.com/";

  it("are the deployment's and the dialect's, unless a webhook has its own", async () => {
    const { id, ...made } = await workspace.webhook({ url: URL });
    expect(made).toMatchObject({ max_concurrency: null, disable_after: OF_GOPIMI });
    const own = { max_concurrency: 7, disable_after: { failures: 3, seconds: 0 } };
    expect(await workspace.change(id, own)).toMatchObject(own);
    expect(await workspace.change(id, { name: "Other" })).toMatchObject(own);
    const never = { max_concurrency: null, disable_after: null };
    expect(await workspace.change(id, never)).toMatchObject(never);
    expect(await workspace.getWebhook(id)).toMatchObject(never);
    expect(await workspace.change(id, { disable_after: "default" })).toMatchObject({ disable_after: OF_GOPIMI });
    expect(await workspace.webhook({ url: URL, ...own })).toMatchObject(own);
    expect(await workspace.webhook({ url: URL, ...never })).toMatchObject(never);
    expect(await workspace.webhook({ url: URL, dialect: "platform", disable_after: "default" })).toMatchObject({
      disable_after: { failures: 10, seconds: 0 },
    });
  });

  it("are those of a survey's webhooks, too", async () => {
    const below = "/surveys/s1/webhooks";
    const fields = { url: URL, max_concurrency: 2, disable_after: null };
    const { id, ...made } = dataOf(await workspace.call<{ data: Webhook }>("POST", below, fields));
    expect(made).toMatchObject({ max_concurrency: 2, disable_after: null });
    const changed = await workspace.call<{ data: Webhook }>("PATCH", `${below}/${id}`, { disable_after: "default" });
    expect(dataOf(changed)).toMatchObject({ max_concurrency: 2, disable_after: { failures: 10, seconds: 0 } });
  });

  it.each([
    ["no request at once", { max_concurrency: 0 }, ["max_concurrency"]],
    ["1,001 requests", { max_concurrency: 1001 }, ["max_concurrency"]],
    ["half a request", { max_concurrency: 1.5 }, ["max_concurrency"]],
    ["no probe", { disable_after: { failures: 0, seconds: 0 } }, ["disable_after.failures"]],
    ["1,001 probes", { disable_after: { failures: 1001, seconds: 0 } }, ["disable_after.failures"]],
    ["more than a year", { disable_after: { failures: 1, seconds: 31_536_001 } }, ["disable_after.seconds"]],
    ["no time at all", { disable_after: { failures: 1 } }, ["disable_after.seconds"]],
    ["another word", { disable_after: "never" }, ["disable_after"]],
  ])("are refused with %s", async (_, fields, expected) => {
    const answer = await workspace.call<Problem>("POST", "/webhooks", { url: URL, events: ["*"], ...fields });
    expect(refusal(answer)).toEqual({ status: 422, fields: expected });
  });

  it.each([1, 3])("bound how many requests are under way: %i", async (most) => {
    const held = holding();
    const { id, path } = await webhookThat(200, { max_concurrency: most, timeout_ms: 30_000 });
    receiver.on(path, held.handler);
    const events = Array.from({ length: 50 }, (_, n) => ({ event: "ticket.created", data: { n } }));
    for (let n = 0; n < 10; n++) await workspace.publish({ event: "ticket.created", data: { n } });
    await receiver.waitFor(() => held.open() === most);
    await workspace.publishAll(events);
    expect(await workspace.health(id)).toMatchObject({ window: most, in_flight: most });
    for (let n = 0; n < 10; n++) {
      await receiver.waitFor(() => held.open() > 0);
      await held.letOneGo();
    }
    expect(held.most()).toBe(most);
    await held.letGo();
    await eventually(
      () => workspace.deliveries(id, "status=delivered"),
      ({ length }) => length === 60,
    );
  });
});

describe("a failing webhook", () => {
  it("says so, since when, and when it is probed; and its deliveries that they wait for it", async () => {
    const begun = Date.now();
    const { id } = await webhookThat(503);
    const healthy = { failing: false, failing_since: null, failed_probes: 0, next_probe_at: null };
    expect(await workspace.health(id)).toMatchObject(healthy);
    const health = await makeFailing(workspace, id);
    expect(health).toMatchObject({
      status: "active",
      failing: true,
      failed_probes: 0,
      streak: 5,
      window: 1,
      waiting: 5,
    });
    const { failing_since, next_probe_at } = health;
    expect(Date.parse(failing_since ?? "")).toBeGreaterThanOrEqual(begun);
    expect(Date.parse(next_probe_at ?? "")).toBeGreaterThanOrEqual(begun + 3_600_000);
    expect((await workspace.getWebhook(id)).status).toBe("active");

    const figures = await get<{ webhook_id: string }[]>("/webhook-stats");
    const its = { failing: true, failed_probes: 0, next_probe_at };
    expect(figures.find(({ webhook_id }) => webhook_id === id)).toMatchObject(its);

    const { id: event_id } = await workspace.publish({ event: "ticket.updated", data: {} });
    const [row] = await eventually(
      () => workspace.deliveries(id, `event_id=${event_id}`),
      ({ length }) => length === 1,
    );
    expect(row).toMatchObject({ status: "pending", attempts: 0, waiting_for_endpoint: true });
    expect(row?.next_attempt_at).toBe(next_probe_at);
    expect(await workspace.delivery(row?.id ?? "")).toMatchObject({ waiting_for_endpoint: true });
    const event = await get<{ deliveries: { webhook_id: string }[] }>(`/events/${event_id}`);
    expect(event.deliveries.find(({ webhook_id }) => webhook_id === id)).toMatchObject({
      ...{ status: "pending", waiting_for_endpoint: true, held: false },
    });

    await failProbes(workspace, id, 1);
    expect(await workspace.health(id)).toMatchObject({ failing: true, failed_probes: 1, streak: 6, waiting: 6 });
  });

  it("gets all that has waited when a probe succeeds, the oldest first and once each", async () => {
    const { id, path } = await webhookThat(503);
    const publish = (n: number) => workspace.publish({ event: "ticket.created", data: { n } });
    let n = 0;
    await makeFailing(workspace, id, () => publish(n++));
    for (; n < 15; n++) await publish(n);
    await eventually(
      () => workspace.health(id),
      ({ waiting }) => waiting === 15,
    );
    const before = arrived(path).length;
    receiver.on(path, answer(200));
    expect(await probe(workspace, id)).toMatchObject({ failing: false });
    await eventually(
      () => workspace.deliveries(id, "status=delivered"),
      ({ length }) => length === 15,
    );
    expect(arrived(path).slice(before)).toEqual(Array.from({ length: 15 }, (_, at) => at));
    expect(await workspace.health(id)).toMatchObject({ failing: false, streak: 0, next_probe_at: null });
  });

  it("gets a test event, too, by a probe or after one", async () => {
    const { id, path } = await webhookThat(503);
    await makeFailing(workspace, id);
    const { delivery_id } = dataOf(
      await workspace.call<{ data: { delivery_id: string } }>("POST", `/webhooks/${id}/test`, {}),
    );
    expect(await workspace.delivery(delivery_id)).toMatchObject({ waiting_for_endpoint: true });
    receiver.on(path, answer(200));
    await probe(workspace, id);
    await eventually(
      () => workspace.delivery(delivery_id),
      ({ status }) => status === "delivered",
    );
  });

  it("is neither failing nor waited for while it is paused", async () => {
    const { id } = await webhookThat(503);
    await makeFailing(workspace, id);
    await workspace.change(id, { status: "paused" });
    const calm = { failing: false, failing_since: null, failed_probes: 0, next_probe_at: null };
    expect(await workspace.health(id)).toMatchObject({ status: "paused", ...calm });
    const [row] = await workspace.deliveries(id);
    expect(row).toMatchObject({ status: "pending", waiting_for_endpoint: false, next_attempt_at: null });
    expect(await problem("POST", `/webhooks/${id}/probe`)).toEqual({ status: 409, code: "webhook_inactive" });
  });
});

describe("a probe", () => {
  it("that is asked for is made at once, and answered with how the webhook is doing", async () => {
    const { id, path } = await webhookThat(503);
    await makeFailing(workspace, id);
    const held = holding();
    receiver.on(path, held.handler);
    const { status, json } = await workspace.call<{ data: object }>("POST", `/webhooks/${id}/probe`);
    expect(status).toBe(202);
    expect(json.data).toMatchObject({ status: "active", failing: true, failed_probes: 0, window: 1 });
    await receiver.waitFor(() => held.open() === 1);
    // Asked for again meanwhile, it is the same one.
    expect((await workspace.call("POST", `/webhooks/${id}/probe`)).status).toBe(202);
    await held.letOneGo(answer(200));
    await receiver.waitFor(() => held.open() > 0);
    await held.letGo();
    await eventually(
      () => workspace.deliveries(id, "status=delivered"),
      ({ length }) => length === 5,
    );
    expect(arrived(path)).toHaveLength(10);
  });

  it("is made when the webhook is changed: what kept it from answering may be what was repaired", async () => {
    const { id } = await webhookThat(503);
    await makeFailing(workspace, id);
    await workspace.change(id, { url: `${receiver.url}/repaired` });
    await eventually(
      () => workspace.deliveries(id, "status=delivered"),
      ({ length }) => length === 5,
    );
    expect(await workspace.health(id)).toMatchObject({ failing: false, failed_probes: 0 });
  });

  it("is refused where the webhook is not failing, and where there is none", async () => {
    const { id } = await webhookThat(200);
    expect(await problem("POST", `/webhooks/${id}/probe`)).toEqual({ status: 409, code: "conflict" });
    const log = await get<{ action: string; record: string }[]>("/audit-log");
    expect(log.filter(({ action, record }) => action === "webhook.probed" && record === id)).toEqual([]);
    expect(await problem("POST", "/webhooks/wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3/probe")).toEqual({
      ...{ status: 404, code: "not_found" },
    });
  });
});

describe("a delivery that has expired", () => {
  let webhook: Webhook;
  let expired: DeliveryRow;

  beforeAll(async () => {
    webhook = await webhookThat(500, { retry_policy: [] });
    await workspace.publish({ event: "ticket.created", data: { secret: "of-the-customer" } });
    await workspace.attempted(webhook.id);
    await letExpire(service);
    const [row] = await workspace.deliveries(webhook.id, "status=expired");
    if (!row) throw new Error("None has expired");
    expired = row;
  });

  it("is listed as that, and counted beside what failed", async () => {
    expect(expired).toMatchObject({ status: "expired", next_attempt_at: null, waiting_for_endpoint: false });
    expect(await workspace.deliveries(webhook.id, "status=failed")).toEqual([]);
    const stats = await get<{ totals: object; buckets: { expired: number }[] }>(`/webhooks/${webhook.id}/stats`);
    expect(stats.totals).toMatchObject({ delivered: 0, failed: 0, expired: 1, attempts: 1 });
    expect(stats.buckets.reduce((sum, step) => sum + step.expired, 0)).toBe(1);
    const event = await get<{ deliveries: { webhook_id: string; status: string }[] }>(`/events/${expired.event_id}`);
    const its = event.deliveries.filter(({ webhook_id }) => webhook_id === webhook.id);
    expect(its.map(({ status }) => status)).toEqual(["expired"]);
  });

  it("shows no request, as its payload is gone", async () => {
    expect(await workspace.delivery(expired.id)).toMatchObject({ status: "expired", request: null });
  });

  it("is not sent again, neither alone nor with others", async () => {
    const before = receiver.requests.length;
    const answer = await workspace.call<Problem>("POST", `/deliveries/${expired.id}/redeliver`);
    expect([answer.status, answer.json.code]).toEqual([409, "conflict"]);
    expect(answer.json.detail).toContain("It has expired");
    for (const dry_run of [true, false]) {
      const replay = { since: "2020-01-01T00:00:00Z", status: "all", dry_run };
      const replayed = await workspace.call<{ data: object }>("POST", `/webhooks/${webhook.id}/replay`, replay);
      expect(dataOf(replayed)).toEqual({ replayed: 0 });
    }
    expect(receiver.requests).toHaveLength(before);
  });

  it("is found, explained and not offered to be sent again in the portal", async () => {
    const ada = await signedIn(service.url, service.adminToken);
    const at = (path: string) => `/portal/${workspace.id}${path}`;
    const list = await ada.get(at(`/webhooks/${webhook.id}/deliveries?status=expired`));
    expect(list.html).toContain('<option value="expired" selected');
    expect(list.html).toContain(expired.id);
    const { text } = await ada.get(at(`/deliveries/${expired.id}`));
    expect(text).toContain("Its payload was let go, and it cannot be sent again.");
    expect(text).not.toMatch(/>\s*Redeliver\s*</);
    const charts = await ada.get(at(`/webhooks/${webhook.id}`));
    expect(charts.text).toContain("0 delivered, 0 failed, 1 expired");
    const refused = await ada.post(at(`/webhooks/${webhook.id}/deliveries/redeliver`), { delivery: [expired.id] });
    expect(refused.text).toContain("It has expired");
  });
});
