import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, api } from "../support/api.ts";
import { signedIn, type Visitor, visitor } from "../support/portal.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** Getting into the portal, and what keeps others out. */

const FRAMING = "https://app.example.com";

let service: SpawnedService;
let admin: Api;
let acme: Workspace;
let other: Workspace;

beforeAll(async () => {
  service = await spawnService({ vars: { PORTAL_FRAME_ORIGINS: FRAMING } });
  admin = api(service.url, service.adminToken);
  acme = await newWorkspace(service, "Acme");
  other = await newWorkspace(service, "Other");
});

afterAll(() => service.stop());

type Token = { id: string; token: string };
const tokenWith = async (scopes: string[], more: object = {}) =>
  dataOf(await acme.call<{ data: Token }>("POST", "/tokens", { name: scopes.join("+"), scopes, ...more }));
const visitorWith = async (...scopes: string[]): Promise<Visitor> =>
  signedIn(service.url, (await tokenWith(scopes)).token);

describe("signing in", () => {
  it("leads the admin to the workspaces, and others to their own", async () => {
    const anna = await signedIn(service.url, service.adminToken);
    expect((await anna.get("/portal")).location).toBe("/portal/workspaces");
    const ben = await visitorWith("read");
    expect((await ben.get("/portal")).location).toBe(`/portal/${acme.id}/webhooks`);
  });

  it("is asked of who has not, and leads to where he wanted", async () => {
    const anna = visitor(service.url);
    const wanted = `/portal/${acme.id}/webhooks?status=active`;
    const refused = await anna.get(wanted);
    expect(refused.status).toBe(303);
    expect(refused.location).toBe(`/portal/sign-in?to=${encodeURIComponent(wanted)}`);
    const asked = await anna.get(refused.location ?? "");
    expect(asked.html).toContain(`value="${wanted}"`);
    const into = await anna.post("/portal/sign-in", { token: service.adminToken, to: wanted });
    expect([into.status, into.location]).toEqual([303, wanted]);
  });

  it.each([
    "https://evil.example/",
    "//evil.example/portal",
    "/portal//evil.example",
    "/\\evil.example",
    "/portal/..//evil.example",
    "/portal@evil.example",
    "javascript:alert(1)",
    "/api/v1/workspaces",
  ])("leads to nobody's %s", async (to) => {
    const asked = await visitor(service.url).get(`/portal/sign-in?to=${encodeURIComponent(to)}`);
    expect(asked.html).toContain('name="to" value="/portal"');
    const into = await visitor(service.url).post("/portal/sign-in", { token: service.adminToken, to });
    expect([into.status, into.location]).toEqual([303, "/portal"]);
  });

  it("says what is wrong with a token, and keeps nothing of it", async () => {
    const anna = visitor(service.url);
    for (const [token, complaint] of [
      ["", "Paste a token."],
      ["pht_wrong", "This token is not known, or was revoked."],
    ] as const) {
      const { status, text, html } = await anna.post("/portal/sign-in", { token });
      expect(status).toBe(401);
      expect(text).toContain(complaint);
      expect(html).not.toContain("pht_wrong");
    }
    const { id, token } = await tokenWith(["read"]);
    await acme.call("DELETE", `/tokens/${id}`);
    expect((await anna.post("/portal/sign-in", { token })).status).toBe(401);
    expect(anna.cookies()).toBe("");
  });

  it("keeps a cookie that no script reads and no other site sends, without the token in it", async () => {
    const { token } = await tokenWith(["read"]);
    const { headers } = await visitor(service.url).post("/portal/sign-in", { token });
    const [cookie = ""] = headers.getSetCookie();
    expect(cookie).toMatch(/^posthorn_session=[^;]+; Max-Age=43(200|199); Path=\/portal; HttpOnly; SameSite=Lax$/);
    expect(decodeURIComponent(cookie)).not.toContain(token);
  });

  it("ends by signing out", async () => {
    const anna = await visitorWith("read");
    const { status, location } = await anna.post("/portal/sign-out", {});
    expect([status, location]).toEqual([303, "/portal/sign-in"]);
    expect(anna.cookies()).toBe("");
    expect((await anna.get(`/portal/${acme.id}/webhooks`)).status).toBe(303);
  });

  it("ends when the token is revoked", async () => {
    const { id, token } = await tokenWith(["read"]);
    const anna = await signedIn(service.url, token);
    expect((await anna.get(`/portal/${acme.id}/webhooks`)).status).toBe(200);
    await acme.call("DELETE", `/tokens/${id}`);
    expect((await anna.get(`/portal/${acme.id}/webhooks`)).status).toBe(303);
  });

  it("is slowed down for who tries many", async () => {
    const from = { "cf-connecting-ip": "198.51.100.9" };
    const anna = visitor(service.url);
    let last = await anna.post("/portal/sign-in", { token: "guess" }, from);
    for (let n = 0; n < 60 && last.status !== 429; n++) {
      last = await anna.post("/portal/sign-in", { token: `guess ${n}` }, from);
    }
    expect(last.status).toBe(429);
    expect(last.text).toContain("Too many requests");
    // Others get in as before.
    await signedIn(service.url, service.adminToken);
  });

  it.each(["", "garbage", "e30.", "%E0%A4%A"])("is asked of who comes with the cookie %j", async (cookie) => {
    const anna = visitor(service.url);
    const answer = await anna.get("/portal/workspaces", { cookie: `posthorn_session=${cookie}` });
    expect([answer.status, answer.location]).toEqual([303, "/portal/sign-in?to=%2Fportal%2Fworkspaces"]);
  });
});

describe("a form", () => {
  it.each([
    ["without the session's token", { csrf: "" }, {}],
    ["with another's", { csrf: "x".repeat(24) }, {}],
    ["from another site", {}, { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["from a page that hides where it is", {}, { origin: "null", "sec-fetch-site": "cross-site" }],
  ])("%s is refused, and says what to do", async (_, fields, headers) => {
    const anna = await signedIn(service.url, service.adminToken);
    const answer = await anna.post("/portal/encryption", fields, headers);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("reload the page");
  });

  it("that is none is refused", async () => {
    const anna = await signedIn(service.url, service.adminToken);
    const headers = { cookie: anna.cookies(), "content-type": "application/json", origin: "https://evil.example" };
    const answer = await fetch(`${service.url}/portal/encryption`, { method: "POST", headers, body: "{}" });
    expect(answer.status).toBe(403);
  });

  it("of another site signs nobody in or out", async () => {
    const elsewhere = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const into = await visitor(service.url).post("/portal/sign-in", { token: service.adminToken }, elsewhere);
    expect([into.status, into.headers.getSetCookie()]).toEqual([403, []]);
    const anna = await visitorWith("read");
    await anna.post("/portal/sign-out", { csrf: "" });
    expect(anna.cookies()).toContain("posthorn_session=");
  });
});

describe("who has signed in with a token", () => {
  it("finds no page of another workspace", async () => {
    const anna = await visitorWith("read", "manage");
    for (const path of [`/portal/${other.id}/webhooks`, `/portal/${other.id}/audit-log`, "/portal/99999/webhooks"]) {
      expect((await anna.get(path)).status).toBe(404);
    }
  });

  it("sees no page that takes more, and no way to it", async () => {
    const anna = await visitorWith("read");
    for (const path of [`/portal/${acme.id}/tokens`, `/portal/${acme.id}/audit-log`, "/portal/workspaces"]) {
      expect((await anna.get(path)).status).toBe(403);
    }
    const { html } = await anna.get(`/portal/${acme.id}/webhooks`);
    for (const path of ["/tokens", "/audit-log", "/portal/workspaces", "/portal/encryption"]) {
      expect(html).not.toContain(path);
    }
  });
});

describe("a portal link", () => {
  type Link = { id: string; url: string; expires_at: string; session_seconds: number; scopes: string[] };
  const make = async (body?: object, call: Api = acme.call) =>
    dataOf(await call<{ data: Link }>("POST", "/portal-links", body));
  const pathOf = ({ url }: Link): string => new URL(url).pathname;

  it("opens the workspace's portal once, with its scopes", async () => {
    const before = Date.now();
    const link = await make();
    expect(link).toMatchObject({ id: expect.stringMatching(/^lnk_/), session_seconds: 43_200 });
    expect(link.scopes).toEqual(["read", "manage"]);
    expect(link.url).toMatch(new RegExp(`^${service.url}/portal/link/phl_[A-Za-z0-9_-]{43}$`));
    expect(Date.parse(link.expires_at) - before).toBeGreaterThanOrEqual(300_000);
    expect(Date.parse(link.expires_at)).toBeLessThanOrEqual(Date.now() + 300_000);

    const anna = visitor(service.url);
    const into = await anna.get(pathOf(link));
    expect([into.status, into.location]).toEqual([303, `/portal/${acme.id}/webhooks`]);
    const shown = await anna.get(into.location ?? "");
    expect(shown.status).toBe(200);
    expect(shown.text).toContain("Add webhook");
    expect((await anna.get(`/portal/${other.id}/webhooks`)).status).toBe(404);
    expect((await anna.get(`/portal/${acme.id}/tokens`)).status).toBe(403);

    const again = await visitor(service.url).get(pathOf(link));
    expect(again.status).toBe(410);
    expect(again.text).toContain("This link was used");
    expect(again.text).toContain("open the settings from there again");
    expect(again.headers.getSetCookie()).toEqual([]);

    // Who came by it may reload the page around the frame.
    const back = await anna.get(pathOf(link));
    expect([back.status, back.location]).toEqual([303, `/portal/${acme.id}/webhooks`]);
  });

  it("lets one in where many open it at once", async () => {
    const path = pathOf(await make());
    const opened = await Promise.all(Array.from({ length: 12 }, () => visitor(service.url).get(path)));
    expect(opened.map(({ status }) => status).toSorted()).toEqual([303, ...Array<number>(11).fill(410)]);
  });

  it("is not used up by who only looks", async () => {
    const path = pathOf(await make());
    expect((await fetch(service.url + path, { method: "HEAD" })).headers.getSetCookie()).toEqual([]);
    expect((await visitor(service.url).get(path, { "sec-purpose": "prefetch" })).status).toBe(503);
    // What browsers said before there was that header.
    for (const old of [{ purpose: "prefetch" }, { "x-moz": "prefetch" }, { "x-purpose": "preview" }]) {
      expect((await visitor(service.url).get(path, old)).status).toBe(503);
    }
    expect((await visitor(service.url).get(path)).status).toBe(303);
  });

  it("that nobody has made is not known", async () => {
    for (const token of ["x", `phl_${"A".repeat(43)}`]) {
      const { status, text } = await visitor(service.url).get(`/portal/link/${token}`);
      expect(status).toBe(404);
      expect(text).toContain("This link is not known");
    }
  });

  it("gives what is asked for, as long as that is asked for", async () => {
    const link = await make({ scopes: ["read"], session_seconds: 60, expires_in: 20 });
    expect(link).toMatchObject({ scopes: ["read"], session_seconds: 60 });
    const anna = visitor(service.url);
    const into = await anna.get(pathOf(link));
    expect(into.headers.getSetCookie()[0]).toMatch(/Max-Age=(60|59);/);
    expect((await anna.get(into.location ?? "")).text).not.toContain("Add webhook");
  });

  it.each<[object, string]>([
    [{ expires_in: 86_401 }, "expires_in"],
    [{ expires_in: 0 }, "expires_in"],
    [{ session_seconds: 43_201 }, "session_seconds"],
    [{ scopes: ["manage"] }, "scopes"],
    [{ scopes: ["read", "read"] }, "scopes"],
    [{ scopes: ["read", "admin"] }, "scopes.1"],
  ])("%j is refused", async (body, path) => {
    const answer = await acme.call<{ errors: { path: string }[] }>("POST", "/portal-links", body);
    expect([answer.status, answer.json.errors.map((error) => error.path)]).toEqual([422, [path]]);
  });

  it("gives nothing that its maker lacks", async () => {
    const { token } = await tokenWith(["read", "manage"]);
    const call: Api = (method, path, ...rest) => api(service.url, token)(method, acme.path + path, ...rest);
    expect((await make(undefined, call)).scopes).toEqual(["read", "manage"]);
    expect((await call("POST", "/portal-links", { scopes: ["read", "publish"] })).status).toBe(403);
    const manager = api(service.url, (await tokenWith(["manage"])).token);
    expect((await manager("POST", `${acme.path}/portal-links`)).status).toBe(403);
  });

  it("is told in the audit log, without what stands in it", async () => {
    const link = await make({ scopes: ["read", "manage"] });
    const answer = await admin<{ data: object[] }>("GET", `/api/v1/audit-log?record=${link.id}`);
    expect(dataOf(answer)).toMatchObject([{ action: "portal_link.created", actor: { type: "admin" } }]);
    expect(answer.text).not.toContain("phl_");
  });

  describe("in a frame", () => {
    const framed = { "sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site" };

    it("keeps a cookie for that site's frames, and is shown by who may", async () => {
      const anna = visitor(service.url);
      const into = await anna.get(pathOf(await make()), framed);
      expect(into.headers.getSetCookie()[0]).toMatch(/; HttpOnly; Secure; SameSite=None; Partitioned$/);
      const { headers } = await anna.get(into.location ?? "", framed);
      expect(headers.get("content-security-policy")).toMatch(/frame-ancestors https:\/\/app\.example\.com$/);
      expect(headers.has("x-frame-options")).toBe(false);
    });

    it("of the same site, or in a window, keeps the ordinary cookie", async () => {
      for (const headers of [{ ...framed, "sec-fetch-site": "same-site" }, { "sec-fetch-dest": "document" }]) {
        const into = await visitor(service.url).get(pathOf(await make()), headers);
        expect(into.headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Lax$/);
      }
    });

    it("says that the visit has ended, in place of the page to sign in", async () => {
      const { status, text, headers } = await visitor(service.url).get(`/portal/${acme.id}/webhooks`, framed);
      expect(status).toBe(401);
      expect(text).toContain("You are not signed in here");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors https://app.example.com");
    });

    it("nothing else is shown", async () => {
      const anna = await visitorWith("read");
      for (const page of [
        await anna.get(`/portal/${acme.id}/webhooks`, framed),
        await visitor(service.url).get("/portal/sign-in", framed),
      ]) {
        expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
        expect(page.headers.get("x-frame-options")).toBe("DENY");
      }
    });
  });
});

describe("the look", () => {
  it("is kept as somebody has chosen it", async () => {
    const anna = await visitorWith("read");
    const path = `/portal/${acme.id}/webhooks`;
    expect((await anna.get(path)).html).not.toContain("data-theme");
    const chosen = await anna.post("/portal/theme", { theme: "dark", back: path });
    expect([chosen.status, chosen.location]).toEqual([303, path]);
    expect((await anna.get(path)).html).toContain('data-theme="dark"');
    await anna.post("/portal/theme", { theme: "system", back: path });
    expect((await anna.get(path)).html).not.toContain("data-theme");
    const away = await anna.post("/portal/theme", { theme: "dark", back: "https://evil.example" });
    expect(away.location).toBe("/portal");
  });
});

it("the service's root leads browsers here, and tells programs where to go on", async () => {
  const browser = await visitor(service.url).get("/", { accept: "text/html,*/*;q=0.8" });
  expect([browser.status, browser.location]).toEqual([302, "/portal"]);
  const program = await fetch(service.url, { headers: { accept: "application/json" } });
  expect(await program.json()).toEqual({ data: { service: "Posthorn", openapi: "/openapi.json" } });
});

describe("a request that is no form", () => {
  it.each(["/portal/sign-in", "/portal/sign-out", "/portal/theme"])("is no failure of ours at %s", async (path) => {
    const headers = { origin: service.url, "content-type": "application/json" };
    const { status } = await fetch(service.url + path, { method: "POST", headers, body: "{}", redirect: "manual" });
    expect([303, 401]).toContain(status);
  });
});

describe("a change that a page makes", () => {
  it("bears the page's request id in the audit log", async () => {
    const made = await newWorkspace(service, "Traced");
    const { id } = await made.webhook({ url: "http://127.0.0.1:1/traced" });
    const me = await signedIn(service.url, await made.token("read", "manage"));
    const page = `/portal/${made.id}/webhooks/${id}`;
    await me.get(page);
    const { status, headers } = await me.post(`${page}/pause`, {});
    expect(status).toBe(303);
    const log = await made.call<{ data: { request_id: string }[] }>("GET", "/audit-log?action=webhook.updated");
    expect(dataOf(log).map(({ request_id }) => request_id)).toEqual([headers.get("x-request-id")]);
  });
});
