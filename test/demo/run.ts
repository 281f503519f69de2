import { createHmac, timingSafeEqual } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { buildWorker } from "../../src/local/build.ts";
import { type Api, api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { answer, failTimes, type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { spawnService } from "../support/service.ts";
import { chapter, end, promise, request, say, table } from "./show.ts";

/**
 * The main job on real input, told as a story: `npm run demo`. The service is the built Worker, the receiver a plain HTTP
 * server, and the signatures are checked by code that is not ours. Exits non-zero if anything is not as promised.
 */

/** As the helpdesk's documentation shows it. */
const TICKET = {
  id: 42,
  subject: "Ticket #42 - Cannot access dashboard",
  status: "open",
  contact: { id: 5, name: "Jane Doe", email: "[email protected]" },
  agent: null,
  created_at: "2026-03-26T14:30:00Z",
};

type Created = { id: string; secret: string };
type Delivery = { id: string; event: string; status: string; attempts: number };
type Attempt = { number: number; at: string; status: number | null; duration_ms: number; error: string | null };
type Health = { status: string; streak: number; waiting: number; in_flight: number };

/** By the recipe of the helpdesk's documentation. */
function verifyHelpdesk({ headers, body }: Received, secret: string): boolean {
  const expected = createHmac("sha256", secret).update(body).digest("hex");
  const given = String(headers["x-gopimi-signature"] ?? "");
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

/** By the recipe of the ticket webhooks' documentation: what stands behind `sha256=`. */
function verifyPrefixed({ headers, body }: Received, secret: string): boolean {
  const expected = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const given = String(headers["x-webhook-signature"] ?? "");
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

/** By the Standard Webhooks specification's own library. */
function verifyStandard({ headers, body }: Received, secret: string): boolean {
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  try {
    new Webhook(secret).verify(body.toString(), given);
    return true;
  } catch {
    return false;
  }
}

const verdict = (verified: boolean): string => (verified ? "signature verified" : "SIGNATURE WRONG");
const eventOf = ({ body }: Received) => JSON.parse(body.toString()) as { event: string; data: { id: number } };

async function waitUntil<T>(what: string, look: () => Promise<T | undefined>): Promise<T | undefined> {
  const found = await eventually(look, (seen) => seen !== undefined).catch((error: Error) => error);
  if (!(found instanceof Error)) return found;
  promise(what, false, found.message);
  return undefined;
}

class Story {
  readonly #call: Api;
  readonly #receiver: Receiver;
  #workspace = "";

  constructor(call: Api, receiver: Receiver) {
    this.#call = call;
    this.#receiver = receiver;
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answered = await this.#call<{ data: T }>(method, `${this.#workspace}${path}`, body);
    if (answered.status >= 300) throw new Error(`${method} ${path}: ${answered.status} ${answered.text}`);
    return answered.json?.data;
  }

  async open(url: string): Promise<Story> {
    const { id } = await this.#ask<{ id: number }>("POST", "/api/v1/workspaces", { name: "Acme Helpdesk" });
    const path = `/api/v1/workspaces/${id}`;
    const scopes = ["publish", "read", "manage"];
    const { token } = await this.#ask<{ token: string }>("POST", `${path}/tokens`, { name: "demo", scopes });
    const story = new Story(api(url, token), this.#receiver);
    story.#workspace = path;
    say(`Workspace ${id} "Acme Helpdesk", a token with the scopes ${scopes.join(", ")}`);
    return story;
  }

  async webhook(path: string, fields: Record<string, unknown>): Promise<Created> {
    const url = this.#receiver.url + path;
    const created = await this.#ask<Created & { dialect: string }>("POST", "/webhooks", { url, ...fields });
    say(`Webhook ${created.id} (${created.dialect}) to ${url} for ${JSON.stringify(fields.events)}`);
    return created;
  }

  async publish(event: string, data: unknown, timestamp?: string): Promise<string> {
    const { id } = await this.#ask<{ id: string }>("POST", "/events", { event, data, timestamp });
    say(`published ${event} as ${id}`);
    return id;
  }

  at(path: string): Received[] {
    return this.#receiver.requests.filter((each) => each.path === path);
  }

  async arrivals(path: string, count: number): Promise<Received[]> {
    await this.#receiver.waitFor(() => this.at(path).length >= count);
    return this.at(path);
  }

  deliveries(webhook: Created): Promise<Delivery[]> {
    return this.#ask<Delivery[]>("GET", `/webhooks/${webhook.id}/deliveries?limit=100`);
  }

  async attempts(delivery: Delivery): Promise<Attempt[]> {
    return (await this.#ask<{ attempts: Attempt[] }>("GET", `/deliveries/${delivery.id}`)).attempts;
  }

  health(webhook: Created): Promise<Health> {
    return this.#ask<Health>("GET", `/webhooks/${webhook.id}/health`);
  }

  async enable(webhook: Created): Promise<void> {
    await this.#ask("PATCH", `/webhooks/${webhook.id}`, { status: "active" });
  }

  status(webhook: Created): Promise<{ status: string; disabled_reason: string | null }> {
    return this.#ask("GET", `/webhooks/${webhook.id}`);
  }
}

async function healthy(story: Story): Promise<void> {
  chapter("1. An event is published, signed and delivered");
  const helpdesk = await story.webhook("/helpdesk", { events: ["ticket.*", "contact.created", "sla.*", "endpoint.*"] });
  const standard = await story.webhook("/standard", { events: ["ticket.created"], dialect: "standard" });
  await story.publish("ticket.created", TICKET, "2026-03-26T14:30:00Z");
  await story.publish("ticket.updated", { ...TICKET, status: "pending" });
  await story.publish("contact.created", TICKET.contact);
  await story.publish("sla.first_response_breached", { ticket_id: 42, deadline: "2026-03-26T15:30:00Z" });

  const received = await story.arrivals("/helpdesk", 4);
  for (const each of received) request("helpdesk", each, verdict(verifyHelpdesk(each, helpdesk.secret)));
  promise(
    "each of the four is verified by the documented recipe",
    received.every((each) => verifyHelpdesk(each, helpdesk.secret)),
  );
  const created = received.find((each) => eventOf(each).event === "ticket.created");
  const documented = JSON.stringify({
    event: "ticket.created",
    timestamp: "2026-03-26T14:30:00Z",
    workspace_id: 1,
    data: TICKET,
  });
  promise(
    "ticket.created has the documented body, keys in that order",
    created?.body.toString() === documented,
    created?.body.toString(),
  );

  const [second] = await story.arrivals("/standard", 1);
  if (second) request("standard", second, verdict(verifyStandard(second, standard.secret)));
  promise(
    "the Standard Webhooks library accepts the other one",
    second !== undefined && verifyStandard(second, standard.secret),
  );
}

async function otherSystems(story: Story, receiver: Receiver): Promise<void> {
  chapter("2. The same event in the wire formats of the other systems");
  const secret = "a secret of the user's own";
  receiver.on("/community", (each, response) => answer(200, each.query.get("challenge") ?? "")(each, response));
  const endpoints = [
    { dialect: "platform", fields: { secret }, verify: verifyPrefixed },
    { dialect: "cases", fields: {}, verify: verifyStandard },
    { dialect: "community", fields: { secret, verify_token: "someverificationtoken" }, verify: verifyPrefixed },
  ];
  const created: Created[] = [];
  for (const { dialect, fields } of endpoints) {
    created.push(await story.webhook(`/${dialect}`, { events: ["ticket.deleted"], dialect, ...fields }));
  }
  const [asked] = story.at("/community");
  if (asked)
    say(`→ community: GET ${asked.path}?${asked.query}   answered with the challenge, before the webhook was saved`);
  promise("the community endpoint was verified first", asked?.method === "GET" && asked.query.has("challenge"));
  await story.publish("ticket.deleted", { id: 42 });
  for (const [index, { dialect, verify }] of endpoints.entries()) {
    const posts = () => story.at(`/${dialect}`).filter((each) => each.method === "POST");
    await receiver.waitFor(() => posts().length === 1);
    const [received] = posts();
    const verified = received !== undefined && verify(received, created[index]?.secret ?? "");
    if (received) request(dialect, received, verdict(verified));
    promise(`${dialect}: verified by its documented recipe`, verified);
  }
}

async function flaky(story: Story, receiver: Receiver): Promise<void> {
  chapter("3. An endpoint fails twice and succeeds on the third attempt");
  receiver.on("/flaky", failTimes(2, 500, answer(200, "thank you")));
  const webhook = await story.webhook("/flaky", { events: ["conversation.created"], retry_policy: [1, 2, 4] });
  await story.publish("conversation.created", { id: 7, owner_id: null, subject: "Hello" });
  const received = await story.arrivals("/flaky", 3);
  const delivery = await waitUntil("it is delivered", async () =>
    (await story.deliveries(webhook)).find((each) => each.status === "delivered"),
  );
  if (!delivery) return;
  const attempts = await story.attempts(delivery);
  table(attempts.map((attempt) => ({ ...attempt })));
  const statuses = attempts.map((attempt) => attempt.status);
  promise("the log says 500, 500, 200", JSON.stringify(statuses) === "[500,500,200]", statuses);
  promise(
    "all three bear one delivery id and a good signature",
    received.every((each) => each.delivery === delivery.id && verifyHelpdesk(each, webhook.secret)),
  );
  const [first, second, third] = attempts.map((attempt) => Date.parse(attempt.at));
  const gaps = [(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)];
  promise("the retries waited at least 1 s and 2 s", (gaps[0] ?? 0) >= 1000 && (gaps[1] ?? 0) >= 2000, gaps);
}

async function down(story: Story, receiver: Receiver): Promise<void> {
  chapter(
    "4. An endpoint goes down for good: it is probed, after three failed probes disabled, and its events are held",
  );
  const webhook = await story.webhook("/down", {
    events: ["ticket.message_created"],
    retry_policy: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    disable_after: { failures: 3, seconds: 0 },
  });
  await story.publish("ticket.message_created", { id: 0, text: "while it still works" });
  await story.arrivals("/down", 1);
  receiver.on("/down", answer(503, "maintenance"));
  say("the receiver now answers 503");
  for (let id = 1; id <= 3; id++) await story.publish("ticket.message_created", { id, text: "…" });
  const disabled = await waitUntil("it is disabled", async () => {
    const now = await story.status(webhook);
    return now.status === "disabled" ? now : undefined;
  });
  promise(`it is disabled: ${disabled?.disabled_reason}`, disabled?.disabled_reason === "3 consecutive failed probes");
  const failures = story.at("/down").length - 1;
  promise(
    `five times requests failed one after the other, then three probes (${failures} requests: some were on their way together)`,
    failures >= 8,
    failures,
  );

  for (let id = 4; id <= 8; id++) await story.publish("ticket.message_created", { id, text: "…" });
  const health = await waitUntil("eight are held", async () => {
    const now = await story.health(webhook);
    return now.waiting === 8 && now.in_flight === 0 ? now : undefined;
  });
  if (health) table([health]);
  promise("the eight events that it did not get are held", health !== undefined);
  const since = story.at("/down").length - 1 - failures;
  promise("it has been asked nothing more since it was disabled", since === 0, since);
  const notice = await waitUntil("the other endpoint hears of it", async () =>
    story.at("/helpdesk").find((each) => eventOf(each).event === "endpoint.disabled"),
  );
  if (notice) request("helpdesk", notice, "an operational event, like any other");
  promise("the event endpoint.disabled reached the endpoint that subscribes to it", notice !== undefined);

  chapter("5. It is repaired and enabled: what was held arrives, in order");
  receiver.on("/down", answer(200, "back again"));
  const before = story.at("/down").length;
  await story.enable(webhook);
  say("the receiver answers 200 again, and the webhook is set to active");
  const received = (await story.arrivals("/down", before + 8)).slice(before);
  for (const each of received) request("down", each, verdict(verifyHelpdesk(each, webhook.secret)));
  const order = received.map((each) => eventOf(each).data.id);
  promise("the eight held events arrived in the order of their publishing", order.join() === "1,2,3,4,5,6,7,8", order);

  chapter("6. The delivery log, as the API returns it");
  const log = await waitUntil("all are delivered", async () => {
    const rows = await story.deliveries(webhook);
    return rows.every((row) => row.status === "delivered") ? rows : undefined;
  });
  if (log) table(log.map((row) => ({ ...row })));
  promise("all nine are delivered", log?.length === 9, log?.length);
}

const state = mkdtempSync(join(tmpdir(), "posthorn-demo-"));
const receiver = await startReceiver();
let service: Awaited<ReturnType<typeof spawnService>> | undefined;
try {
  chapter("Posthorn: the main job");
  service = await spawnService({ stateDir: state, script: await buildWorker("dist/demo") });
  say(`The built Worker runs at ${service.url}, with fresh state; a receiver at ${receiver.url}`);
  const story = await new Story(api(service.url, service.adminToken), receiver).open(service.url);
  await healthy(story);
  await otherSystems(story, receiver);
  await flaky(story, receiver);
  await down(story, receiver);
} catch (error) {
  console.error(service?.output());
  promise("the story could be told to its end", false, error instanceof Error ? error.message : error);
} finally {
  await service?.stop();
  await receiver.close();
  rmSync(state, { recursive: true, force: true });
  end();
}
