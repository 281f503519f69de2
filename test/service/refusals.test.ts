import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { failProbes, makeFailing } from "../support/failing.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

interface Problem {
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
}

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const create = (fields: Record<string, unknown>) =>
  workspace.call<Problem>("POST", "/webhooks", { url: `${receiver.url}/`, events: ["ticket.created"], ...fields });

describe("beyond a limit", () => {
  it.each([
    ["a 51st event", { events: patterns(51) }, "events", /at most 50 patterns: cover several .* or create another/i],
    ["an 11th delay", { retry_policy: Array(11).fill(60) }, "retry_policy", /at most 10 delays: leave some out/i],
    ["a name of 201 characters", { name: "n".repeat(201) }, "name", /at most 200 characters: shorten it/],
    ["a URL of 2 001 characters", { url: urlOf(2001) }, "url", /at most 2000 characters: use a shorter one/],
    ["a secret of 15 characters", { secret: "s".repeat(15) }, "secret", /16 to 500 .* this one 15: choose another/],
    ["a secret of 501 characters", { secret: "s".repeat(501) }, "secret", /16 to 500 .* this one 501: choose another/],
  ])("%s is refused, saying what to do", async (_, fields, path, message) => {
    const { status, json } = await create({ dialect: "platform", ...fields });
    expect(status).toBe(422);
    expect(json).toMatchObject({
      code: "invalid_request",
      errors: [{ path, message: expect.stringMatching(message) }],
    });
    expect(json.detail).toMatch(message);
  });

  it.each([
    ["50 events", { events: patterns(50) }],
    ["10 delays", { retry_policy: Array(10).fill(60) }],
    ["a name of 200 characters", { name: "n".repeat(200) }],
    ["a URL of 2 000 characters", { url: urlOf(2000) }],
    ["a secret of 16 characters", { secret: "s".repeat(16) }],
    ["a secret of 500 characters", { secret: "s".repeat(500) }],
  ])("%s are taken", async (_, fields) => {
    expect((await create({ dialect: "platform", ...fields })).status).toBe(201);
  });

  it("an eleventh webhook of a survey is refused, saying what to do", async () => {
    const another = () => workspace.call<Problem>("POST", "/surveys/s-1/webhooks", { url: `${receiver.url}/` });
    for (let n = 0; n < 10; n++) expect((await another()).status).toBe(201);
    const { status, json } = await another();
    expect({ status, code: json.code }).toEqual({ status: 409, code: "conflict" });
    expect(json.detail).toMatch(/may have 10 webhooks.*delete one of them, or change one/);
  });
});

describe("an endpoint that fails its verification", () => {
  it("is refused with what came back and what it takes, and is not there", async () => {
    receiver.on("/silent", answer(404, "nobody here"));
    const before = await workspace.call<{ data: unknown[] }>("GET", "/webhooks?limit=100");
    const fields = { url: `${receiver.url}/silent`, dialect: "community", verify_token: "t" };
    const { status, json } = await create(fields);
    expect({ status, code: json.code }).toEqual({ status: 422, code: "handshake_failed" });
    expect(json.detail).toMatch(/status 404 and "nobody here"; it takes 200 and the challenge in the body/);
    const after = await workspace.call<{ data: unknown[] }>("GET", "/webhooks?limit=100");
    expect(after.json.data.length).toBe(before.json.data.length);
  });
});

/** What would send something now, to a webhook that nothing goes out to. */
const sending = (webhook: Webhook, delivery: string): [string, string, unknown?][] => [
  ["POST", `/webhooks/${webhook.id}/test`],
  ["POST", `/deliveries/${delivery}/redeliver`],
  ["POST", `/webhooks/${webhook.id}/replay`, { since: "2026-01-01T00:00:00Z", status: "all" }],
];

async function withADelivery(path: string): Promise<{ webhook: Webhook; delivery: string }> {
  const webhook = await workspace.webhook({ url: receiver.url + path, events: ["sla.*"], retry_policy: [] });
  await workspace.publish({ event: "sla.resolution_breached", data: { n: 0 } });
  return { webhook, delivery: (await workspace.attempted(webhook.id)).id };
}

describe("a paused webhook", () => {
  it("refuses a test, a redelivery and a replay, saying how to resume it; and takes them then", async () => {
    const { webhook, delivery } = await withADelivery("/paused");
    await workspace.change(webhook.id, { status: "paused" });
    const probing = ["POST", `/webhooks/${webhook.id}/probe`] as const;
    for (const [method, path, body] of [...sending(webhook, delivery), probing]) {
      const { status, json } = await workspace.call<Problem>(method, path, body);
      expect({ status, code: json.code }, path).toEqual({ status: 409, code: "webhook_inactive" });
      expect(json.detail, path).toMatch(/^It is paused: PATCH the webhook with \{"status": "active"\}/);
    }
    const dryRun = { since: "2026-01-01T00:00:00Z", status: "all", dry_run: true };
    expect((await workspace.call("POST", `/webhooks/${webhook.id}/replay`, dryRun)).status).toBe(202);
    await workspace.change(webhook.id, { status: "active" });
    for (const [method, path, body] of sending(webhook, delivery)) {
      expect((await workspace.call(method, path, body)).status, path).toBe(202);
    }
  });
});

describe("a disabled webhook", () => {
  it("refuses a test, a redelivery, a replay and a probe with the reason, saying what to repair", async () => {
    receiver.on("/broken", answer(500));
    const { webhook, delivery } = await withADelivery("/broken");
    const patience = { retry_policy: [3600], disable_after: { failures: 2, seconds: 0 } };
    await workspace.change(webhook.id, patience);
    await makeFailing(workspace, webhook.id, "sla.resolution_breached");
    await failProbes(workspace, webhook.id, 2);
    await eventually(
      () => workspace.getWebhook(webhook.id),
      ({ status }) => status === "disabled",
    );
    for (const [method, path, body] of sending(webhook, delivery)) {
      const { status, json } = await workspace.call<Problem>(method, path, body);
      expect({ status, code: json.code }, path).toEqual({ status: 409, code: "webhook_inactive" });
      expect(json.detail, path).toMatch(/disabled \(2 consecutive failed probes\): repair the receiver, then PATCH/);
    }
  });
});

/** That many types that each workspace knows, each once. */
function patterns(count: number): string[] {
  const groups: readonly [string, string][] = [
    ["ticket", "created updated deleted message_created status_changed resolved closed assigned sla_warning"],
    ["conversation", "created updated deleted message_created"],
    ["contact", "created updated deleted"],
    ["cases", "created updated closed archived unarchived tasks.created tasks.updated tasks.deleted"],
    ["assignments", "created updated archived unarchived contacts.created contacts.updated contacts.deleted"],
    ["email", "sent delivered deferred bounced dropped complained opened clicked unsubscribed"],
    ["sms", "queued sent delivered failed"],
    ["whatsapp", "sent delivered read failed"],
    ["endpoint", "disabled enabled"],
    ["*", ""],
  ];
  const all = groups.flatMap(([prefix, rest]) =>
    rest ? rest.split(" ").map((each) => `${prefix}.${each}`) : [prefix],
  );
  return all.slice(0, count);
}

function urlOf(length: number): string {
  const start = "https://hooks.example.com/";
  return start + "p".repeat(length - start.length);
}
