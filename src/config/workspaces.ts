import { desc, eq, lt } from "drizzle-orm";
import { BriefCache } from "./brief-cache.ts";
import { database } from "./db.ts";
import { isDuplicate, reading } from "./failures.ts";
import { forgetPublishRules } from "./publish-rules.ts";
import { type WorkspaceRow, workspaces } from "./schema.ts";

/** What dialects, and the check that it exists, need of a workspace. */
export type Workspace = { id: number; externalId: string; communityName: string };

/** The fields that the API sets. */
export type WorkspaceFields = Pick<
  WorkspaceRow,
  "name" | "externalId" | "communityName" | "plan" | "notifyUrl" | "notifyEmail"
>;

/** Another workspace has this external id. */
export class ExternalIdTaken extends Error {
  override readonly name = "ExternalIdTaken";
}

const cache = new BriefCache<number, Workspace>();

/** Null if there is none. At most 30 s behind what another isolate changed, at once for changes of this one. */
export async function workspaceOf(env: Env, id: number): Promise<Workspace | null> {
  const now = Date.now();
  const cached = cache.get(id, now);
  if (cached) return cached;
  const row = await findWorkspace(env, id);
  if (!row) return null;
  const workspace = { id, externalId: row.externalId, communityName: row.communityName ?? row.name };
  cache.set(id, workspace, now);
  return workspace;
}

/** @throws ExternalIdTaken */
export async function insertWorkspace(env: Env, fields: WorkspaceFields, now: number): Promise<WorkspaceRow> {
  const insert = database(env)
    .insert(workspaces)
    .values({ ...fields, createdAt: now, updatedAt: now })
    .returning();
  const [row] = await refusingTakenIds(insert);
  if (!row) throw new Error("D1 returned no row for an insert");
  cache.drop(row.id);
  return row;
}

export async function findWorkspace(env: Env, id: number): Promise<WorkspaceRow | null> {
  const row = await reading(() => database(env).select().from(workspaces).where(eq(workspaces.id, id)).get());
  return row ?? null;
}

/** Newest first, from below the id `before`. */
export function listWorkspaces(env: Env, limit: number, before: number | undefined): Promise<WorkspaceRow[]> {
  const older = before === undefined ? undefined : lt(workspaces.id, before);
  return reading(() =>
    database(env).select().from(workspaces).where(older).orderBy(desc(workspaces.id)).limit(limit).all(),
  );
}

/**
 * Null if there is none.
 * @throws ExternalIdTaken
 */
export async function updateWorkspace(
  env: Env,
  id: number,
  changes: Partial<WorkspaceFields>,
  now: number,
): Promise<WorkspaceRow | null> {
  const update = database(env)
    .update(workspaces)
    .set({ ...changes, updatedAt: now })
    .where(eq(workspaces.id, id))
    .returning();
  const [row] = await refusingTakenIds(update);
  cache.drop(id);
  forgetPublishRules(id);
  return row ?? null;
}

/** Deletes it with its tokens, endpoints and their secrets. False if there was none. */
export async function deleteWorkspace(env: Env, id: number): Promise<boolean> {
  const deleted = await database(env).delete(workspaces).where(eq(workspaces.id, id)).returning({ id: workspaces.id });
  cache.drop(id);
  forgetPublishRules(id);
  return deleted.length > 0;
}

async function refusingTakenIds<T>(write: PromiseLike<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isDuplicate(error, "workspaces.external_id")) throw new ExternalIdTaken("external_id", { cause: error });
    throw error;
  }
}
