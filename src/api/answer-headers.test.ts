import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { describe, expect, it, vi } from "vitest";
import { answerHeaders, nonceOf } from "./answer-headers.ts";
import { app } from "./app.ts";
import type { AppEnv } from "./context.ts";

const context = { waitUntil() {}, passThroughOnException() {}, props: {} } as unknown as ExecutionContext;

const ask = (url: string, init?: RequestInit, bindings: object = {}) =>
  app.fetch(new Request(url, init), { ...env, ...bindings }, context);

describe("every answer", () => {
  it.each<[string, string, number, string?]>([
    ["of a route", "https://posthorn.example/", 200],
    ["that is a document", "https://posthorn.example/openapi.json", 200, "public, max-age=300"],
    ["without a token", "https://posthorn.example/api/v1/workspaces", 401],
    ["where there is nothing", "https://posthorn.example/nothing", 404],
    ["to a provider", "https://posthorn.example/in/github/src_00000000000000000000000000", 404],
    ["to a URL that is too long", `https://posthorn.example/?${"x".repeat(9000)}`, 414],
  ])("%s keeps browsers from making more of it", async (_, url, status, kept = "no-store") => {
    const answer = await ask(url);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cache-control": kept,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "strict-transport-security": "max-age=63072000",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "permissions-policy": expect.stringContaining("camera=()"),
      "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("over http says nothing of https", async () => {
    expect((await ask("http://127.0.0.1/")).headers.has("strict-transport-security")).toBe(false);
  });
});

describe("a page", () => {
  const pages = new Hono<AppEnv>();
  pages.use(answerHeaders);
  pages.get("/", (c) => c.html(`<script nonce="${nonceOf(c)}">1</script><style nonce="${nonceOf(c)}"></style>`));

  it("runs and loads what bears its nonce, which is another for each request", async () => {
    const seen = new Set<string>();
    for (let n = 0; n < 3; n++) {
      const answer = await pages.request("https://posthorn.example/");
      const nonces = [...(await answer.text()).matchAll(/nonce="([^"]+)"/g)].map(([, nonce]) => nonce ?? "");
      expect(nonces).toHaveLength(2);
      const [nonce = ""] = nonces;
      expect(nonces[1]).toBe(nonce);
      // 16 random bytes.
      expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
      expect(answer.headers.get("content-security-policy")).toBe(
        `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      );
      seen.add(nonce);
    }
    expect(seen.size).toBe(3);
  });

  it("that a stranger has sent keeps the policy of a file", async () => {
    const files = new Hono<AppEnv>();
    files.use(answerHeaders);
    files.get("/", (c) => c.html("<script>1</script>", 200, { "Content-Security-Policy": "sandbox" }));
    const answer = await files.request("https://posthorn.example/");
    expect(answer.headers.get("content-security-policy")).toBe("sandbox");
  });

  it("tells its own origin where its forms come from, and others nothing", async () => {
    const { headers } = await pages.request("https://posthorn.example/");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("x-frame-options")).toBe("DENY");
  });

  it("is shown in frames of those alone that it names", async () => {
    const framed = new Hono<AppEnv>();
    framed.use(answerHeaders);
    framed.get("/", (c) => {
      c.set("framedBy", ["https://app.example.com", "https://b.example"]);
      return c.html("");
    });
    const { headers } = await framed.request("https://posthorn.example/");
    expect(headers.get("content-security-policy")).toMatch(
      /; frame-ancestors https:\/\/app.example.com https:\/\/b.example$/,
    );
    expect(headers.has("x-frame-options")).toBe(false);
  });
});

describe("pages of other origins", () => {
  const opened = { CORS_ORIGINS: "https://app.example.com, https://admin.example.com" };
  const at = "https://posthorn.example/api/v1/workspaces/1/webhooks";
  const from = (origin: string, more: Record<string, string> = {}) => ({ headers: { origin, ...more } });
  const preflight = (origin: string) => ({
    method: "OPTIONS",
    ...from(origin, { "access-control-request-method": "POST", "access-control-request-headers": "authorization" }),
  });
  const corsOf = ({ headers }: Response) =>
    [...headers].filter(([name]) => name.startsWith("access-control-")).map(([name]) => name.slice(15));

  it("are let in from none where the deployment names none", async () => {
    const answers = [
      await ask(at, from("https://app.example.com")),
      await ask(at, preflight("https://app.example.com")),
    ];
    expect(answers.map((answer) => [answer.status, corsOf(answer)])).toEqual([
      [401, []],
      [405, []],
    ]);
  });

  it.each(["https://app.example.com", "https://admin.example.com"])(
    "are let in from %s where it is named",
    async (origin) => {
      const asked = await ask(at, preflight(origin), opened);
      expect(asked.status).toBe(204);
      expect(asked.headers.get("access-control-allow-origin")).toBe(origin);
      expect(asked.headers.get("access-control-allow-methods")?.split(", ").toSorted()).toEqual([
        "GET",
        "HEAD",
        "POST",
      ]);
      expect(asked.headers.get("access-control-allow-headers")).toContain("Authorization");
      expect(asked.headers.get("vary")).toBe("Origin");
      // Errors as well: the page is to read what is wrong.
      const answer = await ask(at, from(origin), opened);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
      expect(answer.headers.get("access-control-expose-headers")).toContain("X-Request-Id");
      expect(answer.headers.has("access-control-allow-credentials")).toBe(false);
    },
  );

  it.each([
    "https://app.example.com.evil.example",
    "https://evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://APP.example.com",
    "null",
    "",
  ])("are not let in from %j", async (origin) => {
    const answers = [await ask(at, from(origin), opened), await ask(at, preflight(origin), opened)];
    expect(answers.map(corsOf)).toEqual([[], []]);
    expect(answers.map(({ status }) => status)).toEqual([401, 405]);
  });

  it("have nothing to say where providers call", async () => {
    const inbound = "https://posthorn.example/in/github/src_00000000000000000000000000";
    const origin = "https://app.example.com";
    for (const init of [from(origin), preflight(origin)]) expect(corsOf(await ask(inbound, init, opened))).toEqual([]);
  });

  it("get no answer to a preflight of what is not there", async () => {
    const nothing = "https://posthorn.example/nothing";
    expect((await ask(nothing, preflight("https://app.example.com"), opened)).status).toBe(404);
  });
});

describe("what goes wrong inside", () => {
  const secret = "SELECT token FROM vault -- D1_ERROR at /srv/worker/index.js:1:1";
  const failing = () => {
    throw new Error(secret, { cause: new TypeError(secret) });
  };
  const broken = {
    prepare: () => ({ bind: () => ({ first: failing, all: failing, raw: failing, run: failing }), raw: failing }),
    batch: failing,
    exec: failing,
  };

  it("is answered with nothing but that it did not answer: a broken database", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const at = "https://posthorn.example/api/v1/workspaces/1/webhooks";
    const answer = await ask(at, { headers: { authorization: `Bearer pht_${"A".repeat(43)}` } }, { DB: broken });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(await answer.text()).not.toMatch(/SELECT|vault|D1_ERROR|srv/);
    expect(said).toHaveBeenCalled();
    said.mockRestore();
  });

  it.each([
    ["a missing database", { DB: undefined }, `pht_${"B".repeat(43)}`],
    ["a missing secret", { ADMIN_TOKEN: "" }, "anything"],
    ["a secret that could be guessed", { ADMIN_TOKEN: "letmein" }, "letmein"],
  ])("is answered with nothing but that it did: %s", async (_, bindings, token) => {
    const at = "https://posthorn.example/api/v1/workspaces/1/webhooks";
    const headers = { authorization: `Bearer ${token}`, "x-request-id": "request-7" };
    const answer = await ask(at, { headers }, bindings);
    expect(answer.status).toBe(500);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await answer.json()).toEqual({
      type: "/problems/internal_error",
      title: "Something went wrong on our side",
      status: 500,
      detail: "The request could not be handled. It was logged under its request id.",
      code: "internal_error",
      request_id: "request-7",
    });
  });
});
