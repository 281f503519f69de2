import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { failProbes, makeFailing, probe } from "../support/failing.ts";
import { answer, type Handler, type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

let paths = 0;

interface Tenant {
  workspace: Workspace;
  webhook: Webhook;
  answers(handler: Handler): void;
  arrived(): Received[];
}

/** A webhook that retries an hour later, again and again: its attempts are those of the test. */
async function tenant(handler: Handler, more: Record<string, unknown> = {}): Promise<Tenant> {
  const workspace = await newWorkspace(service);
  const path = `/${++paths}`;
  receiver.on(path, handler);
  const fields = { url: receiver.url + path, events: ["ticket.*"], retry_policy: Array(10).fill(3600), ...more };
  const webhook = await workspace.webhook(fields);
  const arrived = () => receiver.requests.filter((request) => request.path === path);
  return { workspace, webhook, answers: (next) => receiver.on(path, next), arrived };
}

/** Publishes one event, and waits until its attempt has counted. */
async function attempt({ workspace, webhook, arrived }: Tenant): Promise<void> {
  const before = arrived().length;
  await workspace.publish({ event: "ticket.created", data: {} });
  await eventually(
    () => workspace.health(webhook.id),
    ({ in_flight }) => in_flight === 0 && arrived().length === before + 1,
  );
}

/** It fails until it is failing, and then so many probes. */
async function fail({ workspace, webhook, answers }: Tenant, probes: number): Promise<void> {
  answers(answer(500));
  await makeFailing(workspace, webhook.id);
  await failProbes(workspace, webhook.id, probes);
}

const statusOf = async ({ workspace, webhook }: Tenant) => (await workspace.getWebhook(webhook.id)).status;
const until = (at: Tenant, wanted: string) =>
  eventually(
    () => at.workspace.getWebhook(at.webhook.id),
    ({ status }) => status === wanted,
  );

const TEN_PROBES = { disable_after: { failures: 10, seconds: 0 } };

describe("an endpoint", () => {
  it("is disabled by ten failed probes one after another, and what comes then is held", async () => {
    const at = await tenant(answer(500), TEN_PROBES);
    await fail(at, 9);
    expect(await at.workspace.health(at.webhook.id)).toMatchObject({ status: "active", streak: 14, failed_probes: 9 });
    await failProbes(at.workspace, at.webhook.id, 1);
    const disabled = await until(at, "disabled");
    expect(disabled.disabled_reason).toBe("10 consecutive failed probes");
    expect(at.arrived()).toHaveLength(15);

    const { id } = await at.workspace.publish({ event: "ticket.created", data: {} });
    const rows = await eventually(
      () => at.workspace.deliveries(at.webhook.id),
      (seen) => seen.length === 6,
    );
    expect(rows[0]).toMatchObject({ event_id: id, status: "pending", attempts: 0, next_attempt_at: null });
    expect(rows[0]).toMatchObject({ waiting_for_endpoint: false });
    expect(at.arrived()).toHaveLength(15);
  });

  it("goes on after nine failed probes and a success, and begins to count anew", async () => {
    const at = await tenant(answer(500), TEN_PROBES);
    await fail(at, 9);
    at.answers(answer(200));
    expect(await probe(at.workspace, at.webhook.id)).toMatchObject({ failing: false, streak: 0, failed_probes: 0 });
    await eventually(
      () => at.workspace.deliveries(at.webhook.id, "status=delivered"),
      ({ length }) => length === 5,
    );
    await fail(at, 9);
    expect(await at.workspace.health(at.webhook.id)).toMatchObject({ status: "active", failed_probes: 9 });
    expect((await at.workspace.getWebhook(at.webhook.id)).disabled_reason).toBeNull();
  });

  it("is disabled by failures of one and the same delivery, too, probed by its retry delays", async () => {
    const more = { retry_policy: Array(10).fill(1), disable_after: { failures: 2, seconds: 0 } };
    const at = await tenant(answer(500), more);
    await at.workspace.publish({ event: "ticket.created", data: {} });
    await until(at, "disabled");
    expect(at.arrived()).toHaveLength(7);
  });

  it.each([
    ["of platform by ten failed probes alone", { dialect: "platform" }, "disabled"],
    ["of another dialect not before five days without a success have passed", { dialect: "gopimi" }, "active"],
    ["that is never to be: not at all", { dialect: "platform", disable_after: null }, "active"],
    ["of its own number, by that", { dialect: "gopimi", disable_after: { failures: 10, seconds: 0 } }, "disabled"],
    [
      "whose time is not over: not yet",
      { dialect: "platform", disable_after: { failures: 1, seconds: 3600 } },
      "active",
    ],
  ])("is disabled: one %s", async (_, fields, expected) => {
    const at = await tenant(answer(500), fields);
    await fail(at, 10);
    if (expected === "disabled") await until(at, "disabled");
    // What is not probed any more would refuse this.
    else await failProbes(at.workspace, at.webhook.id, 1);
    expect(await statusOf(at)).toBe(expected);
  });

  it("counts what was in flight together and failed together once", async () => {
    const at = await tenant(answer(200));
    const event = { event: "ticket.created", data: {} };
    // Its window grows by successes.
    for (let n = 0; n < 20; n++) await at.workspace.publishAll(Array(50).fill(event));
    const { window } = await eventually(
      () => at.workspace.health(at.webhook.id),
      // The endpoint has nothing to do, too, while the stream has not handed everything over yet.
      ({ waiting, in_flight }) => at.arrived().length === 1000 && waiting + in_flight === 0,
    );
    expect(window).toBeGreaterThanOrEqual(10);

    let go = () => {};
    const together = new Promise<void>((resolve) => {
      go = resolve;
    });
    at.answers(async (request, response) => {
      await together;
      await answer(500)(request, response);
    });
    const burst = Math.min(50, window);
    await at.workspace.change(at.webhook.id, { timeout_ms: 30_000 });
    // One after the other, so that they do not travel together and their failures come back one by one.
    for (let n = 1; n <= burst; n++) {
      await at.workspace.publish(event);
      await eventually(
        () => at.workspace.health(at.webhook.id),
        ({ in_flight }) => in_flight === n,
      );
    }
    go();
    const after = await eventually(
      () => at.workspace.health(at.webhook.id),
      ({ in_flight }) => in_flight === 0,
    );
    console.log(`${burst} simultaneous failures make a streak of ${after.streak}`);
    expect(after).toMatchObject({ status: "active", streak: 1, waiting: burst });
    expect(at.arrived()).toHaveLength(1000 + burst);
  });
});

describe("another endpoint that subscribes to it", () => {
  it("is told that an endpoint was disabled, and that it was enabled again", async () => {
    const at = await tenant(answer(500), TEN_PROBES);
    const told = `/${++paths}`;
    await at.workspace.webhook({ url: receiver.url + told, events: ["endpoint.disabled", "endpoint.enabled"] });
    const alerts = () =>
      receiver.requests
        .filter(({ path }) => path === told)
        .map(({ body }) => JSON.parse(body.toString()) as { event: string; data: Record<string, unknown> });
    await fail(at, 9);
    expect(alerts()).toEqual([]);
    await failProbes(at.workspace, at.webhook.id, 1);
    const [disabled] = await eventually(alerts, (seen) => seen.length === 1);
    expect(disabled).toMatchObject({ event: "endpoint.disabled", data: { webhook_id: at.webhook.id } });
    await until(at, "disabled");

    at.answers(answer(200));
    const enabled = await at.workspace.change(at.webhook.id, { status: "active" });
    expect(enabled).toMatchObject({ status: "active", disabled_reason: null });
    const [, second] = await eventually(alerts, (seen) => seen.length === 2);
    expect(second).toMatchObject({ event: "endpoint.enabled", data: { webhook_id: at.webhook.id } });
    // What had failed goes out at once, and not an hour later.
    await eventually(
      () => at.workspace.deliveries(at.webhook.id, "status=delivered"),
      (rows) => rows.length === 5,
    );
    expect(await at.workspace.health(at.webhook.id)).toMatchObject({ status: "active", streak: 0, waiting: 0 });
    expect(alerts()).toHaveLength(2);
  });
});

describe("an endpoint that answers 410 Gone", () => {
  /** One event is published, answered with 410, and the attempt has counted. */
  async function gone(fields: Record<string, unknown>): Promise<Tenant> {
    const at = await tenant(answer(410), fields);
    await attempt(at);
    return at;
  }
  const stands = ({ workspace, webhook }: Tenant) => workspace.getWebhook(webhook.id);

  it.each([
    ["in standard", { dialect: "standard" }],
    ["in another dialect that was told so", { dialect: "platform", disable_on_gone: true }],
  ])("is disabled at once %s, and what comes then is held", async (_, fields) => {
    const at = await gone(fields);
    const disabled = await eventually(
      () => stands(at),
      ({ status }) => status === "disabled",
    );
    expect(disabled.disabled_reason).toBe("answered 410 Gone");
    // What was answered so waits as well, with the rest.
    await at.workspace.publish({ event: "ticket.created", data: {} });
    const rows = await eventually(
      () => at.workspace.deliveries(at.webhook.id),
      (seen) => seen.length === 2,
    );
    expect(rows.map(({ status, next_attempt_at }) => [status, next_attempt_at])).toEqual([
      ["pending", null],
      ["pending", null],
    ]);
    expect(at.arrived()).toHaveLength(1);
    // Its people are told.
    await eventually(
      async () => (await at.workspace.call<{ data: unknown[] }>("GET", "/events?event=endpoint.disabled")).json.data,
      ({ length }) => length === 1,
    );
    // A repaired one gets it all.
    at.answers(answer(200));
    await at.workspace.change(at.webhook.id, { status: "active" });
    await eventually(
      () => at.workspace.deliveries(at.webhook.id),
      (seen) => seen.length === 2 && seen.every(({ status }) => status === "delivered"),
    );
  });

  it.each([
    ["gopimi", { dialect: "gopimi" }],
    ["platform", { dialect: "platform" }],
    ["cases", { dialect: "cases", events: ["cases.*"] }],
    ["standard that was told so", { dialect: "standard", disable_on_gone: false }],
  ])("is tried again like any other that fails: %s", async (_, fields) => {
    const at = await tenant(answer(410), fields);
    await at.workspace.publish({ event: fields.dialect === "cases" ? "cases.created" : "ticket.created", data: {} });
    const delivery = await at.workspace.attempted(at.webhook.id);
    expect(delivery).toMatchObject({ status: "pending", last_status: 410 });
    expect(delivery.next_attempt_at).not.toBeNull();
    expect((await stands(at)).status).toBe("active");
  });
});
