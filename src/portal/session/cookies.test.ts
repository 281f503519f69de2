import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { setSignedCookie } from "hono/cookie";
import { describe, expect, it } from "vitest";
import type { AppEnv } from "../../api/context.ts";
import { forgetSession, keepSession, keepTheme, readSession } from "./cookies.ts";
import type { Session } from "./session.ts";

const KEY = "a-key-of-the-tests-and-no-other";
const session: Session = { kind: "admin", mark: "a1", csrf: "x".repeat(24), until: Date.now() + 3_600_000 };

const pages = new Hono<AppEnv>();
pages.get("/keep", async (c) => {
  await keepSession(c, session, c.req.query("framed") !== undefined);
  return c.text("");
});
pages.get("/theme", (c) => {
  keepTheme(c, "dark", c.req.query("framed") !== undefined);
  return c.text("");
});
pages.get("/forget", (c) => {
  forgetSession(c);
  return c.text("");
});
pages.get("/read", async (c) => c.json(await readSession(c)));

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
    expect(await read(await kept())).toEqual(session);
  });

  it("is for our pages over https alone, and for no script", async () => {
    expect(setBy(await ask("/keep")).replace(/=[^;]*/, "")).toMatch(
      /^posthorn_session; Max-Age=3(600|599); Path=\/portal; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it.each([
    ["over http", "/keep", "http://posthorn.example", "HttpOnly; SameSite=Lax"],
    ["in a frame", "/keep?framed", "https://posthorn.example", "HttpOnly; Secure; SameSite=None; Partitioned"],
    // Browsers take no such cookie over http, but from their own machine.
    ["in a frame over http", "/keep?framed", "http://posthorn.example", "HttpOnly; SameSite=Lax"],
    ["in a frame of this machine", "/keep?framed", "http://127.0.0.1", "HttpOnly; Secure; SameSite=None; Partitioned"],
  ])("%s", async (_, path, origin, attributes) => {
    expect(setBy(await ask(path, { origin })).split("Path=/portal; ")[1]).toBe(attributes);
  });

  it("is taken back where it was set", async () => {
    expect(setBy(await ask("/forget"))).toBe("posthorn_session=; Max-Age=0; Path=/portal; Secure; SameSite=Lax");
  });

  it("counts for nothing under another key, and is still good under one that has become older", async () => {
    const cookie = await kept();
    const other = "another-key-of-the-tests";
    expect(await read(cookie, other)).toBeNull();
    const rotated = await kept("0123456789abcdef");
    expect(await read(rotated, "fedcba9876543210 0123456789abcdef")).toEqual(session);
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
    expect(await read(`posthorn_session=${text}`)).toBeNull();
  });

  it.each<[string, string]>([
    ["no base64url", "***"],
    ["no JSON", btoa("{").replaceAll("=", "")],
    ["another shape", btoa('{"kind":"admin"}').replaceAll("=", "")],
    ["another kind", btoa('{"kind":"root","until":9e15}').replaceAll("=", "")],
    ["no object", btoa("null")],
  ])("that we have signed though it is %s is no session, and no failure", async (_, text) => {
    // As keepSession signs: with what it derives of the key.
    const signer = new Hono<AppEnv>();
    signer.get("/", async (c) => {
      await setSignedCookie(c, "posthorn_session", text, await derived(), { path: "/portal" });
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
