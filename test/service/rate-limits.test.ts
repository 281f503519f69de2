import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { signedIn } from "../support/portal.ts";
import { startRateLimited } from "../support/rate-limited.ts";
import type { Problem } from "../support/refusal.ts";
import { createSource } from "../support/sources.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** Units of 20 requests in ten seconds; unknown things of one address in a minute. */
const LIMITS = { TOKEN_REQUESTS: 2, SOURCE_REQUESTS: 2, FAILURES: 5 };
/** In a minute. */
const CHANGES = 10;

type RateLimited = Awaited<ReturnType<typeof startRateLimited>>;

let service: RateLimited;
let workspace: Workspace;

beforeAll(async () => {
  service = await startRateLimited(LIMITS);
  workspace = await newWorkspace(service);
});

afterAll(() => service.stop());

const newToken = async (scopes = ["read"]): Promise<string> =>
  dataOf(await workspace.call<{ data: { token: string } }>("POST", "/tokens", { name: "t", scopes })).token;

const read = (token: string, address?: string) =>
  api(service.url, token)<Problem>(
    "GET",
    `${workspace.path}/webhooks`,
    undefined,
    address ? { "cf-connecting-ip": address } : {},
  );

/** A token of the right form that nobody has. */
const unknownToken = () => `pht_${randomBytes(32).toString("base64url")}`;

/** Asks until the answer is one of that status. @returns it, and how many came before */
async function until(status: number, ask: () => Promise<Response>, atMost = 500) {
  for (let before = 0; before < atMost; before++) {
    const answer = await ask();
    if (answer.status === status) return { answer, before };
    await answer.body?.cancel();
  }
  throw new Error(`${atMost} requests, and none was answered ${status}`);
}

const retryAfter = (headers: Headers): number => Number(headers.get("retry-after"));

describe("a token that asks too often", () => {
  it("is answered 429 with the time to come again; others are not", async () => {
    const [busy, other] = [await newToken(), await newToken()];
    const headers = { authorization: `Bearer ${busy}` };
    const { answer, before } = await until(429, () => fetch(`${service.url}${workspace.path}/webhooks`, { headers }));
    // Two units of 20 may pass, and the third is refused; more only where the ten seconds begin anew in the middle.
    expect(before).toBeGreaterThanOrEqual(60);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ status: 429, code: "rate_limited" });
    expect(retryAfter(answer.headers)).toBeGreaterThanOrEqual(1);
    expect(retryAfter(answer.headers)).toBeLessThanOrEqual(10);
    expect((await read(other)).status).toBe(200);
    const served = await eventually(
      () => read(busy),
      ({ status }) => status === 200,
      { everyMs: 500 },
    );
    expect(served.status).toBe(200);
  });
});

describe("a browser that asks too often", () => {
  it("is shown a page that says to wait, as its token is", async () => {
    const me = await signedIn(service.url, await newToken());
    const headers = { cookie: me.cookies() };
    const page = `${service.url}/portal/${workspace.id}/webhooks`;
    const { answer } = await until(429, () => fetch(page, { headers }));
    expect(await answer.text()).toContain("Wait a moment, then reload the page.");
  });
});

describe("a source that is called too often", () => {
  it.each([
    ["github", { secret: "s" }, {}, 429, "rate_limited"],
    // A 4xx would be the end of the mail.
    ["sendgrid-inbound-parse", {}, { allow_unsigned: true }, 503, "unavailable"],
  ])("has %s come again later", async (provider, credentials, options, status, code) => {
    const [busy, other] = [
      await createSource(workspace, provider, credentials, options),
      await createSource(workspace, provider, credentials, options),
    ];
    const call = (url: string) => fetch(url, { method: "POST", body: "{}" });
    const { answer, before } = await until(status, () => call(busy.callback_url));
    expect(before).toBeGreaterThanOrEqual(60);
    expect(await answer.json()).toMatchObject({ status, code });
    expect(retryAfter(answer.headers)).toBeGreaterThanOrEqual(1);
    expect((await call(other.callback_url)).status).not.toBe(status);
  });
});

describe("an address that tries tokens", () => {
  it("is answered 401 for the first of them and 429 for what follows", async () => {
    const address = "198.51.100.1";
    const statuses: number[] = [];
    for (let n = 0; n < 40; n++) statuses.push((await read(unknownToken(), address)).status);
    // Five a minute, and the minute may begin anew in between.
    const refused = statuses.indexOf(429);
    expect(refused).toBeGreaterThanOrEqual(5);
    expect(refused).toBeLessThanOrEqual(10);
    expect(statuses.slice(0, refused)).toEqual(Array(refused).fill(401));
    // One a second is looked up all the same: of those that come at once, nearly none.
    const burst = await Promise.all(Array.from({ length: 40 }, () => read(unknownToken(), address)));
    const limited = burst.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(burst.length / 2);
    for (const { json, headers } of limited) {
      expect(json).toMatchObject({ code: "rate_limited" });
      expect(retryAfter(headers)).toBeGreaterThanOrEqual(1);
      expect(retryAfter(headers)).toBeLessThanOrEqual(60);
    }
  });

  it("does not lock out the tokens that are known behind it, nor for long one that is new there", async () => {
    const address = "198.51.100.2";
    const [known, unheard] = [await newToken(), await newToken()];
    expect((await read(known, address)).status).toBe(200);
    await until(429, () =>
      fetch(`${service.url}${workspace.path}/webhooks`, {
        headers: { authorization: `Bearer ${unknownToken()}`, "cf-connecting-ip": address },
      }),
    );
    for (let n = 0; n < 10; n++) expect((await read(known, address)).status).toBe(200);
    await eventually(
      () => read(unheard, address),
      ({ status }) => status === 200,
      { everyMs: 200 },
    );
    expect((await read(unknownToken(), address)).status).toBe(429);
  });

  it("is one address with all of its IPv6 network, and no other", async () => {
    let host = 0;
    await until(429, async () =>
      fetch(`${service.url}${workspace.path}/webhooks`, {
        headers: { authorization: `Bearer ${unknownToken()}`, "cf-connecting-ip": `2001:db8:0:1::${++host}` },
      }),
    );
    expect((await read(unknownToken(), "2001:db8:0:2::1")).status).toBe(401);
  });

  it("may repeat one that is not known some more, as a program does that nobody has told of its revocation", async () => {
    const revoked = unknownToken();
    for (let n = 0; n < 60; n++) expect((await read(revoked, "198.51.100.3")).status).toBe(401);
  });

  it("learns the same of a guess that is right in another workspace as of one that is wrong", async () => {
    const other = await newWorkspace(service);
    const address = "198.51.100.4";
    const foreign = dataOf(
      await other.call<{ data: { token: string } }>("POST", "/tokens", { name: "t", scopes: ["read"] }),
    ).token;
    const at = `${service.url}${workspace.path}/webhooks`;
    const ask = (token: string) =>
      fetch(at, { headers: { authorization: `Bearer ${token}`, "cf-connecting-ip": address } });
    await until(429, () => ask(unknownToken()));
    // Unseen, all of them, where the one look-up of the second was spent before.
    const told = await eventually(
      async () => {
        const answers = await Promise.all([ask(unknownToken()), ask(foreign), ask(unknownToken())]);
        return Promise.all(answers.map(async (answer) => [answer.status, ((await answer.json()) as Problem).code]));
      },
      (seen) => seen.every(([status]) => status === 429),
    );
    expect(told).toEqual(Array(3).fill([429, "rate_limited"]));
  });
});

describe("an address that tries sources", () => {
  it("is answered 404 for the first of them and 429 for what follows, but for those that are known", async () => {
    const source = await createSource(workspace, "github", { secret: "s" });
    const address = "198.51.100.5";
    const call = (url: string) => fetch(url, { method: "POST", body: "{}", headers: { "cf-connecting-ip": address } });
    expect((await call(source.callback_url)).status).toBe(401);
    const guess = () => {
      const digits = Array.from(randomBytes(10), (byte) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte % 32]).join("");
      return call(`${service.url}/in/github/src_01KMN3V4W5X6Y7Z8${digits}`);
    };
    expect((await guess()).status).toBe(404);
    const { before } = await until(429, guess);
    expect(before).toBeLessThanOrEqual(10);
    expect((await call(source.callback_url)).status).toBe(401);
  });
});

describe("a workspace that is changed too often", () => {
  let counting: RateLimited;
  let own: Workspace;
  const tokenOf = async (of: Workspace) => of.token("read", "manage", "publish");
  const change = (token: string, of: Workspace) =>
    api(counting.url, token)<Problem>("POST", `${of.path}/portal-links`, {});
  const entries = async () =>
    dataOf(await own.call<{ data: { action: string }[] }>("GET", "/audit-log?limit=100&action=portal_link.created"));

  beforeAll(async () => {
    counting = await startRateLimited({ WORKSPACE_CHANGES: CHANGES });
    own = await newWorkspace(counting);
  });

  afterAll(() => counting.stop());

  it("is answered 429 whichever of its tokens is used, and goes on with all that is no change", async () => {
    const tokens = [await tokenOf(own), await tokenOf(own)];
    const statuses: number[] = [];
    for (let n = 0; n < 40; n++) statuses.push((await change(tokens[n % 2] ?? "", own)).status);
    const made = statuses.filter((status) => status === 201).length;
    // The minute may begin anew in between, once.
    expect(made).toBeGreaterThanOrEqual(CHANGES);
    expect(made).toBeLessThanOrEqual(2 * CHANGES);
    expect(statuses.slice(made)).toEqual(Array(40 - made).fill(429));
    const { json, headers } = await change(tokens[0] ?? "", own);
    expect(json).toMatchObject({ status: 429, code: "rate_limited" });
    expect(headers.get("retry-after")).toMatch(/^([1-9]|[1-5][0-9]|60)$/);
    // What was refused has left nothing.
    expect((await entries()).length).toBe(made);
    const call = api(counting.url, tokens[0] ?? "");
    expect((await call("GET", `${own.path}/webhooks`)).status).toBe(200);
    expect((await call("POST", `${own.path}/events`, { event: "ticket.created", data: {} })).status).toBe(202);
  });

  it("keeps neither the operator from acting, nor other workspaces", async () => {
    const token = await tokenOf(own);
    for (let n = 0; n < 30; n++) await change(token, own);
    expect((await change(token, own)).status).toBe(429);
    const other = await newWorkspace(counting);
    expect((await change(await tokenOf(other), other)).status).toBe(201);
    const [listed] = dataOf(await own.call<{ data: { id: string }[] }>("GET", "/tokens"));
    expect((await own.call("DELETE", `/tokens/${listed?.id}`)).status).toBe(204);
  });

  it("is told so in the portal", async () => {
    const token = await tokenOf(own);
    for (let n = 0; n < 30; n++) await change(token, own);
    const me = await signedIn(counting.url, token);
    const fields = { name: "order.sent", title: "", description: "", sample: "", schema: "" };
    const { status, html } = await me.post(`/portal/${own.id}/event-types/~new`, fields);
    expect(status).toBe(429);
    expect(html).toContain("changed more often than the deployment allows");
  });

  it("has a limit that a script which makes hundreds of things does not meet", async () => {
    const ordinary = await startRateLimited({ TOKEN_REQUESTS: null });
    try {
      const many = await newWorkspace(ordinary);
      const token = await many.token("manage");
      const made = await Promise.all(
        Array.from({ length: 500 }, () =>
          api(ordinary.url, token)("POST", `${many.path}/webhooks`, { url: "https://a.example/", events: ["*"] }),
        ),
      );
      expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
    } finally {
      await ordinary.stop();
    }
  });
});

describe("an address that tries portal links", () => {
  it("is answered 404 for the first of them and 429 for what follows; others open theirs", async () => {
    const link = dataOf(await workspace.call<{ data: { url: string } }>("POST", "/portal-links")).url;
    const open = (url: string, address: string) =>
      fetch(url, { headers: { "cf-connecting-ip": address }, redirect: "manual" });
    const guess = () => open(`${service.url}/portal/link/phl_${randomBytes(32).toString("base64url")}`, "198.51.100.6");
    expect((await guess()).status).toBe(404);
    const { answer, before } = await until(429, guess);
    expect(before).toBeLessThanOrEqual(10);
    expect(retryAfter(answer.headers)).toBeGreaterThanOrEqual(1);
    expect(retryAfter(answer.headers)).toBeLessThanOrEqual(60);
    expect(await answer.text()).toContain("Too many links that are not known");
    expect((await open(link, "198.51.100.7")).status).toBe(303);
  });

  it("is slowed down for texts that can be no link, too", async () => {
    let n = 0;
    const { before } = await until(429, () =>
      fetch(`${service.url}/portal/link/guess-${++n}`, { headers: { "cf-connecting-ip": "198.51.100.8" } }),
    );
    expect(before).toBeLessThanOrEqual(10);
  });
});

it("a deployment without the bindings has no limits", async () => {
  const none = { TOKEN_REQUESTS: null, SOURCE_REQUESTS: null, FAILURES: null, WORKSPACE_CHANGES: null };
  const free = await startRateLimited(none);
  try {
    const { path } = await newWorkspace(free);
    for (const [token, status] of [
      [free.adminToken, 200],
      ["letmein", 401],
    ] as const) {
      const answers = await Promise.all(
        Array.from({ length: 200 }, () => api(free.url, token)("GET", `${path}/webhooks`)),
      );
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
    }
  } finally {
    await free.stop();
  }
});
