import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { signedIn, type Visitor } from "../support/portal.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** The list of webhooks, and the form that adds and edits one, as somebody without a script meets them. */

type Fields = Record<string, string | string[]>;

let service: SpawnedService;
let receiver: Receiver;
let acme: Workspace;
let admin: Visitor;
let reader: Visitor;
let here: string;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  acme = await newWorkspace(service, "Acme");
  here = `/portal/${acme.id}/webhooks`;
  admin = await signedIn(service.url, service.adminToken);
  const { token } = dataOf(
    await acme.call<{ data: { token: string } }>("POST", "/tokens", { name: "Reader", scopes: ["read"] }),
  );
  reader = await signedIn(service.url, token);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** What the API has of the newest webhook. */
const newest = async () => {
  type Stored = Record<string, unknown> & { id: string };
  const [first] = dataOf(await acme.call<{ data: Stored[] }>("GET", "/webhooks"));
  if (!first) throw new Error("There is no webhook");
  return first;
};
const decoded = (html: string) =>
  html
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
/** The attributes of a control, by its name and, of several, its value. */
const control = (html: string, name: string, value?: string) =>
  [...html.matchAll(/<(?:input|textarea)[^>]*>/g)]
    .map(([tag]) => tag)
    .find((tag) => tag.includes(`name="${name}"`) && (value === undefined || tag.includes(`value="${value}"`)));
const isChecked = (html: string, name: string, value: string) => / checked/.test(control(html, name, value) ?? "");

describe("the list", () => {
  it("of none says what a webhook is, and offers the first step to who may take it", async () => {
    const empty = await newWorkspace(service, "Empty");
    const { html } = await admin.get(`/portal/${empty.id}/webhooks`);
    expect(html).toContain("No webhook yet");
    expect(html).toContain(`href="/portal/${empty.id}/webhooks/new"`);
    const seen = await reader.get(here);
    expect(seen.html).toContain("No webhook yet");
    expect(seen.html).not.toContain("webhooks/new");
    expect(seen.html).toContain("scope manage");
  });

  it("tells how each is doing", async () => {
    const busy = await newWorkspace(service, "Busy");
    receiver.on("/fails", answer(500));
    const fine = await busy.webhook({
      url: `${receiver.url}/`,
      name: "Fine",
      events: ["ticket.*", "contact.*", "sla.*"],
    });
    const fails = await busy.webhook({ url: `${receiver.url}/fails`, events: ["ticket.deleted"], retry_policy: [] });
    const paused = await busy.webhook({
      ...{ url: `${receiver.url}/`, name: "Held", events: ["ticket.deleted"], status: "paused", dialect: "standard" },
    });
    await busy.publish({ event: "ticket.deleted", data: { id: 1 } });
    for (const { id } of [fine, fails]) {
      await eventually(
        () => busy.deliveries(id),
        ([row]) => row !== undefined && row.status !== "pending",
      );
    }
    await eventually(
      () => busy.deliveries(paused.id),
      (rows) => rows.length === 1,
    );
    const { html } = await admin.get(`/portal/${busy.id}/webhooks`);
    const row = (id: string) => new RegExp(`<tr id="row-${id}">.*?</tr>`, "s").exec(html)?.[0] ?? "";
    expect(row(fine.id)).toMatch(
      /Fine.*active.*ticket\.\*.*\+ 1.*gopimi.*Attempts in 24 hours: 1, failed: 0.*100 %.*<time/s,
    );
    expect(row(fails.id)).toMatch(/ticket\.deleted.*Attempts in 24 hours: 1, failed: 1.*0\.0 %.*never/s);
    expect(row(paused.id)).toMatch(/Held.*paused.*standard.*Attempts in 24 hours: 0.*–.*<td class="num">1<\/td>/s);
    expect(html).toMatch(/id="live"[^>]*hx-trigger="every 10s"/);
  });

  it("is nobody else's", async () => {
    const other = await newWorkspace(service, "Other");
    expect((await reader.get(`/portal/${other.id}/webhooks`)).status).toBe(404);
    expect((await admin.get("/portal/999999/webhooks/new")).status).toBe(404);
  });
});

describe("adding one", () => {
  it("is for who may manage", async () => {
    expect((await reader.get(`${here}/new`)).status).toBe(403);
    for (const path of ["/new", "/check-url", "/preview"]) {
      expect((await reader.post(here + path, { url: "https://a.example" })).status).toBe(403);
    }
    expect((await admin.post(`${here}/new`, { csrf: "made-up", url: receiver.url, which: "all" })).status).toBe(403);
  });

  it("offers the catalogue by groups, the dialects, and an example of a delivery", async () => {
    await acme.call("POST", "/event-types", { name: "order.paid", title: "Order paid" });
    const { html } = await admin.get(`${here}/new`);
    for (const pattern of ["order.paid", "order.*", "ticket.created", "ticket.*", "note_deletion"]) {
      expect(control(html, "event", pattern)).toBeDefined();
    }
    expect(html.split('value="ticket.created"')).toHaveLength(2);
    expect(isChecked(html, "dialect", "gopimi")).toBe(true);
    expect(html).toContain("x-gopimi-signature");
    expect(control(html, "verify_token")).toBeDefined();
  });

  it("gives back what was typed, but for a secret, with what is wrong beside it", async () => {
    const typed: Fields = {
      ...{
        url: "not a url",
        name: 'My "hook"',
        description: "<b>note",
        which: "some",
        event: ["ticket.created", "sla.*"],
      },
      ...{ custom: "order.*", dialect: "standard", secret_kind: "own", secret: "whsec_own-and-wrong" },
      ...{
        header_name: ["X-Tenant", ""],
        header_value: ["acme", ""],
        retries: "soon",
        timeout: "99",
        channels: "a, b",
      },
    };
    const { status, html } = await admin.post(`${here}/new`, typed);
    expect(status).toBe(422);
    const shown = decoded(html);
    for (const text of ["not a url", 'My "hook"', "<b>note", "order.*", "X-Tenant", "acme", "soon", "99", "a, b"]) {
      expect(shown).toContain(text);
    }
    expect(html).not.toContain("<b>note");
    expect(html).not.toContain("whsec_own-and-wrong");
    expect(isChecked(html, "event", "ticket.created") && isChecked(html, "event", "sla.*")).toBe(true);
    expect(isChecked(html, "event", "ticket.*")).toBe(false);
    expect(isChecked(html, "dialect", "standard") && isChecked(html, "secret_kind", "own")).toBe(true);
    expect(shown).toContain("A timeout is a time from 1 s to 30 s.");
    expect(control(html, "retries")).toContain('aria-invalid="true"');
  });

  it.each<[string, Fields, string]>([
    ["a target that is not allowed", { url: "ftp://a.example" }, "This is not an https:// URL."],
    ["a pattern that covers nothing", { custom: "tikket.*" }, "No event type matches tikket.*. The closest are"],
    ["a header that is reserved", { header_name: "Host", header_value: "x" }, "The name is reserved"],
    ["a secret of another form", { dialect: "standard", secret_kind: "own", secret: "abc" }, "A secret is whsec_"],
    ["an endpoint that does not pass", { dialect: "community", verify_token: "t" }, "did not pass"],
  ])("says of %s what the API says", async (_, fields, message) => {
    const sound = { url: `${receiver.url}/`, which: "some", event: "ticket.created", dialect: "gopimi" };
    const { status, html } = await admin.post(`${here}/new`, { ...sound, ...fields });
    expect(status).toBe(422);
    expect(decoded(html)).toContain(message);
  });

  it("shows the secret once, and code that verifies what comes", async () => {
    const seen = await admin.post(`${here}/new`, {
      ...{ url: `${receiver.url}/added`, name: "Added", which: "some", event: ["ticket.*", "ticket.created"] },
      ...{
        custom: "cases.tasks.*",
        dialect: "platform",
        secret_kind: "generated",
        retries: "30 s, 2 min",
        timeout: "2.5",
      },
      ...{
        header_name: ["X-Tenant", ""],
        header_value: ["acme", ""],
        channels: "",
        verify_token: "not of this dialect",
      },
      ...{ concurrency: "4", disabling: "own", probes: "20", silence: "2 d" },
    });
    expect(seen.status).toBe(201);
    expect(seen.headers.get("cache-control")).toContain("no-store");
    const stored = await newest();
    expect(stored).toMatchObject({
      ...{ url: `${receiver.url}/added`, name: "Added", events: ["ticket.*", "cases.tasks.*"], dialect: "platform" },
      ...{ retry_policy: [30, 120], timeout_ms: 2500, headers: { "X-Tenant": "acme" }, channels: [] },
      ...{ max_concurrency: 4, disable_after: { failures: 20, seconds: 172_800 } },
    });
    const own = `${here}/${stored.id}`;
    expect(seen.html).toContain(`data-replace-url="${own}"`);
    expect(seen.html).toContain(`action="${own}/test"`);
    for (const text of ["createHmac", "hash_hmac", "hmac.new", "hmac.Equal", "x-webhook-signature"]) {
      expect(seen.html).toContain(text);
    }
    const secret = /aria-label="Copy the secret"/.test(seen.html) && /data-copy="([0-9a-f]{64})"/.exec(seen.html)?.[1];
    await acme.publish({ event: "ticket.closed", data: {} });
    const [request] = await receiver.waitFor((all) => all.some(({ path }) => path === "/added"));
    const added = receiver.requests.find(({ path }) => path === "/added") ?? request;
    const digest = createHmac("sha256", String(secret))
      .update(added?.body ?? "")
      .digest("hex");
    expect(added?.headers["x-webhook-signature"]).toBe(`sha256=${digest}`);
  });

  it("takes no secret where none is wanted", async () => {
    const fields = { url: `${receiver.url}/`, which: "all", dialect: "platform", secret_kind: "none" };
    const { status, html } = await admin.post(`${here}/new`, fields);
    expect(status).toBe(201);
    expect(html).toContain("its requests are not signed");
    expect(await newest()).toMatchObject({ events: ["*"], name: null });
  });

  it("keeps what was typed where the plan has no room", async () => {
    const small = await newWorkspace(service, "Small");
    const plan = await acme.call("GET", "/usage");
    expect(plan.status).toBe(200);
    const { status } = await fetch(`${service.url}${small.path}`, {
      method: "PATCH",
      headers: { Authorization: `Bearer ${service.adminToken}`, "Content-Type": "application/json" },
      body: JSON.stringify({ plan: "free" }),
    });
    expect(status).toBe(200);
    const fields = { url: `${receiver.url}/mine`, which: "all", dialect: "gopimi" };
    let seen = await admin.post(`/portal/${small.id}/webhooks/new`, fields);
    for (let tries = 0; seen.status === 201 && tries < 100; tries++) {
      seen = await admin.post(`/portal/${small.id}/webhooks/new`, fields);
    }
    expect(seen.status).toBe(403);
    expect(seen.html).toContain(`value="${receiver.url}/mine"`);
  });
});

describe("while typing", () => {
  const script = { "HX-Request": "true" };

  it.each([
    ["ftp://a.example", "This is not an https:// URL."],
    [`https://a.example/${"a".repeat(2000)}`, "A URL has at most 2000 characters"],
    ["", 'class="hint"'],
  ])("a URL is judged as the API would: %.30s", async (url, verdict) => {
    const { html } = await admin.post(`${here}/check-url`, { url }, script);
    expect(html).toContain(verdict);
    expect(html).not.toContain("Looks good");
    expect(html).not.toContain("<html");
  });

  it("a URL looks good only when the guard has passed it", async () => {
    expect((await admin.post(`${here}/check-url`, { url: `${receiver.url}/` }, script)).html).toContain("Looks good");
  });

  it.each([
    ["gopimi", "sla.*", "sla.first_response_breached", '"event"', "x-gopimi-signature"],
    ["platform", "ticket.*", "ticket.created", '"eventType"', "x-webhook-signature"],
    ["cases", "cases.tasks.*", "cases.tasks.created", '"type"', "webhook-signature"],
    ["standard", "order.*", "order.paid", '"type"', "webhook-signature"],
  ])("a delivery of %s for %s is shown as it would be", async (dialect, custom, type, key, header) => {
    const typed = {
      dialect,
      which: "some",
      custom,
      url: "https://a.example/in",
      header_name: "X-A",
      header_value: "1",
    };
    const { html } = await admin.post(`${here}/preview`, typed, script);
    const text = decoded(html.replaceAll(/<[^>]+>/g, ""));
    expect(text).toContain("POST https://a.example/in");
    for (const part of [type, key, `${header}: `, "X-A: 1", "content-type: application/json"]) {
      expect(text).toContain(part);
    }
  });

  it("what is asked before is shown, and that nothing is signed", async () => {
    const typed = { dialect: "community", which: "all", secret_kind: "none", verify_token: "mine" };
    const { html } = await admin.post(`${here}/preview`, typed, script);
    expect(decoded(html)).toMatch(/GET https:\/\/your-app\.example\/webhooks\?challenge=\d{10}&verifyToken=mine/);
    expect(html).toContain("Without a secret there is no signature");
  });
});

describe("editing one", () => {
  let id: string;
  beforeAll(async () => {
    const webhook = await acme.webhook({
      ...{ url: `${receiver.url}/edit`, name: "Before", events: ["ticket.*", "cases.tasks.*"], timeout_ms: 5000 },
      ...{ headers: { Authorization: "Bearer hidden", "X-Tenant": "acme" }, channels: ["east"], description: "Mine" },
    });
    id = webhook.id;
  });
  const typed: Fields = {
    ...{ name: "After", description: "Mine", which: "some", event: "ticket.*", custom: "cases.tasks.*" },
    ...{ header_mode: "keep", retries: "", timeout: "5 s", channels: "east", dialect: "standard" },
  };
  const url = () => `${receiver.url}/edit`;

  it("is for who may manage, and of one that is there", async () => {
    expect((await reader.get(`${here}/${id}/edit`)).status).toBe(403);
    expect((await reader.post(`${here}/${id}/edit`, typed)).status).toBe(403);
    expect((await admin.get(`${here}/wh_none/edit`)).status).toBe(404);
    const other = await newWorkspace(service, "Elsewhere");
    expect((await admin.get(`/portal/${other.id}/webhooks/${id}/edit`)).status).toBe(404);
  });

  it("shows what it has, and hides credentials", async () => {
    const { html } = await admin.get(`${here}/${id}/edit`);
    expect(control(html, "url")).toContain(`value="${url()}"`);
    expect(isChecked(html, "event", "ticket.*")).toBe(true);
    expect(control(html, "custom")).toContain("cases.tasks.*");
    expect(html).toContain("Authorization: ••••");
    expect(html).not.toContain("Bearer hidden");
    expect(control(html, "timeout")).toContain('value="5 s"');
    expect(html).not.toContain('type="radio" name="dialect"');
  });

  it("changes what was changed, and keeps headers, dialect and the rest", async () => {
    const seen = await admin.post(`${here}/${id}/edit`, {
      ...typed,
      url: url(),
      header_name: "X-No",
      header_value: "1",
    });
    expect([seen.status, seen.location]).toEqual([303, `${here}/${id}?done=saved`]);
    expect(await acme.getWebhook(id)).toMatchObject({
      ...{ name: "After", dialect: "gopimi", headers: { Authorization: "••••", "X-Tenant": "acme" } },
      ...{ events: ["ticket.*", "cases.tasks.*"], timeout_ms: 5000, retry_policy: [30, 120, 480, 1920, 7680] },
    });
    await acme.publish({ event: "ticket.closed", data: {}, channels: ["east"] });
    const requests = await receiver.waitFor((all) => all.some(({ path }) => path === "/edit"));
    expect(requests.find(({ path }) => path === "/edit")?.headers.authorization).toBe("Bearer hidden");
  });

  it("sets how much is sent at once and when failures disable it, and takes that back", async () => {
    const edit = (fields: Fields) => admin.post(`${here}/${id}/edit`, { ...typed, url: url(), ...fields });
    const settings = async () => {
      const { max_concurrency, disable_after } = await acme.getWebhook(id);
      return { max_concurrency, disable_after };
    };
    const limits = { concurrency: "7", disabling: "own", probes: "3", silence: "" };
    expect((await edit(limits)).status).toBe(303);
    expect(await settings()).toEqual({ max_concurrency: 7, disable_after: { failures: 3, seconds: 0 } });
    const { html } = await admin.get(`${here}/${id}/edit`);
    expect(control(html, "concurrency")).toContain('value="7"');
    expect(control(html, "probes")).toContain('value="3"');
    expect(html).toContain("The dialect&#39;s: after 10 failed probes and 5 d without a success");
    expect((await edit({ ...limits, disabling: "never" })).status).toBe(303);
    expect((await settings()).disable_after).toBeNull();
    const wrong = await edit({ ...limits, concurrency: "1001", probes: "many", silence: "soon" });
    expect(wrong.status).toBe(422);
    for (const name of ["concurrency", "probes", "silence"]) {
      expect(control(wrong.html, name), name).toContain('aria-invalid="true"');
    }
    expect((await edit({})).status).toBe(303);
    expect(await settings()).toEqual({ max_concurrency: null, disable_after: { failures: 10, seconds: 432_000 } });
  });

  it("replaces all headers at once, and wants every value", async () => {
    const replace = { ...typed, url: url(), header_mode: "replace", header_name: ["Authorization", "X-Tenant"] };
    const refused = await admin.post(`${here}/${id}/edit`, { ...replace, header_value: ["", "other"] });
    expect(refused.status).toBe(422);
    expect(refused.html).toContain("Give a value, or clear the name.");
    const seen = await admin.post(`${here}/${id}/edit`, { ...replace, header_value: ["Bearer new", "other"] });
    expect(seen.status).toBe(303);
    expect(await acme.getWebhook(id)).toMatchObject({ headers: { Authorization: "••••", "X-Tenant": "other" } });
  });

  it("clears what was emptied, and says what is wrong", async () => {
    const seen = await admin.post(`${here}/${id}/edit`, { ...typed, url: url(), name: "", timeout: "", channels: "" });
    expect(seen.status).toBe(303);
    expect(await acme.getWebhook(id)).toMatchObject({ name: null, timeout_ms: 10_000, channels: [] });
    const wrong = await admin.post(`${here}/${id}/edit`, { ...typed, url: "ftp://a.example", name: "Kept" });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toContain("This is not an https:// URL.");
    expect(control(wrong.html, "name")).toContain('value="Kept"');
  });
});
