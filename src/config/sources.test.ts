import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AuditRecorder } from "./audit.ts";
import { database } from "./db.ts";
import { sources } from "./schema.ts";
import { UnsealError } from "./secrets.ts";
import {
  countSources,
  deleteSource,
  findSource,
  forgetSourcesOf,
  insertSource,
  listSources,
  sourceOf,
  updateSource,
} from "./sources.ts";
import { deleteWorkspace, insertWorkspace } from "./workspaces.ts";

const NOW = Date.UTC(2026, 10, 22, 4);
const audit = AuditRecorder.ofService(NOW);
const FIELDS = {
  provider: "github",
  name: "Repository",
  credentials: { secret: ["hunter2", "hunter1"] },
  options: { events: ["push"] },
  publicUrl: null,
};

async function workspace(): Promise<number> {
  const fields = { name: "A", externalId: crypto.randomUUID(), publicName: null, plan: null, notifyEmail: null };
  return (await insertWorkspace(env, fields, null, NOW, audit)).row.id;
}

async function stored(workspaceId: number, fields: Partial<typeof FIELDS> = {}) {
  const { row } = await insertSource(env, workspaceId, { ...FIELDS, ...fields }, 100, NOW, audit);
  if (!row) throw new Error("There was no room");
  return row;
}

/** As another isolate would: nothing here is told. */
const changeElsewhere = (id: string, set: Partial<typeof sources.$inferInsert>) =>
  database(env).update(sources).set(set).where(eq(sources.id, id));

afterEach(() => {
  vi.useRealTimers();
});

describe("a source", () => {
  it("is stored with its credentials sealed", async () => {
    const row = await stored(await workspace());
    expect(row).toMatchObject({ provider: "github", options: { events: ["push"] }, publicUrl: null, version: 1 });
    expect(row.id).toMatch(/^src_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(JSON.stringify(row)).not.toMatch(/hunter|secret/);
    expect(await findSource(env, row.workspaceId, row.id)).toEqual(row);
  });

  it("is its workspace's alone", async () => {
    const [mine, other] = [await workspace(), await workspace()];
    const { id } = await stored(mine);
    expect(await findSource(env, other, id)).toBeNull();
    expect(await updateSource(env, other, id, { name: "Theirs" }, NOW, audit)).toBeNull();
    expect(await deleteSource(env, other, id, NOW, audit)).toEqual([]);
    expect(await countSources(env, other)).toBe(0);
    expect((await findSource(env, mine, id))?.name).toBe("Repository");
  });

  it("is listed with the others, the newest first", async () => {
    const mine = await workspace();
    const [a, b, c] = [await stored(mine), await stored(mine), await stored(mine)];
    expect(await listSources(env, mine, 2, undefined)).toEqual([c, b]);
    expect(await listSources(env, mine, 2, b.number)).toEqual([a]);
  });

  it("keeps what a change does not name, and counts its versions", async () => {
    const { id, workspaceId } = await stored(await workspace());
    const row = await updateSource(
      env,
      workspaceId,
      id,
      { name: "Other", publicUrl: "https://a.example/x" },
      NOW + 5,
      audit,
    );
    expect(row).toMatchObject({ name: "Other", publicUrl: "https://a.example/x", version: 2, updatedAt: NOW + 5 });
    expect(row).toMatchObject({ createdAt: NOW, options: FIELDS.options });
    expect((await sourceOf(env, id))?.credentials).toEqual(FIELDS.credentials);
  });

  it("goes with its workspace", async () => {
    const { id, workspaceId } = await stored(await workspace());
    await deleteWorkspace(env, workspaceId, NOW, audit);
    expect(await findSource(env, workspaceId, id)).toBeNull();
  });
});

describe("the limit", () => {
  it("is decided where the source is stored", async () => {
    const mine = await workspace();
    const insert = () => insertSource(env, mine, FIELDS, 2, NOW, audit);
    const made = await Promise.all([insert(), insert(), insert(), insert()]);
    expect(made.filter(({ row }) => row !== null).length).toBe(2);
    expect(await insert()).toEqual({ row: null, used: 2 });
    expect(await countSources(env, mine)).toBe(2);
    expect((await insertSource(env, mine, FIELDS, 3, NOW, audit)).row).not.toBeNull();
  });

  it("may be zero", async () => {
    expect(await insertSource(env, await workspace(), FIELDS, 0, NOW, audit)).toEqual({ row: null, used: 0 });
  });
});

describe("for receiving, a source", () => {
  it("is what was given, in the clear", async () => {
    const { id, workspaceId } = await stored(await workspace());
    const { name: _, ...given } = FIELDS;
    expect(await sourceOf(env, id)).toEqual({ ...given, id, workspaceId, version: 1 });
  });

  it("that is none is looked for each time", async () => {
    const { number: _, ...row } = await stored(await workspace());
    await deleteSource(env, row.workspaceId, row.id, NOW, audit);
    expect(await sourceOf(env, row.id)).toBeNull();
    await database(env).insert(sources).values(row);
    expect((await sourceOf(env, row.id))?.id).toBe(row.id);
  });

  it.each(["", "src_", "constructor", "wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3", "src_01kmn3v4w5x6y7z8a9b0c1d2e3"])(
    "is none of the id %j, which asks nobody",
    async (id) => {
      const unasked = { ...env, DB: undefined } as unknown as Env;
      expect(await sourceOf(unasked, id)).toBeNull();
    },
  );

  it("is remembered for 30 seconds", async () => {
    const { id } = await stored(await workspace());
    vi.useFakeTimers({ toFake: ["Date"], now: NOW });
    await sourceOf(env, id);
    await changeElsewhere(id, { publicUrl: "https://a.example/x", version: 2 });
    vi.setSystemTime(NOW + 29_999);
    expect((await sourceOf(env, id))?.version).toBe(1);
    vi.setSystemTime(NOW + 30_000);
    expect(await sourceOf(env, id)).toMatchObject({ version: 2, publicUrl: "https://a.example/x" });
  });

  it("shows a change of this isolate's at once", async () => {
    const { id, workspaceId } = await stored(await workspace());
    await sourceOf(env, id);
    await updateSource(env, workspaceId, id, { credentials: { secret: "new" }, options: {} }, NOW, audit);
    expect(await sourceOf(env, id)).toMatchObject({ credentials: { secret: "new" }, options: {}, version: 2 });
    await deleteSource(env, workspaceId, id, NOW, audit);
    expect(await sourceOf(env, id)).toBeNull();
  });

  it("is forgotten with its workspace", async () => {
    const { id, workspaceId } = await stored(await workspace());
    const other = await stored(await workspace());
    await Promise.all([sourceOf(env, id), sourceOf(env, other.id)]);
    await deleteWorkspace(env, workspaceId, NOW, audit);
    forgetSourcesOf(workspaceId);
    expect(await sourceOf(env, id)).toBeNull();
    expect((await sourceOf(env, other.id))?.id).toBe(other.id);
  });

  it("does not open with another's credentials", async () => {
    const [one, other] = [await stored(await workspace()), await stored(await workspace())];
    await changeElsewhere(one.id, { credentials: other.credentials });
    await expect(sourceOf(env, one.id)).rejects.toThrow(UnsealError);
  });
});
