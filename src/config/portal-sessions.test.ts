import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { AuditRecorder } from "./audit.ts";
import { deletePortalLink, insertPortalLink, openPortalLink } from "./portal-links.ts";
import { endSession, endSessionsOf, insertSession, type NewSession, sessionOf } from "./portal-sessions.ts";
import { deleteToken, insertToken } from "./tokens.ts";
import { deleteWorkspace, insertWorkspace } from "./workspaces.ts";

const HOUR = 3_600_000;
const now = Date.now();
const audit = AuditRecorder.ofService(now);
const settings = (more: Record<string, string>) => ({ ...env, ...more });

let workspaceId: number;
let made = 0;
const workspace = async (): Promise<number> => {
  const fields = { name: "Acme", externalId: `sessions-${++made}`, publicName: null, plan: null, notifyEmail: null };
  return (await insertWorkspace(env, fields, null, now, audit)).row.id;
};

beforeAll(async () => {
  workspaceId = await workspace();
});

const who = async ({ text }: Pick<NewSession, "text">, at = now, of = env) =>
  (await sessionOf(of, text, at))?.caller ?? null;

async function newToken(expiresAt: number | null, scopes: ("read" | "manage")[] = ["read"]) {
  const { row } = await insertToken(env, workspaceId, { name: "CI", scopes, expiresAt }, 1000, now, audit);
  if (!row) throw new Error("There was no room");
  const { id } = row;
  return { kind: "token" as const, tokenId: id, name: "CI", workspaceId, scopes, expiresAt, lastUsedAt: null };
}

describe("the admin's session", () => {
  it("stands for him until it ends", async () => {
    const session = await insertSession(env, { kind: "admin" }, now);
    expect(session.until).toBe(now + 12 * HOUR);
    expect(await who(session)).toEqual({ kind: "admin" });
    expect(await who(session, now + 12 * HOUR - 1)).toEqual({ kind: "admin" });
    expect(await who(session, now + 12 * HOUR)).toBeNull();
  });

  it("ends when the admin token is another", async () => {
    const session = await insertSession(env, { kind: "admin" }, now);
    expect(await who(session, now, settings({ ADMIN_TOKEN: "another-admin-token-of-32-letters" }))).toBeNull();
  });

  it("is not had by who copies what says so to a session of his own", async () => {
    const [boss, other] = [
      await insertSession(env, { kind: "admin" }, now),
      await insertSession(env, await newToken(null), now),
    ];
    const mark =
      "UPDATE portal_sessions SET admin_mark = (SELECT admin_mark FROM portal_sessions WHERE hash = ?) WHERE hash = ?";
    const hashOf = async (text: string) =>
      [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))]
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join("");
    await env.DB.prepare(mark)
      .bind(await hashOf(boss.text), await hashOf(other.text))
      .run();
    expect(await who(other)).toBeNull();
    expect(await who(boss)).toEqual({ kind: "admin" });
  });

  it("ends after twelve hours, whatever its row says", async () => {
    const session = await insertSession(env, { kind: "admin" }, now);
    await env.DB.prepare("UPDATE portal_sessions SET expires_at = ?")
      .bind(now + 1000 * HOUR)
      .run();
    expect(await who(session, now + 12 * HOUR - 1)).toEqual({ kind: "admin" });
    expect(await who(session, now + 12 * HOUR)).toBeNull();
  });

  it("is the oldest that ends where there are more than a hundred, under whichever admin token they began", async () => {
    const old = await insertSession(
      settings({ ADMIN_TOKEN: "another-admin-token-of-32-letters" }),
      { kind: "admin" },
      now - 1,
    );
    const before = await env.DB.prepare(
      "SELECT count(*) AS n FROM portal_sessions WHERE admin_mark IS NOT NULL",
    ).first<{ n: number }>();
    for (let n = before?.n ?? 0; n <= 100; n++) await insertSession(env, { kind: "admin" }, now + n);
    const after = await env.DB.prepare("SELECT count(*) AS n FROM portal_sessions WHERE admin_mark IS NOT NULL").first<{
      n: number;
    }>();
    expect(after?.n).toBe(100);
    expect(await who(old, now, settings({ ADMIN_TOKEN: "another-admin-token-of-32-letters" }))).toBeNull();
  });

  it("is nobody's once it is ended, and the others go on", async () => {
    const [one, other] = [
      await insertSession(env, { kind: "admin" }, now),
      await insertSession(env, { kind: "admin" }, now),
    ];
    const found = await sessionOf(env, one.text, now);
    await endSession(env, found?.session ?? { hash: "" });
    expect([await who(one), await who(other)]).toEqual([null, { kind: "admin" }]);
  });
});

describe("a token's session", () => {
  it("stands for who holds it, with its scopes", async () => {
    const token = await newToken(null);
    const session = await insertSession(env, token, now);
    expect(await who(session)).toMatchObject({ tokenId: token.tokenId, workspaceId, scopes: ["read"] });
  });

  it("ends when the token is revoked", async () => {
    const token = await newToken(null);
    const session = await insertSession(env, token, now);
    expect(await who(session)).not.toBeNull();
    await deleteToken(env, workspaceId, token.tokenId, audit);
    expect(await who(session)).toBeNull();
  });

  it("ends when the token does", async () => {
    const session = await insertSession(env, await newToken(now + HOUR), now);
    expect(session.until).toBe(now + HOUR);
    expect(await who(session, now + HOUR - 1)).not.toBeNull();
    expect(await who(session, now + HOUR)).toBeNull();
  });

  it("ends the oldest where there are more than a hundred", async () => {
    const token = await newToken(null);
    const sessions: NewSession[] = [];
    for (let n = 0; n < 101; n++) sessions.push(await insertSession(env, token, now + n));
    const alive = await Promise.all(sessions.map(async (session) => (await who(session, now + HOUR)) !== null));
    expect(alive).toEqual([false, ...Array<boolean>(100).fill(true)]);
  });
});

describe("a link's session", () => {
  async function opened(link: { of?: number; tokenId?: string | null; sessionSeconds?: number } = {}) {
    const { of = workspaceId, tokenId = null, sessionSeconds = 60 } = link;
    const row = { workspaceId: of, scopes: ["read" as const], sessionSeconds, expiresAt: now + HOUR, tokenId };
    const made = await insertPortalLink(env, row, 1000, now, audit);
    if (!made) throw new Error("There was no room");
    const { id, token } = made;
    const result = await openPortalLink(env, token, now);
    if ("closed" in result) throw new Error(result.closed);
    return { id, session: result.session };
  }

  it("stands for somebody of the workspace, with the link's scopes, until it ends", async () => {
    const { id, session } = await opened();
    const guest = { kind: "token", tokenId: id, name: "portal link", workspaceId, scopes: ["read"] };
    expect(await who(session, now + 59_999)).toMatchObject(guest);
    expect(await who(session, now + 60_000)).toBeNull();
  });

  it("lasts no longer than links may, whatever the row says", async () => {
    expect((await opened({ sessionSeconds: 10 * 365 * 86_400 })).session.until).toBe(now + 12 * HOUR);
  });

  it("ends with the workspace", async () => {
    const gone = await workspace();
    const { session } = await opened({ of: gone });
    expect(await who(session)).not.toBeNull();
    await deleteWorkspace(env, gone, now, audit);
    expect(await who(session)).toBeNull();
  });

  it("ends with the link", async () => {
    const { id, session } = await opened();
    expect(await who(session)).not.toBeNull();
    await deletePortalLink(env, workspaceId, id, audit);
    expect(await who(session)).toBeNull();
  });

  it("ends with the token that made the link, revoked or at its end", async () => {
    const token = await newToken(now + 30_000);
    const { session } = await opened({ tokenId: token.tokenId });
    expect(session.until).toBe(now + 30_000);
    expect(await who(session)).not.toBeNull();
    await deleteToken(env, workspaceId, token.tokenId, audit);
    expect(await who(session)).toBeNull();
  });

  it("does not begin by a link of a token that is gone, or has ended", async () => {
    const { tokenId } = await newToken(now - 1);
    for (const maker of [tokenId, "tok_00000000000000000000000000"]) {
      await expect(opened({ tokenId: maker })).rejects.toThrow("expired");
    }
  });

  it("ends with all of its workspace, and no other", async () => {
    const [one, other] = [await workspace(), await workspace()];
    const [mine, theirs] = [await opened({ of: one }), await opened({ of: other })];
    expect(await who(mine.session)).not.toBeNull();
    expect(await endSessionsOf(env, one, now, audit)).toEqual({ sessions: 1, links: 0 });
    expect([await who(mine.session), (await who(theirs.session)) !== null]).toEqual([null, true]);
  });
});

it("what stands for a session is kept nowhere", async () => {
  const { text } = await insertSession(env, { kind: "admin" }, now);
  const { results } = await env.DB.prepare("SELECT * FROM portal_sessions").all();
  expect(JSON.stringify(results)).not.toContain(text.slice(4));
  expect(JSON.stringify(results)).not.toContain(env.ADMIN_TOKEN);
});

it.each(["", "phs_x", "x".repeat(47), `phs_${"A".repeat(43)}`])("%j is no session", async (text) => {
  expect(await sessionOf(env, text, now)).toBeNull();
});
