import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { setSignedCookie } from "hono/cookie";
import { describe, expect, it } from "vitest";
import type { AppEnv } from "../../api/context.ts";
import { forgetCookie, keepCookie, keepTheme, readCookie } from "./cookies.ts";

const KEY = "a-key-of-the-tests-and-no-other";
const session = `phs_${"a1_-".repeat(10)}xyz`;
const until = Date.now() + 3_600_000;

const pages = new Hono<AppEnv>();
pages.get("/keep", async (c) => {
  await keepCookie(c, session, until, c.req.query("framed") !== undefined);
  return c.text("");
});
pages.get("/theme", (c) => {
  keepTheme(c, "dark", c.req.query("framed") !== undefined);
  return c.text("");
});
pages.get("/forget", (c) => {
  forgetCookie(c, c.req.query("framed") !== undefined);
  return c.text("");
});
pages.get("/read", async (c) => c.json(await readCookie(c)));

const ask = async (path: string, { keys = KEY, cookie = "", origin = "https://posthorn.example" } = {}) =>
  pages.request(origin + path, { headers: cookie === "" ? {} : { cookie } }, bindings(keys));

const bindings = (ENCRYPTION_KEYS: string) => ({ ...env, ENCRYPTION_KEY: "", ENCRYPTION_KEYS });

const setBy = (answer: Response): string => answer.headers.get("set-cookie") ?? "";

/** What a browser sends back. */
async function kept(keys = KEY): Promise<string> {
  const [cookie = ""] = setBy(await ask("/keep", { keys })).split(";");
  return cookie;
}

const read = async (cookie: string, keys = KEY): Promise<unknown> => (await ask("/read", { cookie, keys })).json();

describe("a session's cookie", () => {
  it("brings back what was kept", async () => {
    expect(await read(await kept())).toBe(session);
  });

  it("is for our pages over https alone, and for no script", async () => {
    expect(setBy(await ask("/keep")).replace(/=[^;]*/, "")).toMatch(
      /^__Host-posthorn_session; Max-Age=3(600|59\d); Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  // RFC 6265bis, 4.1.3.2: `__Host-` takes Secure, Path=/ and no Domain. Browsers take it by https alone.
  it.each([
    ["over http", "/keep", "http://posthorn.example", "", "Path=/portal; HttpOnly; SameSite=Lax"],
    [
      "in a frame",
      "/keep?framed",
      "https://posthorn.example",
      "__Host-",
      "Path=/; HttpOnly; Secure; SameSite=None; Partitioned",
    ],
    // Browsers take no such cookie over http, but from their own machine.
    ["in a frame over http", "/keep?framed", "http://posthorn.example", "", "Path=/portal; HttpOnly; SameSite=Lax"],
    [
      "in a frame of this machine",
      "/keep?framed",
      "http://127.0.0.1",
      "",
      "Path=/portal; HttpOnly; Secure; SameSite=None; Partitioned",
    ],
  ])("%s", async (_, path, origin, prefix, attributes) => {
    const [, name, rest] = /^([^=]*)=[^;]*; Max-Age=\d+; (.*)$/.exec(setBy(await ask(path, { origin }))) ?? [];
    expect([name, rest]).toEqual([`${prefix}posthorn_session`, attributes]);
  });

  it.each([
    ["https://posthorn.example", "", "__Host-posthorn_session=; Max-Age=0; Path=/; Secure; SameSite=Lax"],
    ["http://posthorn.example", "", "posthorn_session=; Max-Age=0; Path=/portal; SameSite=Lax"],
    [
      "https://posthorn.example",
      "?framed",
      "__Host-posthorn_session=; Max-Age=0; Path=/; Secure; SameSite=None; Partitioned",
    ],
  ])("is taken back at %s%s where it was set", async (origin, query, cookie) => {
    expect(setBy(await ask(`/forget${query}`, { origin }))).toBe(cookie);
  });

  it("of the same name without the prefix, which any host of the domain can set, is not read by https", async () => {
    const cookie = (await kept()).replace("__Host-", "");
    expect(await read(cookie)).toBeNull();
  });

  it("counts for nothing under another key, and is still good under one that has become older", async () => {
    const cookie = await kept();
    const other = "another-key-of-the-tests";
    expect(await read(cookie, other)).toBeNull();
    const rotated = await kept("0123456789abcdef");
    expect(await read(rotated, "fedcba9876543210 0123456789abcdef")).toBe(session);
  });

  it("counts for nothing where a character of it is another", async () => {
    const cookie = await kept();
    const start = cookie.indexOf("=") + 1;
    for (const at of [start, start + 20, cookie.indexOf("."), cookie.length - 10]) {
      const other = cookie[at] === "A" ? "B" : "A";
      expect(await read(cookie.slice(0, at) + other + cookie.slice(at + 1))).toBeNull();
    }
  });

  it.each(["", "x", "%", "a.b", "%00.%00", "e30.", "null"])("that says %j is no session", async (text) => {
    expect(await read(`__Host-posthorn_session=${text}`)).toBeNull();
  });

  it.each<[string, string]>([
    ["empty", ""],
    ["too short", "phs_x"],
    ["a token", `pht_${"A".repeat(43)}`],
    ["what a version before wrote", btoa('{"kind":"admin","mark":"a1","until":9e15}').replaceAll("=", "")],
  ])("that we have signed though it is %s is no session, and no failure", async (_, text) => {
    // As keepCookie signs: with what it derives of the key.
    const signer = new Hono<AppEnv>();
    signer.get("/", async (c) => {
      await setSignedCookie(c, "posthorn_session", text, await derived(), { prefix: "host" });
      return c.text("");
    });
    const [cookie = ""] = setBy(await signer.request("https://posthorn.example/")).split(";");
    expect(await read(cookie)).toBeNull();
  });
});

/** HKDF-SHA-256 of the key without salt, 32 bytes in hex: RFC 5869 by WebCrypto. */
async function derived(): Promise<string> {
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", text.encode(KEY), "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: text.encode("posthorn portal session") };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  return [...bits].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

describe("a theme's cookie", () => {
  it.each([
    ["/theme", "posthorn_theme=dark; Max-Age=31536000; Path=/portal; Secure; SameSite=Lax"],
    ["/theme?framed", "posthorn_theme=dark; Max-Age=31536000; Path=/portal; Secure; SameSite=None; Partitioned"],
  ])("by %s", async (path, cookie) => {
    expect(setBy(await ask(path))).toBe(cookie);
  });
});
