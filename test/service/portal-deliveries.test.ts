import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { signedIn, textOf, type Visitor } from "../support/portal.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

/** The pages of deliveries, as somebody with a session gets them. */

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let admin: Visitor;
let reader: Visitor;
/** Has three deliveries: two delivered, one failed and waiting for its retry in eight hours. */
let webhook: Webhook;
let failing: string;

const RETRY_S = 8 * 3600;

const at = (below: string): string => `/portal/${workspace.id}${below}`;
const listAt = (query = "", of = webhook): string => at(`/webhooks/${of.id}/deliveries${query}`);

/** How many rows a list shows. */
const rowsIn = (html: string): number => html.match(/<tr id="d-/g)?.length ?? 0;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
  const scopes = { name: "Reader", scopes: ["read"] };
  const { token } = dataOf(await workspace.call<{ data: { token: string } }>("POST", "/tokens", scopes));
  [admin, reader] = await Promise.all([signedIn(service.url, service.adminToken), signedIn(service.url, token)]);
  const headers = { Authorization: "Bearer of-the-receiver", "X-Note": "it's ours" };
  webhook = await workspace.webhook({
    name: "Mirror",
    url: `${receiver.url}/mirror`,
    events: ["ticket.*", "contact.*"],
    retry_policy: [RETRY_S],
    headers,
  });
  for (const event of ["ticket.created", "contact.updated"]) await workspace.publish({ event, data: { text: "it's" } });
  await eventually(
    () => workspace.deliveries(webhook.id, "status=delivered"),
    (rows) => rows.length === 2,
  );
  receiver.on("/mirror", answer(500, '{"why":"<b>down</b>"}', { "x-request-id": "req-7" }));
  await workspace.publish({ event: "ticket.created", data: {} });
  const [row] = await eventually(
    () => workspace.deliveries(webhook.id, "status=pending"),
    ([only]) => typeof only?.next_attempt_at === "string",
  );
  failing = row?.id ?? "";
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

describe("the list", () => {
  it("shows each delivery, and renews itself on its first page", async () => {
    const { status, html, text } = await admin.get(listAt());
    expect(status).toBe(200);
    expect(rowsIn(html)).toBe(3);
    expect(text).toContain(failing.slice(0, 18));
    expect(html).toContain(`hx-get="${listAt()}"`);
    expect((await admin.get(listAt("?live=off"))).html).not.toContain('hx-trigger="every');
    expect((await admin.get(listAt("?cursor=1-0"))).html).not.toContain('hx-trigger="every');
  });

  it("gives a script its content alone", async () => {
    const { html } = await admin.get(listAt(), { "HX-Request": "true" });
    expect(html).toMatch(/^<main/);
    expect(rowsIn(html)).toBe(3);
  });

  it.each([
    ["?status=pending", 1],
    ["?status=failing", 1],
    ["?status=failed", 0],
    ["?event=contact.updated", 1],
    ["?status=delivered&event=ticket.created", 1],
    ["?until=2020-01-01T00:00", 0],
    ["?since=2020-01-01T00:00", 3],
  ])("narrowed by %s has %i", async (query, rows) => {
    expect(rowsIn((await admin.get(listAt(query))).html)).toBe(rows);
  });

  it("offers states as people see them, and shows where failures are that are not given up", async () => {
    const { html } = await admin.get(listAt());
    const offered = /<select[^>]*name="status"[\s\S]*?<\/select>/.exec(html)?.[0] ?? "";
    expect(textOf(offered)).toBe("any waiting or failing failing delivered given up expired");
    expect(html).toContain('<span class="badge bad">failing</span>');
    const none = await admin.get(listAt("?status=failed"));
    expect(none.text).toContain("None was given up");
    expect(none.html).toContain(`<a href="${listAt("?status=failing")}">Show what is failing</a>`);
  });

  it("says held of a webhook that is paused", async () => {
    const paused = await workspace.webhook({ url: `${receiver.url}/paused`, events: ["sla.*"] });
    await workspace.change(paused.id, { status: "paused" });
    await workspace.publish({ event: "sla.resolution_breached", data: {} });
    const { html } = await eventually(
      () => admin.get(listAt("?status=pending", paused)),
      (page) => rowsIn(page.html) === 1,
    );
    expect(html).toContain('<option value="pending" selected="">held</option>');
    expect(html).toContain('<span class="badge warn">held</span>');
  });

  it("finds by text in the id", async () => {
    const { html } = await admin.get(listAt(`?search=${failing}`));
    expect(rowsIn(html)).toBe(1);
    expect(html).toContain(`value="${failing}"`);
  });

  it("says why it is empty, and what to do", async () => {
    expect((await admin.get(listAt("?event=contact.deleted"))).text).toContain("No delivery matches");
    const fresh = await workspace.webhook({ url: `${receiver.url}/fresh`, events: ["survey.*"] });
    const { text } = await admin.get(listAt("", fresh));
    expect(text).toContain("No deliveries yet");
    expect(text).toContain("Send a test event");
    const tested = await admin.post(`${listAt("", fresh)}/test`, {});
    expect([tested.status, tested.location]).toEqual([303, `${listAt("", fresh)}?done=tested`]);
    await eventually(
      async () => rowsIn((await admin.get(listAt("", fresh))).html),
      (rows) => rows === 1,
    );
  });

  it("says what is wrong with a filter, and keeps what was typed", async () => {
    const { status, html, text } = await admin.get(listAt("?event=..&search=abc"));
    expect(status).toBe(200);
    expect(text).toContain("A type is words of letters");
    expect(html).toContain('value=".."');
    expect(html).toContain('value="abc"');
  });
});

describe("redelivering what was chosen", () => {
  it("says how many are on their way, and which are not", async () => {
    const [newest] = await workspace.deliveries(webhook.id, "status=delivered");
    const gone = `${newest?.id.slice(0, -12)}ffffffffffff`;
    const { status, text } = await admin.post(`${listAt()}/redeliver`, { delivery: [newest?.id ?? "", gone] });
    expect(status).toBe(200);
    expect(text).toContain("1 delivery on the way");
    expect(text).toContain("1 delivery not sent");
    expect(text).toContain("There is no such delivery.");
  });

  it("asks for a choice where there is none, and takes at most 100", async () => {
    const none = await admin.post(`${listAt()}/redeliver?status=pending`, {});
    expect(none.status).toBe(422);
    expect(none.text).toContain("Nothing is selected");
    expect(none.html).toContain(`hx-get="${listAt("?status=pending")}"`);
    const delivery = Array.from({ length: 101 }, (_, index) => `${index}`);
    expect((await admin.post(`${listAt()}/redeliver`, { delivery })).text).toContain("At most 100 at a time");
  });
});

describe("a delivery", () => {
  it("shows its timeline, its request, and its attempts with their answers", async () => {
    const { status, html, text } = await admin.get(at(`/deliveries/${failing}`));
    expect(status).toBe(200);
    expect(text).toContain("The latest attempt failed. It is tried again by itself.");
    expect(text).toContain("x-request-id: req-7");
    expect(text).toContain("<b>down</b>");
    expect(html).not.toContain("<b>down</b>");
    expect(text).toContain("It answered with a status other than 2xx.");
    expect(html).toContain("data-countdown");
    // Hours away: no need to look every other second.
    expect(html).toContain('hx-trigger="every 15s"');
  });

  it("gives its request as a command, and says what is masked in it", async () => {
    const { text } = await admin.get(at(`/deliveries/${failing}`));
    expect(text).toContain(`curl --globoff --request POST '${receiver.url}/mirror'`);
    expect(text.toLowerCase()).toContain("--header 'x-note: it'\\''s ours'");
    expect(text.toLowerCase()).toContain("authorization is masked here");
    expect(text).not.toContain("of-the-receiver");
  });

  it("is not looked at again once it is done", async () => {
    const [done] = await workspace.deliveries(webhook.id, "status=delivered");
    const { html, text } = await admin.get(at(`/deliveries/${done?.id}`));
    expect(html).not.toContain('hx-trigger="every');
    expect(text).toContain("The receiver answered with 2xx.");
  });

  it("is sent again", async () => {
    const path = at(`/deliveries/${failing}`);
    const { status, location } = await admin.post(`${path}/redeliver`, {});
    expect([status, location]).toEqual([303, `${path}?done=redelivered`]);
    await eventually(
      () => workspace.delivery(failing),
      ({ attempts }) => attempts.at(-1)?.trigger === "manual",
    );
  });

  it("of a paused webhook is held, and says what to do", async () => {
    const paused = await workspace.webhook({ name: "Paused", url: `${receiver.url}/paused`, events: ["ticket.*"] });
    await workspace.change(paused.id, { status: "paused" });
    await workspace.publish({ event: "ticket.updated", data: {} });
    const [held] = await eventually(
      () => workspace.deliveries(paused.id),
      (rows) => rows.length === 1,
    );
    const path = at(`/deliveries/${held?.id}`);
    const { text, html } = await admin.get(path);
    expect(text).toContain("It is held, because the webhook is paused.");
    expect(html).toContain(`href="${at(`/webhooks/${paused.id}`)}"`);
    const refused = await admin.post(`${path}/redeliver`, {});
    expect(refused.status).toBe(409);
    expect(refused.text).toContain("Nothing was sent It is paused. Resume it");
    const chosen = await admin.post(`${listAt("", paused)}/redeliver`, { delivery: held?.id ?? "" });
    expect(chosen.status).toBe(409);
    expect(chosen.text).toContain("Nothing was sent");
  });
});

describe("a replay", () => {
  const replayAt = () => at(`/webhooks/${webhook.id}/replay`);
  const day = { since: "2020-01-01T00:00", until: "2999-01-01T00:00" };

  it("is counted first, and sends nothing by that", async () => {
    const before = receiver.requests.length;
    const { status, html, text } = await admin.post(replayAt(), { ...day, status: "all", events: "contact.*" });
    expect(status).toBe(200);
    expect(text).toContain("1 delivery would be sent again");
    expect(text).toContain("Send 1 again");
    expect(html).toContain('value="contact.*"');
    expect(receiver.requests).toHaveLength(before);
    const none = await admin.post(replayAt(), { ...day, status: "failed", events: "survey.*" });
    expect(none.text).toContain("Nothing would be sent again");
  });

  it("says what is wrong with what was typed, and keeps it", async () => {
    const wrong = { since: "2026-03-02T00:00", until: "2026-03-01T00:00", status: "all", events: "ticket.*.x" };
    const { status, html, text } = await admin.post(replayAt(), wrong);
    expect(status).toBe(422);
    expect(text).toContain("A pattern is an event type");
    expect(html).toContain('value="2026-03-02T00:00"');
    expect(html).toContain('value="ticket.*.x"');
  });

  it("is done, and shows how far it is", async () => {
    receiver.on("/mirror", answer(200));
    const { status, location } = await admin.post(`${replayAt()}/start`, {
      ...day,
      status: "all",
      events: "ticket.created, contact.updated",
    });
    expect(status).toBe(303);
    expect(location).toContain(`${replayAt()}/progress?`);
    expect(location).toContain("total=3");
    const { text, html } = await eventually(
      () => admin.get(location ?? ""),
      (shown) => shown.text.includes("all 3 tried"),
    );
    expect(text).toContain("Delivered 3 Failed, tried again later 0 Failed for good 0 Not tried yet 0");
    expect(html).not.toContain('hx-trigger="every');
  });
});

describe("who may only read", () => {
  it("sees no controls", async () => {
    const list = await reader.get(listAt());
    expect(list.status).toBe(200);
    expect(list.html).not.toContain('name="delivery"');
    expect(list.text).not.toContain("Redeliver");
    expect(list.text).not.toContain("Replay");
    expect((await reader.get(at(`/deliveries/${failing}`))).text).not.toContain("Redeliver");
  });

  it("is refused what changes something", async () => {
    const posts = [
      listAt("/redeliver"),
      listAt("/test"),
      at(`/deliveries/${failing}/redeliver`),
      at(`/webhooks/${webhook.id}/replay`),
      at(`/webhooks/${webhook.id}/replay/start`),
    ];
    for (const path of posts) expect([path, (await reader.post(path, {})).status]).toEqual([path, 403]);
    expect((await reader.get(at(`/webhooks/${webhook.id}/replay`))).status).toBe(403);
  });
});

it("shows nothing of another workspace", async () => {
  const other = await newWorkspace(service, "Other");
  const theirs = await other.webhook({ url: `${receiver.url}/other` });
  expect((await reader.get(`/portal/${other.id}/webhooks/${theirs.id}/deliveries`)).status).toBe(404);
  expect((await admin.get(`/portal/${workspace.id}/webhooks/${theirs.id}/deliveries`)).status).toBe(404);
  expect((await admin.get(`/portal/${other.id}/deliveries/${failing}`)).status).toBe(404);
});

it("refuses a form that is from no page of the session", async () => {
  const { status } = await admin.post(at(`/deliveries/${failing}/redeliver`), { csrf: "guessed" });
  expect(status).toBe(403);
});
