import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signedIn, type Visitor } from "../support/portal.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** The pages of events, of the catalogue and of usage, as somebody with a session gets them. */

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let admin: Visitor;
let reader: Visitor;

async function tokenWith(scopes: string[]): Promise<string> {
  const answer = await workspace.call<{ data: { token: string } }>("POST", "/tokens", { name: scopes.join(), scopes });
  return dataOf(answer).token;
}

const at = (path: string, of = workspace): string => `/portal/${of.id}${path}`;

beforeAll(async () => {
  const PLANS = JSON.stringify({ five: { webhooks: 5, sources: null, events: 5 } });
  [service, receiver] = await Promise.all([spawnService({ vars: { PLANS } }), startReceiver()]);
  workspace = await newWorkspace(service);
  admin = await signedIn(service.url, service.adminToken);
  reader = await signedIn(service.url, await tokenWith(["read"]));
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

describe("the list of events", () => {
  it("explains how the first is published, with this deployment's own address", async () => {
    const empty = await newWorkspace(service);
    const { html } = await admin.get(at("/events", empty));
    expect(html).toContain("No event yet");
    expect(html).toContain(`${service.url}/api/v1/workspaces/${empty.id}/events`);
  });

  it("shows payloads digit for digit, and renews itself on the first page alone", async () => {
    const big = '{"big":12345678901234567890,"text":"<b>"}';
    const body = `{"event":"order.placed","data":${big},"channels":["eu"],"timestamp":"2026-01-02T03:04:05Z"}`;
    const { id } = dataOf(await workspace.call<{ data: { id: string } }>("POST", "/events", body));
    const { html } = await admin.get(at("/events"));
    expect(html).toContain(at(`/events/${id}`));
    expect(html).toContain("{&quot;big&quot;:12345678901234567890,&quot;text&quot;:&quot;&lt;b&gt;&quot;}");
    expect(html).toContain('<span class="tag">eu</span>');
    expect(html).toContain('title="2026-01-02 03:04:05 UTC"');
    expect(html).toContain('hx-trigger="every 3s"');

    const older = await admin.get(at(`/events?cursor=${id}`));
    expect(older.status).toBe(200);
    expect(older.html).not.toContain('hx-trigger="every');
    expect(older.html).toContain("No event matches");

    const fragment = await admin.get(at("/events"), { "HX-Request": "true" });
    expect(fragment.html).toMatch(/^<div id="live"/);
  });

  it("is narrowed down by what stands in the address", async () => {
    await workspace.publishAll(["a.one", "a.two"].map((event) => ({ event, data: {} })));
    const { html } = await admin.get(at("/events?event=a.one&since=2026-01-01T00:00&search=EVT_"));
    expect(html).toContain(">a.one</a>");
    expect(html.match(/data-row=/g)).toHaveLength(1);
    expect(html).toContain('value="2026-01-01T00:00"');
    const past = await admin.get(at("/events?until=2020-01-01T00:00"));
    expect(past.html).toContain("No event matches");
    expect(past.html).not.toContain('hx-trigger="every');
  });

  it("says what is wrong with a filter, and keeps it", async () => {
    const { status, html } = await admin.get(at("/events?event=a%20b"));
    expect(status).toBe(200);
    expect(html).toContain("A type is words of letters");
    expect(html).toContain('value="a b"');
  });
});

describe("one event", () => {
  it("tells where it went, where it is held, and why not elsewhere", async () => {
    const own = await newWorkspace(service);
    const hook = (name: string, more: Record<string, unknown> = {}) =>
      own.webhook({ name, url: `${receiver.url}/`, events: ["ticket.*"], ...more });
    const open = await hook("Open");
    const paused = await hook("Held back");
    await own.change(paused.id, { status: "paused" });
    await hook("Elsewhere", { events: ["email.*"] });
    await hook("Survey", { channels: ["survey-7"] });
    const { id } = await own.publish({ event: "ticket.created", data: { id: 1 } });
    const { id: delivery } = await own.attempted(open.id);
    await hook("Late");

    const { status, html } = await admin.get(at(`/events/${id}`, own));
    expect(status).toBe(200);
    expect(html).toContain(`href="${at(`/deliveries/${delivery}`, own)}"`);
    expect(html).toContain("1 delivered · 1 held");
    expect(html).toContain("The webhook is paused.");
    expect(html).toContain(`<a href="${at(`/webhooks/${paused.id}`, own)}">Resume it</a>`);
    expect(html).toContain("It does not subscribe to ticket.created, only to email.*.");
    expect(html).toContain("It listens to the channels survey-7 only, and the event has none.");
    expect(html).toContain("The webhook was added after this event was published.");
    expect(html).toContain('hx-trigger="every 15s"');
  });

  it("of another workspace is not there", async () => {
    const other = await newWorkspace(service);
    const { id } = await other.publish({ event: "ticket.created", data: {} });
    expect((await admin.get(at(`/events/${id}`))).status).toBe(404);
    expect((await reader.get(at(`/events/${id}`, other))).status).toBe(404);
    expect((await admin.get(at("/events/evt_nothing"))).status).toBe(404);
  });
});

describe("publishing from a page", () => {
  const form = () => at("/events/new");

  it("begins with a type's sample, of the system asked for", async () => {
    const { html } = await admin.get(`${form()}?type=platform/ticket.created`);
    expect(html).toContain('value="ticket.created"');
    expect(html).toContain("&quot;ticketNumber&quot;: 1042");
  });

  it("publishes what was typed as it was typed", async () => {
    const { status, location } = await admin.post(form(), {
      ...{ event: "typed.in", data: ' {"big": 12345678901234567890} ', channels: "eu, us," },
    });
    expect(status).toBe(303);
    const path = location?.split("?")[0] ?? "";
    const { html } = await admin.get(path);
    expect(html).toContain("12345678901234567890");
    expect(html).toContain("eu, us");
  });

  it("keeps what was typed beside what is wrong with it", async () => {
    const broken = await admin.post(form(), { event: "typed.in", data: '{"a": }' });
    expect(broken.status).toBe(422);
    expect(broken.html).toContain("This is no JSON");
    expect(broken.html).toContain("{&quot;a&quot;: }");

    const missing = await admin.post(form(), { event: "conversation.created", data: "{}", channels: "eu" });
    expect(missing.status).toBe(422);
    expect(missing.html).toMatch(/id="data-wrong">\s*owner_id is missing/);
    expect(missing.html).toContain('value="eu"');

    const ours = await admin.post(form(), { event: "endpoint.disabled", data: "{}" });
    expect(ours.html).toMatch(/id="event-wrong">\s*endpoint.disabled is what Posthorn itself reports/);
    const empty = await admin.post(form(), { event: "", data: "" });
    expect(empty.status).toBe(422);
  });

  it("says that the quota is reached, and keeps what was typed", async () => {
    const full = await newWorkspace(service);
    await full.publishAll(Array.from({ length: 5 }, () => ({ event: "a.b", data: {} })));
    await onPlanFive(full);
    const { status, html } = await admin.post(at("/events/new", full), { event: "a.kept", data: "{}" });
    expect(status).toBe(422);
    expect(html).toContain("The plan five allows 5 events a month");
    expect(html).toContain('value="a.kept"');
  });

  it("takes the scope publish", async () => {
    expect((await reader.get(form())).status).toBe(403);
    expect((await reader.post(form(), { event: "a.b", data: "{}" })).status).toBe(403);
    expect((await reader.get(at("/events"))).html).not.toContain("Publish an event");
    const publisher = await signedIn(service.url, await tokenWith(["read", "publish"]));
    expect((await publisher.get(at("/events"))).html).toContain("Publish an event");
    expect((await publisher.post(form(), { event: "a.b", data: "null" })).status).toBe(303);
  });

  it("refuses a form without the session's proof", async () => {
    expect((await admin.post(form(), { csrf: "guessed", event: "a.b", data: "{}" })).status).toBe(403);
  });
});

async function onPlanFive(of: Workspace): Promise<void> {
  dataOf(await of.call<{ data: unknown }>("PATCH", "", { plan: "five" }));
}

describe("the catalogue", () => {
  const shown = (html: string) => html.match(/<li class="catalogue-type">/g)?.length ?? 0;

  it("has each type with its description, and is searched without script", async () => {
    const { html } = await reader.get(at("/event-types"));
    expect(html).toContain("The recipient&#39;s mail server refused an email.");
    expect(html).not.toContain("Add event type");
    expect(shown(html)).toBeGreaterThan(80);
    const found = await reader.get(at("/event-types?search=SMS+carrier"));
    expect(shown(found.html)).toBeGreaterThan(0);
    expect(shown(found.html)).toBeLessThan(10);
  });

  it("tells of a type its samples, its schema, and who gets it", async () => {
    const own = await newWorkspace(service);
    await own.webhook({ name: "By prefix", url: `${receiver.url}/`, events: ["ticket.*"] });
    await own.webhook({ name: "By nothing", url: `${receiver.url}/`, events: ["email.*"] });
    const { html } = await admin.get(at("/event-types/ticket.created", own));
    expect(html).toContain("2 systems have a type of this name.");
    expect(html).toContain("1 of 2 webhooks");
    expect(html).toContain("By prefix");
    expect(html).not.toContain("By nothing");
    expect((await admin.get(at("/event-types/endpoint.disabled", own))).html).not.toContain("Publish one");
  });

  it("offers to add a type that it does not have", async () => {
    const { status, html } = await admin.get(at("/event-types/nobody.knows"));
    expect(status).toBe(404);
    expect(html).toContain("~new?name=nobody.knows");
    expect((await reader.get(at("/event-types/nobody.knows"))).html).not.toContain("~new");
  });
});

describe("a type of the workspace's own", () => {
  const type = { name: "new", title: "New", description: "", schema: '{"required": ["id"]}', sample: '{"id": 1}' };

  it("is added, changed and deleted, even one called new", async () => {
    const added = await admin.post(at("/event-types/~new"), type);
    expect(added.location).toBe(at("/event-types/new?done=saved"));
    const page = await admin.get(at("/event-types/new"));
    expect(page.html).toContain("Added to this workspace");

    const edit = await admin.get(at("/event-types/new/edit"));
    expect(edit.html).toContain("&quot;id&quot;: 1");
    const changed = await admin.post(at("/event-types/new/edit"), { ...type, title: "Newer", schema: "" });
    expect(changed.location).toBe(at("/event-types/new?done=saved"));
    const after = await admin.get(at("/event-types/new"));
    expect(after.html).toContain("Newer");
    expect(after.html).toContain("It has none: any payload is taken.");

    const asked = await admin.get(at("/event-types/new/delete"));
    expect(asked.html).toContain("No webhook subscribes to it by name.");
    expect((await admin.post(at("/event-types/new/delete"))).location).toBe(at("/event-types?done=deleted"));
    expect((await admin.get(at("/event-types/new"))).status).toBe(404);
  });

  it("that is wrong is kept, with the reasons beside its fields", async () => {
    const path = at("/event-types/~new");
    const broken = await admin.post(path, { ...type, name: "a.b", schema: "{", sample: "nope" });
    expect(broken.status).toBe(422);
    expect(broken.html).toMatch(/id="schema-wrong">\s*This is no JSON/);
    expect(broken.html).toMatch(/id="sample-wrong">\s*This is no JSON/);

    const misspelt = await admin.post(path, {
      ...type,
      name: "a b",
      schema: '{"properties": {"id": {"type": "int"}}}',
    });
    expect(misspelt.html).toMatch(/id="name-wrong">\s*A type is words/);
    expect(misspelt.html).toMatch(/id="schema-wrong">\s*properties.id.type: /);
    expect(misspelt.html).toContain('value="a b"');

    const unfit = await admin.post(path, { ...type, name: "a.b", sample: "{}" });
    expect(unfit.html).toMatch(/id="sample-wrong">\s*id is missing/);
    const taken = await admin.post(path, { ...type, name: "ticket.created" });
    expect(taken.html).toContain("ticket.created is built in");
  });

  it("takes the scope manage", async () => {
    expect((await reader.get(at("/event-types/~new"))).status).toBe(403);
    expect((await reader.post(at("/event-types/~new"), type)).status).toBe(403);
    expect((await reader.post(at("/event-types/a/delete"))).status).toBe(403);
  });

  it("is the only kind that can be changed", async () => {
    const edit = await admin.get(at("/event-types/ticket.created/edit"));
    expect(edit.location).toBe(at("/event-types/ticket.created"));
    const change = await admin.post(at("/event-types/ticket.created/edit"), { title: "Mine" });
    expect(change.status).toBe(422);
    expect(change.html).toContain("built in");
  });
});

describe("usage", () => {
  it("without a plan has the deployment's limits, and none of events", async () => {
    const { html } = await reader.get(at("/usage"));
    expect(html).toContain("This workspace is on no plan.");
    expect(html.match(/no limit/g)?.length).toBe(1);
    expect(html).toMatch(/of 1\u202f000 .*of 200 /s);
  });

  it("warns of a limit that is near or reached, and says what to do", async () => {
    const own = await newWorkspace(service);
    for (let number = 0; number < 4; number++) await own.webhook({ url: `${receiver.url}/`, events: ["email.*"] });
    await own.publishAll(Array.from({ length: 5 }, () => ({ event: "a.b", data: {} })));
    await onPlanFive(own);
    const { html } = await admin.get(at("/usage", own));
    expect(html).toContain("The limit of events of this month is reached: 5 of 5");
    expect(html).toContain("refused with 403 quota_exceeded until the period ends");
    expect(html).toContain("Most of the webhooks are used: 4 of 5");
    expect(html).toContain("larger plan under");
    expect(html).toContain(`${new Date().toISOString().slice(0, 10)}</td><td class="num">5</td>`);
  });
});
