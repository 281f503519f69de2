import { Webhook as Verifier } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Api, api } from "../support/api.ts";
import { emailsTo } from "../support/emails.ts";
import { eventually } from "../support/eventually.ts";
import { failProbes, makeFailing, probe } from "../support/failing.ts";
import { answer, type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

const SENDER = "Posthorn <posthorn@example.com>";

interface WorkspaceView {
  id: number;
  notify_url: string | null;
  notify_webhook: string | null;
  notify_email: string | null;
  notify_secret?: string;
}

let service: SpawnedService;
let receiver: Receiver;
let admin: Api;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService({ vars: { NOTIFY_FROM: SENDER } }), startReceiver()]);
  admin = api(service.url, service.adminToken);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

let paths = 0;
const newPath = () => `/${++paths}`;

/** A workspace whose notifications go to a path of its own. */
async function notified(fields: object = {}) {
  const path = newPath();
  const body = { name: "Acme", notify_url: receiver.url + path, ...fields };
  const created = dataOf(await admin<{ data: WorkspaceView }>("POST", "/api/v1/workspaces", body));
  return { workspace: at(created.id), created, path, notifyWebhook: created.notify_webhook ?? "" };
}

/** What newWorkspace gives, for a workspace that is there already. */
function at(id: number): Pick<Workspace, "id" | "path" | "call"> {
  const path = `/api/v1/workspaces/${id}`;
  return { id, path, call: (method, below, ...rest) => admin(method, path + below, ...rest) };
}

type At = ReturnType<typeof at>;

const ask = async <T>(workspace: At, method: string, below: string, body?: unknown): Promise<T> =>
  dataOf(await workspace.call<{ data: T }>(method, below, body));

const problem = async (workspace: At, method: string, below: string, body?: unknown) => {
  const { status, json } = await workspace.call<{ code: string; detail: string }>(method, below, body);
  return { status, code: json.code, detail: json.detail };
};

const arrived = (path: string): Received[] => receiver.requests.filter((request) => request.path === path);

interface Told {
  type: string;
  data: { webhook_id: string; percent?: number } & Record<string, unknown>;
}

const bodyOf = ({ body }: Received) => JSON.parse(body.toString()) as Told;

/** Each notification in short, in the order of the events. */
const inShort = (path: string): string[] =>
  arrived(path)
    .map(bodyOf)
    .map(({ type, data }) => (data.percent === undefined ? type : `${type} ${data.percent}`));

/** A webhook that fails until it is disabled, which takes some fifteen seconds. */
async function failing(workspace: At, probes = 10): Promise<Webhook> {
  const path = newPath();
  receiver.on(path, answer(503, "maintenance"));
  const fields = {
    url: receiver.url + path,
    events: ["ticket.*"],
    name: "Ticket sync",
    retry_policy: Array(10).fill(1),
    disable_after: { failures: probes, seconds: 0 },
  };
  return ask(workspace, "POST", "/webhooks", fields);
}

async function untilDisabled(workspace: At, webhook: Webhook): Promise<void> {
  // One delivery alone would run out of retries before.
  const event = { event: "ticket.created", data: {} };
  await ask(workspace, "POST", "/events", { events: [event, event] });
  await eventually(
    () => ask<Webhook>(workspace, "GET", `/webhooks/${webhook.id}`),
    ({ status }) => status === "disabled",
  );
}

function verified(secret: string, { headers, body }: Received): unknown {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return new Verifier(secret).verify(body.toString(), given);
}

describe("a workspace's people", () => {
  it("hear three ways, and once each, that a webhook is failing, and that it was disabled", async () => {
    const { workspace, created, path } = await notified({ notify_email: "ops@acme.example" });
    const subscriber = newPath();
    await ask(workspace, "POST", "/webhooks", {
      url: receiver.url + subscriber,
      events: ["endpoint.*"],
      dialect: "standard",
    });
    const webhook = await failing(workspace);
    await untilDisabled(workspace, webhook);
    const expected = [0, 50, 70].map((percent) => `endpoint.failing ${percent}`).concat("endpoint.disabled");
    await eventually(
      () => [inShort(path), inShort(subscriber), emailsTo(service, "ops@acme.example")],
      (seen) => seen.map(({ length }) => length).join() === "4,4,3",
    );
    expect(inShort(path)).toEqual(expected);
    expect(inShort(subscriber)).toEqual(expected);

    const secret = created.notify_secret ?? "";
    expect(secret).toMatch(/^whsec_/);
    const told = arrived(path).map((request) => verified(secret, request) as Told);
    const about = { webhook_id: webhook.id, url: webhook.url, last_response_status: 503, last_error: "status" };
    const at = expect.any(String);
    const failed = (failed_probes: number, percent: number) => ({
      ...{ ...about, at, consecutive_failures: 5 + failed_probes, failed_probes, next_probe_at: at },
      ...{ disabled_at: 10, percent },
    });
    expect(told.map(({ data }) => data)).toEqual([
      ...[failed(0, 0), failed(5, 50), failed(7, 70)],
      { ...about, at, reason: "10 consecutive failed probes" },
    ]);

    const emails = emailsTo(service, "ops@acme.example");
    expect(emails.map(({ subject }) => subject)).toEqual([
      `[Posthorn] Webhook failing, 50 % of the way to being disabled: ${webhook.url}`,
      `[Posthorn] Webhook failing, 70 % of the way to being disabled: ${webhook.url}`,
      `[Posthorn] Webhook disabled: ${webhook.url}`,
    ]);
    const [, , last] = emails;
    expect(last?.from).toContain("posthorn@example.com");
    expect(last?.text).toContain(`Webhook: Ticket sync (${webhook.id})`);
    expect(last?.text).toContain(`Workspace: Acme (${workspace.id})`);
    expect(last?.text).toContain("answered with status 503");
    expect(last?.text).toContain(`PATCH ${workspace.path}/webhooks/${webhook.id}`);

    await ask(workspace, "PATCH", `/webhooks/${webhook.id}`, { status: "active" });
    await eventually(
      () => inShort(path),
      (seen) => seen.length === 5,
    );
    expect(inShort(path)).toEqual([...expected, "endpoint.enabled"]);
    expect(emailsTo(service, "ops@acme.example")).toHaveLength(3);
  });

  it("find in the log what did not reach their URL, which is never disabled and gets what comes later", async () => {
    const { workspace, path, notifyWebhook } = await notified();
    receiver.on(path, answer(500));
    const [first, second] = [await failing(workspace, 1), await failing(workspace, 1)];
    // Both get each event, and fail with it.
    await untilDisabled(workspace, first);
    await untilDisabled(workspace, second);
    type Row = { status: string };
    const rows = (filter = "") =>
      ask<Row[]>(workspace, "GET", `/webhooks/${notifyWebhook}/deliveries?limit=100${filter}`);
    await eventually(rows, ({ length }) => length === 8);
    const { data } = (
      await workspace.call<{ data: { event: string; data: Told["data"] }[] }>("GET", "/events?limit=100")
    ).json;
    const about = data.filter(({ event }) => event.startsWith("endpoint.")).map((event) => event.data.webhook_id);
    expect(about.toSorted()).toEqual([...Array(4).fill(first.id), ...Array(4).fill(second.id)].toSorted());

    const test = { event: "endpoint.disabled" };
    await makeFailing(workspace, notifyWebhook, ({ call }) => call("POST", `/webhooks/${notifyWebhook}/test`, test));
    await failProbes(workspace, notifyWebhook, 11);
    expect(await ask(workspace, "GET", `/webhooks/${notifyWebhook}`)).toMatchObject({ status: "active" });
    expect((await rows()).filter(({ status }) => status !== "pending")).toEqual([]);
    const { length } = await rows();

    receiver.on(path, answer(200));
    await probe(workspace, notifyWebhook);
    await eventually(
      () => rows("&status=delivered"),
      (seen) => seen.length === length,
    );
  });
});

describe("the webhook behind notify_url", () => {
  it("is not among the workspace's webhooks, and is neither changed nor deleted there", async () => {
    const { workspace, notifyWebhook } = await notified();
    const own = await failing(workspace);
    const listed = await ask<Webhook[]>(workspace, "GET", "/webhooks");
    expect(listed.map(({ id }) => id)).toEqual([own.id]);
    const conflict = {
      status: 409,
      code: "conflict",
      detail: "This is where the workspace's notifications go: change the workspace's notify_url instead.",
    };
    const below = `/webhooks/${notifyWebhook}`;
    expect(await problem(workspace, "PATCH", below, { status: "paused" })).toEqual(conflict);
    expect(await problem(workspace, "PATCH", below, { events: ["*"], url: receiver.url })).toEqual(conflict);
    expect(await problem(workspace, "DELETE", below)).toEqual(conflict);
    expect(await ask(workspace, "GET", below)).toMatchObject({
      status: "active",
      events: ["endpoint.failing", "endpoint.disabled", "endpoint.enabled"],
    });

    const other = await newWorkspace(service, "Curious");
    for (const method of ["GET", "PATCH", "DELETE"]) {
      const body = method === "PATCH" ? { status: "paused" } : undefined;
      expect(await problem(other, method, below, body)).toMatchObject({ status: 404 });
    }
  });

  it("is not there for the other systems' management APIs", async () => {
    const { workspace, notifyWebhook } = await notified();
    const scopes = ["read", "manage"];
    const { token } = await ask<{ token: string }>(workspace, "POST", "/tokens", { name: "t", scopes });
    const cases: Api = api(service.url, token);
    expect((await cases("GET", "/v2.3/webhooks/endpoints")).json).toEqual({ data: [] });
    const answers: Answer<unknown>[] = [];
    for (const path of [
      `/v2.3/webhooks/endpoints/${notifyWebhook}`,
      `${workspace.path}/surveys/s/webhooks/${notifyWebhook}`,
    ]) {
      answers.push(await cases("GET", path), await cases("DELETE", path));
      answers.push(await cases("PATCH", path, { status: "paused" }));
    }
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(404));
  });

  it("can be tried, read and given another secret by its id", async () => {
    const { workspace, path, notifyWebhook } = await notified();
    const below = `/webhooks/${notifyWebhook}`;
    const { secret } = await ask<{ secret: string }>(workspace, "POST", `${below}/rotate-secret`, {
      overlap_seconds: 0,
    });
    const test = await ask<{ delivery_id: string }>(workspace, "POST", `${below}/test`, { event: "endpoint.disabled" });
    await eventually(
      () => arrived(path),
      (seen) => seen.length === 1,
    );
    const [request] = arrived(path);
    expect(request && verified(secret, request)).toMatchObject({ type: "endpoint.disabled" });
    const delivery = `/deliveries/${test.delivery_id}`;
    expect(await ask(workspace, "GET", delivery)).toMatchObject({ webhook_id: notifyWebhook });
    await ask(workspace, "POST", `${delivery}/redeliver`);
    await eventually(
      () => arrived(path),
      (seen) => seen.length === 2,
    );
  });
});

describe("notify_url", () => {
  const view = (workspace: At) => ask<WorkspaceView>(workspace, "GET", "");
  const change = (workspace: At, fields: object) => ask<WorkspaceView>(workspace, "PATCH", "", fields);

  it("makes a webhook, whose secret is shown in that answer alone", async () => {
    const { workspace, created } = await notified();
    const { notify_secret: secret, ...shown } = created;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown.notify_webhook).toMatch(/^wh_/);
    expect(await view(workspace)).toEqual(shown);
    const list = dataOf(await admin<{ data: WorkspaceView[] }>("GET", "/api/v1/workspaces"));
    expect(list.find(({ id }) => id === workspace.id)).toEqual(shown);
  });

  it("is nothing where it is not given, and a workspace that was refused has none", async () => {
    const { id } = await newWorkspace(service);
    expect(await view(at(id))).toMatchObject({ notify_url: null, notify_webhook: null });
    const body = { name: "Acme", notify_url: receiver.url, external_id: "taken" };
    expect((await admin("POST", "/api/v1/workspaces", body)).status).toBe(201);
    expect((await admin("POST", "/api/v1/workspaces", body)).status).toBe(409);
    const { status } = await admin("POST", "/api/v1/workspaces", { name: "Acme", notify_url: "not a URL" });
    expect(status).toBe(422);
  });

  it("is set, changed with the same secret, and removed with its log", async () => {
    const { id } = await newWorkspace(service);
    const workspace = at(id);
    const [first, second] = [newPath(), newPath()];
    const set = await change(workspace, { notify_url: receiver.url + first });
    const secret = set.notify_secret ?? "";
    expect(secret).toMatch(/^whsec_/);
    const below = `/webhooks/${set.notify_webhook}`;

    const changed = await change(workspace, { notify_url: receiver.url + second, name: "Other" });
    expect(changed).toMatchObject({
      name: "Other",
      notify_url: receiver.url + second,
      notify_webhook: set.notify_webhook,
    });
    expect(changed).not.toHaveProperty("notify_secret");
    expect(await change(workspace, { name: "Acme" })).toMatchObject({ notify_url: receiver.url + second });
    await ask(workspace, "POST", `${below}/test`, { event: "endpoint.disabled" });
    await eventually(
      () => arrived(second),
      (seen) => seen.length === 1,
    );
    const [request] = arrived(second);
    expect(request && verified(secret, request)).toBeDefined();
    expect(arrived(first)).toEqual([]);

    const removed = await change(workspace, { notify_url: null });
    expect(removed).toMatchObject({ notify_url: null, notify_webhook: null });
    expect(await problem(workspace, "GET", below)).toMatchObject({ status: 404 });
    expect((await change(workspace, { notify_url: null })).notify_url).toBeNull();
    const again = await change(workspace, { notify_url: receiver.url + first });
    expect(again.notify_webhook).not.toBe(set.notify_webhook);
    expect(again.notify_secret).not.toBe(secret);
    expect(await ask(workspace, "GET", `/webhooks/${again.notify_webhook}/deliveries`)).toEqual([]);
    const refused = await problem(workspace, "PATCH", "", { notify_url: "ftp://files.example/" });
    expect(refused).toMatchObject({ status: 422 });
  });

  it("of one workspace, set twice at the same moment, is one webhook", async () => {
    const { id } = await newWorkspace(service);
    const answers = await Promise.all([1, 2, 3, 4].map(() => change(at(id), { notify_url: receiver.url + newPath() })));
    expect(answers.filter(({ notify_secret: secret }) => secret !== undefined)).toHaveLength(1);
    expect(new Set(answers.map(({ notify_webhook: webhook }) => webhook)).size).toBe(1);
  });
});
