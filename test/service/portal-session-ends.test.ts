import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { signedIn, type Visitor, visitor } from "../support/portal.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** What ends a visit to the portal, and that nothing but a stored session begins one. */

const ENCRYPTION_KEY = randomBytes(32).toString("base64");

interface Link {
  id: string;
  url: string;
  expires_at: string;
}

interface ListedLink {
  id: string;
  status: string;
  made_by: string | null;
  opened_at: string | null;
  session_ends_at: string | null;
}

let service: SpawnedService;
let admin: Api;
let acme: Workspace;
let webhook: string;

beforeAll(async () => {
  service = await spawnService({ vars: { ENCRYPTION_KEY } });
  admin = api(service.url, service.adminToken);
  acme = await newWorkspace(service, "Acme");
  webhook = (await acme.webhook({ url: "http://127.0.0.1:1/hook" })).id;
});

afterAll(() => service.stop());

const pathOf = ({ url }: Link): string => new URL(url).pathname;
const start = (workspace = acme) => `/portal/${workspace.id}/webhooks`;

async function maker(workspace = acme, more: object = {}) {
  const fields = { name: "Backend", scopes: ["read", "manage"], ...more };
  const made = dataOf(await workspace.call<{ data: { id: string; token: string } }>("POST", "/tokens", fields));
  const call = api(service.url, made.token);
  const link = async (body: object = {}) =>
    dataOf(await call<{ data: Link }>("POST", `${workspace.path}/portal-links`, body));
  return { ...made, call, link };
}

const adminLink = async (workspace = acme, body: object = {}) =>
  dataOf(await workspace.call<{ data: Link }>("POST", "/portal-links", body));

/** Somebody who has come by a link, and has seen his first page. */
async function guest(link: Link): Promise<Visitor> {
  const anna = visitor(service.url);
  const into = await anna.get(pathOf(link));
  expect(into.status).toBe(303);
  expect((await anna.get(into.location ?? "")).status).toBe(200);
  return anna;
}

const isIn = async (anna: Visitor, workspace = acme) => (await anna.get(start(workspace))).status === 200;

/** Whoever has ended a session was told that it takes up to 30 seconds in other isolates. */
const ended = (anna: Visitor, workspace = acme) =>
  eventually(
    () => isIn(anna, workspace),
    (inside) => !inside,
    { everyMs: 250 },
  );

describe("the token that made a link", () => {
  it("takes its sessions, and its links that nobody has opened, along when it is revoked", async () => {
    const { id, link } = await maker();
    const anna = await guest(await link());
    await anna.get(`/portal/${acme.id}/webhooks/${webhook}/settings`);
    const unopened = await link();
    expect((await acme.call("DELETE", `/tokens/${id}`)).status).toBe(204);
    await ended(anna);
    const pause = await anna.post(`/portal/${acme.id}/webhooks/${webhook}/pause`, {});
    expect([pause.status, pause.location]).toEqual([303, "/portal/sign-in"]);
    expect((await acme.getWebhook(webhook)).status).toBe("active");
    expect((await visitor(service.url).get(pathOf(unopened))).status).toBe(404);
  });

  it("ends its sessions and its links by its own end", async () => {
    const { link } = await maker(acme, { expires_in: 6 });
    const [opened, unopened] = [await link({ expires_in: 3600 }), await link({ expires_in: 3600 })];
    expect(Date.parse(unopened.expires_at)).toBeLessThanOrEqual(Date.now() + 6000);
    const anna = visitor(service.url);
    const into = await anna.get(pathOf(opened));
    expect(into.headers.getSetCookie()[0]).toMatch(/Max-Age=[0-6];/);
    await ended(anna);
    expect((await visitor(service.url).get(pathOf(unopened))).status).toBe(410);
  });
});

describe("signing out", () => {
  it.each(["the admin", "who has a token"])(
    "ends the session of %s: a copy of the cookie works no longer",
    async (who) => {
      const token = who === "the admin" ? service.adminToken : (await maker()).token;
      const anna = await signedIn(service.url, token);
      const copy = { cookie: anna.cookies() };
      const seen = async () => (await visitor(service.url).get(start(), copy)).status;
      expect(await seen()).toBe(200);
      expect((await anna.post("/portal/sign-out", {})).location).toBe("/portal/sign-in");
      expect(await eventually(seen, (status) => status === 303, { everyMs: 250 })).toBe(303);
    },
  );

  it("ends that of a guest by a link, who is told how he comes back, and is asked for no token", async () => {
    const { link } = await maker();
    const anna = await guest(await link());
    const copy = { cookie: anna.cookies() };
    expect((await anna.get(start())).text).toContain("Sign out");
    const { location } = await anna.post("/portal/sign-out", {});
    expect(location).toBe("/portal/signed-out");
    expect((await anna.get(location ?? "")).text).toContain("You are signed out");
    const seen = async () => (await visitor(service.url).get(start(), copy)).status;
    expect(await eventually(seen, (status) => status === 303, { everyMs: 250 })).toBe(303);
  });

  it("ends no other session of the same token", async () => {
    const { token } = await maker();
    const [anna, ben] = [await signedIn(service.url, token), await signedIn(service.url, token)];
    await anna.post("/portal/sign-out", {});
    expect(await isIn(ben)).toBe(true);
  });
});

describe("a cookie that somebody makes who knows the encryption key", () => {
  /** RFC 5869 by Node's own implementation, then a value and its HMAC as the portal's cookies have them. */
  function signed(text: string): string {
    const key = Buffer.from(hkdfSync("sha256", ENCRYPTION_KEY, "", "posthorn portal session", 32)).toString("hex");
    const signature = createHmac("sha256", key).update(text).digest("base64");
    return `posthorn_session=${encodeURIComponent(`${text}.${signature}`)}`;
  }
  const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const common = { csrf: "x".repeat(24), until: Date.now() + 10 * 365 * 86_400_000 };

  it.each([
    [
      "of a link that there is not",
      () => base64url({ kind: "link", link: "lnk_1", workspaceId: acme.id, scopes: ["read"], ...common }),
    ],
    ["of a session that there is not", () => `phs_${"A".repeat(43)}`],
  ])("%s opens nothing", async (_, text) => {
    const { status } = await visitor(service.url).get(start(), { cookie: signed(text()) });
    expect(status).toBe(303);
  });
});

describe("a workspace that is deleted", () => {
  it("ends the sessions of its links and tokens", async () => {
    const gone = await newWorkspace(service, "Gone");
    const anna = await guest(await adminLink(gone));
    const ben = await signedIn(service.url, (await maker(gone)).token);
    expect((await admin("DELETE", gone.path)).status).toBe(204);
    await ended(anna, gone);
    await ended(ben, gone);
  });
});

describe("links", () => {
  it("are listed, with what became of them and without what stands in them", async () => {
    const own = await newWorkspace(service, "Listed");
    const { id, call, link } = await maker(own);
    const unopened = await adminLink(own);
    const opened = await link({ session_seconds: 60 });
    await guest(opened);
    const list = await call<{ data: ListedLink[] }>("GET", `${own.path}/portal-links`);
    expect(dataOf(list)).toMatchObject([
      { id: opened.id, status: "in_use", made_by: id, opened_at: expect.any(String) },
      { id: unopened.id, status: "unopened", made_by: null, opened_at: null, session_ends_at: null },
    ]);
    expect(list.text).not.toContain("phl_");
    const first = await call<{ data: ListedLink[]; next_cursor: string }>("GET", `${own.path}/portal-links?limit=1`);
    expect(dataOf(first).map((each) => each.id)).toEqual([opened.id]);
    const rest = await call<{ data: ListedLink[] }>(
      "GET",
      `${own.path}/portal-links?limit=1&cursor=${first.json.next_cursor}`,
    );
    expect(dataOf(rest).map((each) => each.id)).toEqual([unopened.id]);
    const shown = await call<{ data: ListedLink }>("GET", `${own.path}/portal-links/${opened.id}`);
    const { opened_at, session_ends_at } = dataOf(shown);
    expect(Date.parse(session_ends_at ?? "") - Date.parse(opened_at ?? "")).toBe(60_000);
  });

  it("that are revoked open no more, and end the session that they began", async () => {
    const [opened, unopened] = [await adminLink(), await adminLink()];
    const anna = await guest(opened);
    for (const { id } of [opened, unopened]) {
      expect((await acme.call("DELETE", `/portal-links/${id}`)).status).toBe(204);
      expect((await acme.call("DELETE", `/portal-links/${id}`)).status).toBe(404);
    }
    await ended(anna);
    expect((await visitor(service.url).get(pathOf(unopened))).status).toBe(404);
    const log = await admin<{ data: object[] }>("GET", `/api/v1/audit-log?record=${unopened.id}`);
    expect(dataOf(log)).toMatchObject([
      { action: "portal_link.revoked", actor: { type: "admin" } },
      { action: "portal_link.created" },
    ]);
  });

  it("of another workspace are not there", async () => {
    const own = await newWorkspace(service, "Curious");
    const { call } = await maker(own);
    const theirs = await adminLink();
    for (const method of ["GET", "DELETE"]) {
      expect((await call(method, `${own.path}/portal-links/${theirs.id}`)).status).toBe(404);
    }
    await guest(theirs);
  });
});

describe("ending all sessions of a workspace", () => {
  it("ends those of links and tokens, takes the links away, and nobody else's", async () => {
    const own = await newWorkspace(service, "Ended");
    const { call, token } = await maker(own);
    const anna = await guest(await adminLink(own));
    const ben = await signedIn(service.url, token);
    const unopened = await adminLink(own);
    const theirs = await guest(await adminLink());
    const boss = await signedIn(service.url, service.adminToken);
    const answer = await call<{ data: { sessions: number; links: number } }>("POST", `${own.path}/portal-sessions/end`);
    expect(dataOf(answer)).toEqual({ sessions: 2, links: 1 });
    await ended(anna, own);
    await ended(ben, own);
    expect((await visitor(service.url).get(pathOf(unopened))).status).toBe(404);
    expect(await isIn(theirs)).toBe(true);
    expect(await isIn(boss)).toBe(true);
    expect(dataOf(await call<{ data: object[] }>("GET", `${own.path}/audit-log?limit=1`))).toMatchObject([
      { action: "portal_sessions.ended", record: String(own.id), actor: { type: "token" } },
    ]);
    // Tokens are good as before: who has one signs in again.
    await signedIn(service.url, token);
  });

  it("can be done in the portal, as can revoking a link", async () => {
    const own = await newWorkspace(service, "By hand");
    const boss = await signedIn(service.url, service.adminToken);
    const [first, second] = [await adminLink(own), await adminLink(own)];
    const anna = await guest(second);
    const pages = `/portal/${own.id}/settings/portal-links`;
    const list = await boss.get(pages);
    expect(list.text).toContain(first.id);
    expect(list.html).not.toContain("phl_");
    const revoked = await boss.post(`${pages}/${first.id}/revoke`, {});
    expect([revoked.status, revoked.location]).toEqual([303, `${pages}?done=link_revoked`]);
    expect((await boss.get(pages)).text).not.toContain(first.id);
    expect((await boss.get(`${pages}/end`)).text).toContain("End all sessions");
    expect((await boss.post(`${pages}/end`, {})).status).toBe(303);
    await ended(anna, own);
    expect(await isIn(boss, own)).toBe(true);
  });
});

describe("a link in a browser that is signed in", () => {
  it.each(["the admin", "who has a token", "a guest of another workspace"])("as %s asks first", async (who) => {
    const other = await newWorkspace(service, "Other");
    const link = await adminLink();
    const path = pathOf(link);
    const anna =
      who === "a guest of another workspace"
        ? await guest(await adminLink(other))
        : await signedIn(service.url, who === "the admin" ? service.adminToken : await other.token("read"));
    const copy = { cookie: anna.cookies() };
    const asked = await anna.get(path);
    expect(asked.status).toBe(200);
    expect(asked.text).toContain("You are signed in");
    expect(asked.headers.getSetCookie()).toEqual([]);
    expect(await isIn(anna, other)).toBe(true);
    // Nothing is done for a form of another page, or another site.
    for (const [fields, headers] of [
      [{ csrf: "x".repeat(24) }, {}],
      [{}, { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ] as const) {
      expect((await anna.post(path, fields, headers)).status).toBe(403);
    }
    await anna.get(path);
    const into = await anna.post(path, {});
    expect([into.status, into.location]).toEqual([303, start()]);
    expect(await isIn(anna)).toBe(true);
    // Whose session that was ended with it, as by signing out.
    const before = async () => (await visitor(service.url).get(start(other), copy)).status;
    expect(await eventually(before, (status) => status === 303, { everyMs: 250 })).toBe(303);
  });

  it("as a guest of the same workspace does not: products make one for each visit", async () => {
    const anna = await guest(await adminLink(acme, { scopes: ["read"] }));
    const into = await anna.get(pathOf(await adminLink()));
    expect([into.status, into.location]).toEqual([303, start()]);
    expect((await anna.get(start())).text).toContain("Add webhook");
  });

  it("says at once that it is used up, and asks nothing", async () => {
    const link = await adminLink();
    await guest(link);
    const boss = await signedIn(service.url, service.adminToken);
    expect((await boss.get(pathOf(link))).status).toBe(410);
    expect((await boss.get(`/portal/link/phl_${"A".repeat(43)}`)).status).toBe(404);
  });

  it("sent by a form without a session is opened as by its address", async () => {
    const path = pathOf(await adminLink());
    const anna = visitor(service.url);
    const led = await anna.post(path, {});
    expect([led.status, led.location]).toEqual([303, path]);
    expect((await anna.get(path)).location).toBe(start());
  });
});

describe("signing in", () => {
  it.each([
    "/portal/../api/v1/workspaces",
    "/portal/./../docs",
    "/portal/%2e%2e/api/v1/workspaces",
    "/portal/%2E%2E/%2e%2e/docs",
    "/portal/.%2e/docs",
    "/portal/../portal/../docs",
    "/portal/..\\docs",
    "/portal/webhooks/../../healthz?x=1",
    "/portal/..",
    `/portal?${"x".repeat(5000)}`,
  ])("leads to no %s", async (to) => {
    const into = await visitor(service.url).post("/portal/sign-in", { token: service.adminToken, to });
    expect([into.status, into.location]).toEqual([303, "/portal"]);
  });

  it("leads to where dots within the portal lead", async () => {
    const to = "/portal/1/../workspaces?search=a..b";
    const into = await visitor(service.url).post("/portal/sign-in", { token: service.adminToken, to });
    expect(into.location).toBe("/portal/workspaces?search=a..b");
  });
});
