import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { failProbes, makeFailing } from "../support/failing.ts";
import { signedIn, textOf, type Visitor } from "../support/portal.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

/** The pages of one webhook, as a browser without script uses them. */

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let admin: Visitor;
let reader: Visitor;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
  const made = await workspace.call<{ data: { token: string } }>("POST", "/tokens", { name: "Eye", scopes: ["read"] });
  [admin, reader] = await Promise.all([
    signedIn(service.url, service.adminToken),
    signedIn(service.url, dataOf(made).token),
  ]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

let paths = 0;

/** A webhook with a path of its own, which answers as it is told. */
async function webhookThat(status: number, fields: Record<string, unknown> = {}): Promise<Webhook & { page: string }> {
  const path = `/${++paths}`;
  receiver.on(path, answer(status, status === 200 ? "" : '{"error":"the database is away"}'));
  const webhook = await workspace.webhook({ url: receiver.url + path, events: ["ticket.*"], ...fields });
  return { ...webhook, page: `/portal/${workspace.id}/webhooks/${webhook.id}` };
}

async function disabled(fields: Record<string, unknown> = {}): Promise<Webhook & { page: string }> {
  const patience = { retry_policy: Array(10).fill(3600), disable_after: { failures: 3, seconds: 0 } };
  const webhook = await webhookThat(503, { ...patience, ...fields });
  await makeFailing(workspace, webhook.id);
  await failProbes(workspace, webhook.id, 3);
  await eventually(
    () => workspace.getWebhook(webhook.id),
    ({ status }) => status === "disabled",
  );
  return webhook;
}

describe("the overview", () => {
  it("of a webhook that nothing was sent to offers a test, which leads to its delivery", async () => {
    const webhook = await webhookThat(200);
    const { status, html } = await admin.get(webhook.page);
    expect(status).toBe(200);
    expect(textOf(html)).toContain("Nothing was sent yet");
    expect(textOf(html)).toContain("Nothing was sent in the last 24 hours.");
    const sent = await admin.post(`${webhook.page}/test`);
    expect(sent.status).toBe(303);
    const { id } = await workspace.attempted(webhook.id);
    expect(sent.location).toBe(`/portal/${workspace.id}/deliveries/${id}?done=tested`);
    const after = await admin.get(`${webhook.page}?period=7d`);
    expect(after.html).toContain(`/portal/${workspace.id}/deliveries/${id}"`);
    expect(textOf(after.html)).toContain("1 delivered, 0 failed; 100 % of 1 attempts succeeded in 7 days");
  });

  it("says why it was disabled, what the last failure means, and enables it", async () => {
    const webhook = await disabled();
    await workspace.publish({ event: "ticket.updated", data: {} });
    await eventually(
      () => workspace.deliveries(webhook.id),
      (rows) => rows[0]?.event === "ticket.updated",
    );
    const said = textOf((await admin.get(webhook.page)).html);
    expect(said).toContain("Disabled after 3 failed probes one after another");
    expect(said).toMatch(/\d+ deliveries are held; none is lost/);
    expect(said).toContain("503 It answered with a status other than 2xx.");
    expect(said).toContain("the database is away");

    receiver.on(new URL(webhook.url).pathname, answer(200));
    const enabled = await admin.post(`${webhook.page}/enable`);
    expect([enabled.status, enabled.location]).toEqual([303, `${webhook.page}?done=resumed`]);
    await eventually(
      () => workspace.deliveries(webhook.id, "status=delivered"),
      (rows) => rows.length >= 2,
    );
    expect((await workspace.getWebhook(webhook.id)).status).toBe("active");
  });

  it("says of one that is failing since when it is, what waits and until when, and probes it", async () => {
    const webhook = await webhookThat(503, { retry_policy: [3600], dialect: "platform" });
    await makeFailing(workspace, webhook.id);
    const { html } = await admin.get(webhook.page);
    const said = textOf(html);
    expect(html).toMatch(/id="webhook-state"><span class="badge bad">failing</);
    expect(said).toContain("Failing: 5 failures one after another The first was now");
    expect(said).toMatch(/The next goes out in (1 ?h|59 ?min)/);
    expect(said).toContain("5 deliveries wait, which uses up no attempt; none is lost, and new events join them.");
    expect(said).toContain("After 10 failed probes it is disabled; no probe has failed yet.");
    expect(said).toContain("Failed probes 0 of 10");
    expect(textOf((await reader.get(webhook.page)).html)).not.toContain("Probe now");
    for (const below of ["/deliveries", "/settings", "/replay"]) {
      expect((await admin.get(webhook.page + below)).html, below).toContain('<span class="badge bad">failing</span>');
    }
    const row = textOf((await admin.get(`/portal/${workspace.id}/webhooks`)).html);
    expect(row).toMatch(/failing next probe in/);
    const waits = textOf((await admin.get(`${webhook.page}/deliveries`)).html);
    expect(waits).toMatch(/probe in (1 ?h|59 ?min)/);
    const [delivery] = await workspace.deliveries(webhook.id);
    const one = textOf((await admin.get(`/portal/${workspace.id}/deliveries/${delivery?.id}`)).html);
    expect(one).toContain("It waits for the endpoint, which is failing");
    expect(one).toContain("Next probe");
    expect(textOf((await admin.get(`/portal/${workspace.id}/events/${delivery?.event_id}`)).html)).toContain(
      "It waits for the webhook, which is failing.",
    );

    receiver.on(new URL(webhook.url).pathname, answer(200));
    const probed = await admin.post(`${webhook.page}/probe`);
    expect([probed.status, probed.location]).toEqual([303, `${webhook.page}?done=probed`]);
    await eventually(
      () => workspace.deliveries(webhook.id, "status=delivered"),
      ({ length }) => length === 5,
    );
    const after = textOf((await admin.get(webhook.page)).html);
    expect(after).not.toContain("Probe now");
    expect(after).toContain("Failures in a row 0 of 5");
    // What it was asked for is the case already.
    expect((await admin.post(`${webhook.page}/probe`)).location).toBe(webhook.page);
  });

  it("says of one that is never disabled that it is probed until it answers", async () => {
    const webhook = await webhookThat(503, { retry_policy: [3600], disable_after: null });
    await makeFailing(workspace, webhook.id);
    const said = textOf((await admin.get(webhook.page)).html);
    expect(said).toContain("It is never disabled: it is probed until it answers.");
    expect(textOf((await admin.get(`${webhook.page}/settings`)).html)).toContain(
      "Never: it is probed until it answers",
    );
  });

  it("gives a script its live parts without the frame, and its charts alone", async () => {
    const webhook = await webhookThat(200);
    await admin.post(`${webhook.page}/test`);
    await workspace.attempted(webhook.id);
    const live = await admin.get(webhook.page, { "HX-Request": "true" });
    expect(live.html).toMatch(/id="live".*id="latest"/s);
    expect(live.html).not.toMatch(/<html|data-chart=/);
    const charts = await admin.get(`${webhook.page}?part=charts&period=30d`, { "HX-Request": "true" });
    expect(charts.html).toMatch(/^<section[^>]*data-charts/);
    const [, json = ""] = /<script type="application\/json">(.*?)<\/script>/.exec(charts.html) ?? [];
    const data = JSON.parse(json);
    expect(data).toMatchObject({ unit: "count", step: 86_400, completeSince: null });
    expect(data.series[0]).toMatchObject({ name: "Delivered", mark: "bar" });
    expect(data.series[0].values.at(-1)).toBe(1);
    expect(data.times).toHaveLength(30);
  });

  it("does not let what a receiver answers become part of the page", async () => {
    const webhook = await webhookThat(200, { retry_policy: [3600], name: "<b>Bold</b>" });
    receiver.on(new URL(webhook.url).pathname, answer(500, "<script>alert(1)</script>"));
    await admin.post(`${webhook.page}/test`);
    await workspace.attempted(webhook.id);
    const { html } = await admin.get(webhook.page);
    expect(html).toContain("&lt;script&gt;alert(1)");
    expect(html).toContain("&lt;b&gt;Bold");
    expect(html).not.toMatch(/<script>alert|<b>Bold/);
  });
});

describe("the settings", () => {
  it("show everything that is set, credentials masked, and offer the types that it subscribes to", async () => {
    const headers = { "X-Team": "billing", Authorization: "Bearer abcdefghijkl" };
    const { page } = await webhookThat(200, { events: ["contact.created", "sla.*"], headers, channels: ["emea"] });
    const { html } = await admin.get(`${page}/settings`);
    const said = textOf(html);
    for (const text of [
      "contact.created",
      "sla.*",
      "X-Team: billing",
      "emea",
      "gopimi",
      "5 retries, after 30 s, 2 min",
    ]) {
      expect(said).toContain(text);
    }
    expect(html).not.toContain("abcdefghijkl");
    const options = [...html.matchAll(/<option value="([^"]+)"/g)].map(([, value]) => value);
    expect(options[0]).toBe("contact.created");
    expect(options).toContain("sla.resolution_breached");
    expect(options).not.toContain("ticket.created");
  });

  it("send the type that was chosen, and none while it is paused", async () => {
    const webhook = await webhookThat(200);
    expect((await admin.post(`${webhook.page}/test`, { event: "ticket.deleted" })).status).toBe(303);
    expect((await workspace.attempted(webhook.id)).event).toBe("ticket.deleted");
    const unknown = await admin.post(`${webhook.page}/test`, { event: "tickets.gone" });
    expect(unknown.status).toBe(409);
    expect(textOf(unknown.html)).toContain("No event type matches tickets.gone");

    const paused = await admin.post(`${webhook.page}/pause`);
    expect(paused.location).toBe(`${webhook.page}?done=paused`);
    expect(textOf((await admin.get(webhook.page)).html)).toContain("Events that come are held; so far there is none.");
    const refused = await admin.post(`${webhook.page}/test`);
    expect(refused.status).toBe(409);
    expect(textOf(refused.html)).toContain("Make it active again below, then send the test.");
    expect((await admin.post(`${webhook.page}/resume`)).location).toBe(`${webhook.page}?done=resumed`);
    expect((await workspace.getWebhook(webhook.id)).status).toBe("active");
  });
});

describe("a rotation", () => {
  it("offers the overlap where two signatures fit, shows the new secret once, and until when the old one signs", async () => {
    const webhook = await webhookThat(200, { dialect: "standard" });
    const asked = await admin.get(`${webhook.page}/rotate`);
    expect(textOf(asked.html)).toMatch(/Not at all .*1 hour .*24 hours .*7 days/);
    const before = Date.now();
    const { status, html } = await admin.post(`${webhook.page}/rotate`, { overlap: "3600", secret: "" });
    expect(status).toBe(200);
    const [secret = ""] = /whsec_[A-Za-z0-9+/=]+/.exec(html) ?? [];
    expect(secret).not.toBe(webhook.secret);
    const [, until = ""] = /signs along until ([0-9-]+ [0-9:]+) UTC/.exec(textOf(html)) ?? [];
    expect(Date.parse(`${until.replace(" ", "T")}Z`) - before).toBeGreaterThan(3_590_000);
    expect((await admin.get(`${webhook.page}/settings`)).html).not.toContain(secret);

    await admin.post(`${webhook.page}/test`);
    const [request] = await receiver
      .waitFor((all) => all.some(({ path }) => webhook.url.endsWith(path)))
      .then((all) => all.filter(({ path }) => webhook.url.endsWith(path)));
    expect(String(request?.headers["webhook-signature"]).split(" ")).toHaveLength(2);
  });

  it("keeps what was typed where it is refused", async () => {
    const { page } = await webhookThat(200, { dialect: "cases" });
    const { status, html } = await admin.post(`${page}/rotate`, { overlap: "604800", secret: "too short" });
    expect(status).toBe(422);
    expect(textOf(html)).toContain("A secret is whsec_ and the canonical base64 of 24 to 64 random bytes");
    expect(html).toMatch(/value="too short"/);
    expect(html).toMatch(/value="604800" checked/);
    expect((await admin.post(`${page}/rotate`, { overlap: "36e2", secret: "" })).status).toBe(422);
  });

  it("says that the old one stops at once where one signature fits", async () => {
    const { page } = await webhookThat(200);
    const asked = textOf((await admin.get(`${page}/rotate`)).html);
    expect(asked).toContain("The old secret stops at once");
    expect(asked).not.toContain("7 days");
    const secret = "a-secret-of-my-own-making";
    const { html } = await admin.post(`${page}/rotate`, { secret });
    expect(html).toContain(secret);
    expect(textOf(html)).toContain("The old one signs nothing any more.");
  });
});

it("a deletion says what goes with it, and then the webhook is gone", async () => {
  const webhook = await webhookThat(200);
  await admin.post(`${webhook.page}/test`);
  await workspace.attempted(webhook.id);
  await workspace.change(webhook.id, { status: "paused" });
  await workspace.publish({ event: "ticket.created", data: {} });
  await eventually(
    () => workspace.health(webhook.id),
    ({ waiting }) => waiting === 1,
  );
  const said = textOf((await admin.get(`${webhook.page}/delete`)).html);
  expect(said).toContain("1 delivery that was not sent yet is never sent.");
  expect(said).toContain("1 delivery of the last 30 days");
  const deleted = await admin.post(`${webhook.page}/delete`);
  expect(deleted.location).toBe(`/portal/${workspace.id}/webhooks?done=deleted`);
  expect((await admin.get(webhook.page)).status).toBe(404);
});

describe("who may only read", () => {
  it("sees how it is doing, and no controls", async () => {
    const webhook = await webhookThat(200);
    for (const path of [webhook.page, `${webhook.page}/settings`]) {
      const { status, html } = await reader.get(path);
      expect(status).toBe(200);
      expect(html.replaceAll(/action="\/portal\/(theme|sign-out)"/g, "")).not.toMatch(/action="|Rotate|Edit<|Delete/);
    }
  });

  it.each(["test", "probe", "pause", "resume", "enable", "rotate", "delete"])("is refused %s", async (verb) => {
    const webhook = await webhookThat(200);
    expect((await reader.post(`${webhook.page}/${verb}`)).status).toBe(403);
    expect((await workspace.getWebhook(webhook.id)).status).toBe("active");
  });
});

it("a webhook of another workspace is not there", async () => {
  const webhook = await webhookThat(200);
  const other = await newWorkspace(service, "Other");
  const page = `/portal/${other.id}/webhooks/${webhook.id}`;
  for (const below of ["", "/settings", "/rotate", "/delete"]) expect((await admin.get(page + below)).status).toBe(404);
  for (const verb of ["test", "probe", "pause", "rotate", "delete"]) {
    expect((await admin.post(`${page}/${verb}`)).status).toBe(404);
  }
  expect((await workspace.getWebhook(webhook.id)).status).toBe("active");
});

it("a form that did not come from this session changes nothing", async () => {
  const webhook = await webhookThat(200);
  expect((await admin.post(`${webhook.page}/delete`, { csrf: "another" })).status).toBe(403);
  expect((await workspace.getWebhook(webhook.id)).id).toBe(webhook.id);
});
