import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { AuditRecorder } from "./audit.ts";
import { database } from "./db.ts";
import { insertEndpoint, rotateSecret, updateEndpoint } from "./endpoint-changes.ts";
import { loadEndpoint, openHeaders, openSendingConfig, openVerifyToken } from "./endpoints.ts";
import { findNotification, insertNotification } from "./notifications.ts";
import { moveSome, progress } from "./reencryption.ts";
import { endpointSecrets, endpoints, sources, workspaces } from "./schema.ts";
import { insertSource, openCredentials } from "./sources.ts";
import { insertWorkspace } from "./workspaces.ts";

const NOW = Date.UTC(2026, 10, 22, 4);
const AUDIT = AuditRecorder.ofService(NOW);
const [OLD, NEW, LOST] = ["the_old_key_which_goes", "the_new_key_which_comes", "a_key_that_is_lost_already"];
/** By `sha256sum`: of each key's text the digest of the digest, its first 8 hex digits. */
const [OLD_ID, NEW_ID, LOST_ID] = ["46bdb80f", "42d759db", "d0ac20fc"];

const keyed = (ENCRYPTION_KEYS: string): Env => Object.assign({ ...env, ENCRYPTION_KEY: "" }, { ENCRYPTION_KEYS });
const [old, both, anew, lost] = [OLD, `${NEW} ${OLD}`, NEW, LOST].map(keyed) as [Env, Env, Env, Env];

let workspaceId: number;

async function sendingConfigIn(by: Env, id: string, now: number) {
  const record = await loadEndpoint(by, id, now);
  return record && openSendingConfig(by, record);
}

/** An endpoint with two secrets, headers and a verify token, all under the first key of `by`. */
async function endpoint(by: Env) {
  const fields = {
    ...{ url: "https://example.com/", events: ["*"], name: null, description: null, status: "active" as const },
    ...{ retryPolicy: null, timeoutMs: null, disableOnGone: null, channels: [], dialect: "standard", group: null },
    ...{ maxConcurrency: null, disableAfter: null },
    ...{ headers: { "x-token": "hunter2" }, verifyToken: "v-hunter2", secret: "whsec_first" },
  };
  const { row } = await insertEndpoint(by, workspaceId, fields, 100, NOW, AUDIT);
  if (!row) throw new Error("There was no room");
  await rotateSecret(by, row, "whsec_second", NOW + 1000, NOW, AUDIT);
  return rowOf(row.number);
}

const source = async (by: Env) => {
  const fields = { provider: "github", name: "R", credentials: { secret: "hunter2" }, options: {}, publicUrl: null };
  const { row } = await insertSource(by, workspaceId, fields, 100, NOW, AUDIT);
  if (!row) throw new Error("There was no room");
  return row;
};

const rowOf = async (number: number) => {
  const row = await database(env).select().from(endpoints).where(eq(endpoints.number, number)).get();
  if (!row) throw new Error("It is gone");
  return row;
};

/** Does something at each batch, before it reaches D1. */
function interrupted(work: () => Promise<void>): Env {
  const DB = new Proxy(env.DB, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "batch") return member.bind(target);
      return (statements: D1PreparedStatement[]) => work().then(() => target.batch(statements));
    },
  });
  return { ...both, DB };
}

beforeEach(async () => {
  await database(env).delete(workspaces);
  const fields = { name: "A", externalId: crypto.randomUUID(), publicName: null, plan: null, notifyEmail: null };
  workspaceId = (await insertWorkspace(env, fields, null, NOW, AUDIT)).row.id;
});

describe("re-encryption", () => {
  it("brings everything under the first key: it opens without the old one, and says what it said", async () => {
    const { id, number, version, updatedAt } = await endpoint(old);
    const { number: sourceNumber } = await source(old);
    const made = await insertNotification(old, workspaceId, "https://example.com/n", NOW, AUDIT);
    expect(await progress(both)).toEqual({
      first: NEW_ID,
      keys: [
        { id: NEW_ID, known: true, values: 0 },
        { id: OLD_ID, known: true, values: 6 },
      ],
    });

    expect(await moveSome(both)).toEqual({ moved: 6, unopened: [] });
    expect(await progress(anew)).toEqual({ first: NEW_ID, keys: [{ id: NEW_ID, known: true, values: 6 }] });
    expect(await sendingConfigIn(anew, id, NOW)).toMatchObject({
      secrets: [{ text: "whsec_second" }, { text: "whsec_first" }],
      headers: { "x-token": "hunter2" },
    });
    const row = await rowOf(number);
    expect(await openVerifyToken(anew, row)).toBe("v-hunter2");
    // Nothing that anybody sees has changed: what isolates remember stays true.
    expect(row).toMatchObject({ version, updatedAt });
    const [stored] = await database(env).select().from(sources).where(eq(sources.number, sourceNumber));
    expect(stored && (await openCredentials(anew, stored))).toEqual({ secret: "hunter2" });
    const notification = await findNotification(env, workspaceId);
    expect((await sendingConfigIn(anew, notification?.id ?? "", NOW))?.secrets).toEqual([
      { text: made?.secret, expiresAt: null },
    ]);
    expect(await moveSome(both)).toEqual({ moved: 0, unopened: [] });
  });

  it("goes on where it stopped, and a step stays within what an invocation may ask of D1", async () => {
    const { number } = await endpoint(old);
    const [first] = await database(env).select().from(endpointSecrets);
    if (!first) throw new Error("There is no secret");
    const { sealed } = first;
    for (let made = 0; made < 510; made += 30) {
      const rows = Array.from({ length: 30 }, () => ({ endpoint: number, sealed, createdAt: NOW, expiresAt: NOW }));
      // Four columns of thirty rows are more parameters than D1 takes.
      for (let at = 0; at < 30; at += 15)
        await database(env)
          .insert(endpointSecrets)
          .values(rows.slice(at, at + 15));
    }
    expect(await moveSome(both)).toEqual({ moved: 500, unopened: [] });
    expect((await progress(both)).keys).toContainEqual({ id: OLD_ID, known: true, values: 14 });
    expect(await moveSome(both)).toEqual({ moved: 14, unopened: [] });
  });

  it("leaves what somebody changed in between as he set it", async () => {
    const { id, number } = await endpoint(old);
    let races = 0;
    const racing = interrupted(async () => {
      if (races++ > 0) return;
      // By an isolate that was started before there was a new key.
      await updateEndpoint(
        old,
        { workspaceId },
        id,
        { headers: { "x-token": "changed" }, verifyToken: null },
        NOW,
        AUDIT,
      );
      await rotateSecret(old, { id, number }, "whsec_third", NOW + 1000, NOW, AUDIT);
    });
    const { moved } = await moveSome(racing);
    expect(races).toBeGreaterThan(0);
    expect(moved).toBe(4);
    const config = await sendingConfigIn(both, id, NOW);
    expect(config).toMatchObject({
      headers: { "x-token": "changed" },
      secrets: [{ text: "whsec_third" }, { text: "whsec_second" }, { text: "whsec_first" }],
    });
    expect((await rowOf(number)).verifyToken).toBeNull();
  });

  it("leaves a change of the very value that it had in hand", async () => {
    const { id, number } = await endpoint(old);
    await database(env).delete(endpointSecrets);
    let races = 0;
    const racing = interrupted(async () => {
      if (races++ > 0) return;
      await updateEndpoint(old, { workspaceId }, id, { headers: { "x-token": "changed" } }, NOW, AUDIT);
    });
    // The headers were read, and are another's by the time of the update: the verify token alone is moved.
    expect(await moveSome(racing)).toEqual({ moved: 1, unopened: [] });
    expect(await openHeaders(both, await rowOf(number))).toEqual({ "x-token": "changed" });
    expect(await moveSome(both)).toEqual({ moved: 1, unopened: [] });
    expect(await openHeaders(anew, await rowOf(number))).toEqual({ "x-token": "changed" });
  });

  it("names what does not open, and moves the rest", async () => {
    const [victim, thief] = [await endpoint(old), await endpoint(old)];
    const { headers } = await rowOf(victim.number);
    await database(env).update(endpoints).set({ headers }).where(eq(endpoints.number, thief.number));
    expect(await moveSome(both)).toEqual({ moved: 7, unopened: [{ kind: "endpoint_headers", owner: thief.id }] });
    expect((await progress(both)).keys).toContainEqual({ id: OLD_ID, known: true, values: 1 });
  });

  it("counts what is under a key that is gone, and what is not sealed at all, and shows neither", async () => {
    const { number } = await endpoint(lost);
    await database(env)
      .update(endpoints)
      .set({ headers: "1.hunter22.in the clear" })
      .where(eq(endpoints.number, number));
    expect(await progress(both)).toEqual({
      first: NEW_ID,
      keys: [
        { id: NEW_ID, known: true, values: 0 },
        { id: OLD_ID, known: true, values: 0 },
        { id: LOST_ID, known: false, values: 3 },
        { id: null, known: false, values: 1 },
      ],
    });
    expect(await moveSome(both)).toEqual({ moved: 0, unopened: [] });
  });
});
