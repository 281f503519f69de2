import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { Trail } from "../../config/audit.ts";
import { deleteToken, insertToken } from "../../config/tokens.ts";
import { deleteWorkspace, insertWorkspace } from "../../config/workspaces.ts";
import { callerOfSession, sessionFor, sessionOfLink } from "./session.ts";

const HOUR = 3_600_000;
const now = Date.now();
const trail = Trail.ofService(now);
const settings = (more: Record<string, string>) => ({ ...env, ...more });

let workspaceId: number;
const workspace = async (externalId: string): Promise<number> => {
  const fields = { name: "Acme", externalId, communityName: null, plan: null, notifyEmail: null };
  return (await insertWorkspace(env, fields, null, now, trail)).row.id;
};

beforeAll(async () => {
  workspaceId = await workspace("acme");
});

async function tokenSession(expiresAt: number | null) {
  const { id, token } = await insertToken(env, workspaceId, { name: "CI", scopes: ["read"], expiresAt }, now, trail);
  const held = { name: "CI", workspaceId, scopes: ["read" as const], expiresAt, lastUsedAt: null };
  return { id, session: await sessionFor(env, { kind: "token", tokenId: id, ...held }, token, now) };
}

describe("the admin's session", () => {
  it("stands for him until it ends", async () => {
    const session = await sessionFor(env, { kind: "admin" }, env.ADMIN_TOKEN, now);
    expect(await callerOfSession(env, session, now)).toEqual({ kind: "admin" });
    expect(await callerOfSession(env, session, now + 12 * HOUR - 1)).toEqual({ kind: "admin" });
    expect(await callerOfSession(env, session, now + 12 * HOUR)).toBeNull();
  });

  it("ends when the admin token is another", async () => {
    const session = await sessionFor(env, { kind: "admin" }, env.ADMIN_TOKEN, now);
    expect(await callerOfSession(settings({ ADMIN_TOKEN: "another" }), session, now)).toBeNull();
  });

  it("does not hold the token", async () => {
    const session = await sessionFor(env, { kind: "admin" }, env.ADMIN_TOKEN, now);
    expect(JSON.stringify(session)).not.toContain(env.ADMIN_TOKEN);
  });
});

describe("a token's session", () => {
  it("stands for who holds it, with its scopes", async () => {
    const { id, session } = await tokenSession(null);
    expect(await callerOfSession(env, session, now)).toMatchObject({ tokenId: id, workspaceId, scopes: ["read"] });
  });

  it("ends when the token is revoked", async () => {
    const { id, session } = await tokenSession(null);
    await callerOfSession(env, session, now);
    await deleteToken(env, workspaceId, id, trail);
    expect(await callerOfSession(env, session, now)).toBeNull();
  });

  it("ends when the token does", async () => {
    const { session } = await tokenSession(now + HOUR);
    expect(await callerOfSession(env, session, now + HOUR - 1)).not.toBeNull();
    expect(await callerOfSession(env, session, now + HOUR)).toBeNull();
  });
});

describe("a link's session", () => {
  const link = (id: number) => ({ id: "lnk_1", workspaceId: id, scopes: ["read" as const], sessionSeconds: 60 });

  it("stands for somebody of the workspace, with the link's scopes, until it ends", async () => {
    const session = sessionOfLink(link(workspaceId), now);
    expect(await callerOfSession(env, session, now + 59_999)).toMatchObject({
      kind: "token",
      tokenId: "lnk_1",
      workspaceId,
      scopes: ["read"],
    });
    expect(await callerOfSession(env, session, now + 60_000)).toBeNull();
  });

  it("ends with the workspace", async () => {
    const gone = await workspace("gone");
    const session = sessionOfLink(link(gone), now);
    expect(await callerOfSession(env, session, now)).not.toBeNull();
    await deleteWorkspace(env, gone, trail);
    expect(await callerOfSession(env, session, now)).toBeNull();
  });
});

it("each session has a token of its own for its forms", async () => {
  const one = await sessionFor(env, { kind: "admin" }, env.ADMIN_TOKEN, now);
  const other = await sessionFor(env, { kind: "admin" }, env.ADMIN_TOKEN, now);
  expect(one.csrf).toMatch(/^[A-Za-z0-9_-]{24}$/);
  expect(one.csrf).not.toBe(other.csrf);
});
