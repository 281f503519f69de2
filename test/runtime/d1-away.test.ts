import { env, exports } from "cloudflare:workers";
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { routes } from "../../src/api/app.ts";
import { PATIENCE } from "../../src/config/away.ts";
import { soon } from "../support/soon.ts";
import { hanging, refusing } from "./d1.ts";
import { api } from "./service.ts";

/** D1 is one for all, and stalls of seconds to minutes happen. What was known goes on; the rest says to come again. */

const HOUR = 3_600_000;
const SECRET = "a-secret-that-github-has";

let now = Date.UTC(2026, 2, 26, 14, 30);
let workspace: number;
let tokenId: string;
let token: string;
let callbackUrl: string;

// The clock is the test's.
beforeEach(async () => {
  now += 10 * HOUR;
  vi.useFakeTimers({ toFake: ["Date"], now });
  vi.spyOn(console, "error").mockImplementation(() => {});
  ({ id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme" }));
  ({ id: tokenId, token } = await newToken());
  const account = { provider: "github", name: "g", credentials: { secret: SECRET } };
  const source = await api<{ callback_url: string }>("POST", `/workspaces/${workspace}/sources`, account);
  callbackUrl = source.callback_url;
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  // No test begins with an isolate that still takes D1 for away.
  await soon(async () => {
    vi.setSystemTime(Date.now() + 1000);
    expect((await exports.default.fetch("https://posthorn.example/healthz")).status).toBe(200);
  });
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const newToken = () =>
  api<{ id: string; token: string }>("POST", `/workspaces/${workspace}/tokens`, {
    name: "t",
    scopes: ["publish", "read", "manage"],
  });

const call = (method: string, path: string, body?: unknown, by = token) =>
  exports.default.fetch(`https://posthorn.example${path}`, {
    method,
    headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const publish = async (by = token, event = "ticket.created") =>
  (await call("POST", `/api/v1/workspaces/${workspace}/events`, { event, data: {} }, by)).status;

let deliveries = 0;
async function callBack(): Promise<number> {
  const body = JSON.stringify({ zen: "Keep it logically awesome." });
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  const headers = { "x-hub-signature-256": `sha256=${signature}`, "x-github-event": "ping" };
  const named = { ...headers, "x-github-delivery": `d-${deliveries++}`, "content-type": "application/json" };
  return (await exports.default.fetch(callbackUrl, { method: "POST", headers: named, body })).status;
}

const AWAY = [
  ["refuses", refusing],
  ["stands still", hanging],
] as const;

async function expectAway(answer: Response, what: string): Promise<void> {
  expect(answer.status, what).toBe(503);
  expect(answer.headers.get("content-type"), what).toBe("application/problem+json");
  expect(Number(answer.headers.get("retry-after")), what).toBeGreaterThan(0);
  expect(await answer.json(), what).toMatchObject({ code: "unavailable", status: 503 });
}

describe.each(AWAY)("while D1 %s", (_, away) => {
  it("publishing goes on for an hour from what was known, by a workspace's token and by the admin's", async () => {
    expect([await publish(), await publish(env.ADMIN_TOKEN)]).toEqual([202, 202]);
    away();
    for (const after of [0, 31_000, HOUR - 1]) {
      vi.setSystemTime(now + after);
      expect([await publish(), await publish(env.ADMIN_TOKEN)], `${after}`).toEqual([202, 202]);
    }
    vi.setSystemTime(now + HOUR);
    expect([await publish(), await publish(env.ADMIN_TOKEN)]).toEqual([503, 503]);
  });

  it("the rules that were known go on, too: the plan's limit, and the schemas of types", async () => {
    const schema = { type: "object", required: ["id"] };
    await api("POST", `/workspaces/${workspace}/event-types`, { name: "order.sent", schema });
    expect(await publish(token, "order.sent")).toBe(422);
    away();
    vi.setSystemTime(now + 31_000);
    expect(await publish(token, "order.sent")).toBe(422);
    expect(await publish()).toBe(202);
  });

  it("callbacks of sources that are known are taken, and others are to come again", async () => {
    expect(await callBack()).toBe(200);
    away();
    vi.setSystemTime(now + HOUR - 1);
    expect(await callBack()).toBe(200);
    const unknown = callbackUrl.replace(/src_.{5}/, "src_00000");
    await expectAway(await exports.default.fetch(unknown, { method: "POST", body: "{}" }), "a source");
    vi.setSystemTime(now + HOUR);
    expect(await callBack()).toBe(503);
  });

  it("a token that was never seen is not called unknown", async () => {
    await publish();
    away();
    await expectAway(await call("GET", "/api/v1/workspaces/1", undefined, `pht_${"x".repeat(43)}`), "a token");
  });

  it("a token that was revoked here stays so", async () => {
    expect(await publish()).toBe(202);
    await api("DELETE", `/workspaces/${workspace}/tokens/${tokenId}`);
    away();
    expect(await publish()).toBe(503);
  });

  it("one whose revocation D1 did not answer is no longer let in by what was known", async () => {
    const { id, token: other } = await newToken();
    expect(await publish(other)).toBe(202);
    away();
    await expectAway(
      await call("DELETE", `/api/v1/workspaces/${workspace}/tokens/${id}`, undefined, env.ADMIN_TOKEN),
      "",
    );
    expect(await publish(other)).toBe(503);
    expect(await publish()).toBe(503);
  });

  it("all is as before once it is back", async () => {
    await publish();
    away();
    vi.setSystemTime(now + 31_000);
    await publish();
    vi.restoreAllMocks();
    vi.setSystemTime(now + 32_000);
    expect((await call("GET", `/api/v1/workspaces/${workspace}/webhooks`)).status).toBe(200);
    const { token: made } = await newToken();
    expect(await publish(made)).toBe(202);
  });

  it("pages say so readably", async () => {
    const form = new URLSearchParams({ token: env.ADMIN_TOKEN, to: `/portal/${workspace}/webhooks` });
    const signedIn = await exports.default.fetch("https://posthorn.example/portal/sign-in", {
      method: "POST",
      headers: { origin: "https://posthorn.example", "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
      redirect: "manual",
    });
    const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const visit = (path: string) =>
      exports.default.fetch(`https://posthorn.example${path}`, { headers: { cookie }, redirect: "manual" });
    const pages = ["/portal", "/portal/workspaces", `/portal/${workspace}/webhooks`, `/portal/${workspace}/sources`];
    expect((await visit(`/portal/${workspace}/webhooks`)).status).toBe(200);
    away();
    // Whoever was seen a moment ago, and whoever was not.
    for (const after of [0, 31_000]) {
      vi.setSystemTime(now + after);
      for (const path of pages.slice(after === 0 ? 1 : 0)) {
        const page = await visit(path);
        expect(page.status, path).toBe(503);
        expect(page.headers.get("content-type"), path).toContain("text/html");
        expect(Number(page.headers.get("retry-after")), path).toBeGreaterThan(0);
        expect(await page.text(), path).toContain("Wait a moment, then reload the page.");
      }
    }
  });
});

it("who comes while D1 stands still waits for it once a second at most; the others go on at once", async () => {
  await publish();
  const asked = hanging();
  vi.setSystemTime(now + 31_000);
  await publish();
  const first = asked();
  for (let n = 0; n < 10; n++) expect(await publish()).toBe(202);
  expect(await callBack()).toBe(503);
  expect(asked()).toBe(first);
  vi.setSystemTime(now + 32_000);
  for (let n = 0; n < 10; n++) expect(await publish()).toBe(202);
  expect(asked()).toBe(first + 1);
});

it("who has something to go by waits less, and all of it is less than a client waits", () => {
  expect(PATIENCE).toEqual({ known: 1500, lookUp: 5000, query: 15_000 });
});

/** What each operation takes that has a body; those that are not here take none, or an empty one. */
const BODIES: Record<string, unknown> = {
  "post /api/v1/workspaces": { name: "x" },
  "patch /api/v1/workspaces/{workspace}": { name: "x" },
  "post /api/v1/workspaces/{workspace}/tokens": { name: "x", scopes: ["read"] },
  "post /api/v1/workspaces/{workspace}/webhooks": { url: "http://127.0.0.1:1/", events: ["*"] },
  "patch /api/v1/workspaces/{workspace}/webhooks/{webhook}": { name: "x" },
  "post /api/v1/workspaces/{workspace}/webhooks/{webhook}/replay": { since: "2026-03-26T00:00:00Z" },
  "post /api/v1/workspaces/{workspace}/surveys/{survey}/webhooks": { url: "http://127.0.0.1:1/" },
  "patch /api/v1/workspaces/{workspace}/surveys/{survey}/webhooks/{webhook}": { name: "x" },
  "post /api/v1/workspaces/{workspace}/event-types": { name: "order.sent" },
  "patch /api/v1/workspaces/{workspace}/event-types/{name}": { title: "x" },
  "post /api/v1/workspaces/{workspace}/sources": { provider: "github", name: "g", credentials: { secret: SECRET } },
  "patch /api/v1/workspaces/{workspace}/sources/{source}": { name: "x" },
  "post /v2.3/webhooks/endpoints": { url: "http://127.0.0.1:1/", events: ["case.created"] },
  "patch /v2.3/webhooks/endpoints/{webhookId}": { description: "x" },
};

/** These need nothing of D1 that is not known: the events themselves, and what is the same for everybody. */
const WITHOUT_D1 = [
  "post /api/v1/workspaces/{workspace}/events",
  "get /api/v1/workspaces/{workspace}/events",
  "get /openapi.json",
  "get /",
];

describe.each(AWAY)("while D1 %s, an operation that needs it says so: ", (_, away) => {
  const needing = routes.filter(({ method, path }) => !WITHOUT_D1.includes(`${method} ${path}`));

  it.each(needing.map((route) => [`${route.method} ${route.path}`, route] as const))("%s", async (name, route) => {
    const names: Record<string, string> = {
      workspace: `${workspace}`,
      delivery: "019d2a1c-6f80-7000-8000-001000000001",
      provider: "github",
      source: "src_01KM5QRAN0AKX5DS99AJREKXVH",
      survey: "survey-1",
    };
    const published = await call("POST", `/api/v1/workspaces/${workspace}/events`, { event: "order.sent", data: {} });
    names.event = (await published.json<{ data: { id: string } }>()).data.id;
    const path = route.path.replaceAll(
      /\{(\w+)\}/g,
      (_all, key: string) => names[key] ?? "wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3",
    );
    const query = path.endsWith("stats") ? "?period=24h" : "";
    // Known are who asks, and that the workspace is there: no more.
    await call("GET", `/api/v1/workspaces/${workspace}`);
    await call("GET", `/api/v1/workspaces/${workspace}`, undefined, env.ADMIN_TOKEN);
    away();
    vi.setSystemTime(now + HOUR / 2);
    const body = BODIES[name] ?? (route.body ? {} : undefined);
    const by = route.workspaceFrom === "token" ? token : env.ADMIN_TOKEN;
    await expectAway(await call(route.method.toUpperCase(), path + query, body, by), name);
  });
});
