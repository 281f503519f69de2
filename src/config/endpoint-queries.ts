import { and, desc, eq, lt } from "drizzle-orm";
import type { EndpointId } from "../lib/ids.ts";
import { database } from "./db.ts";
import { reading } from "./failures.ts";
import { type EndpointRow, endpoints } from "./schema.ts";

/** What the API asks about the endpoints of one workspace, and deletes. */

const asId = (id: string): EndpointId => id as EndpointId;

const within = (workspaceId: number, id: string) => and(eq(endpoints.workspaceId, workspaceId), eq(endpoints.id, id));

/** Null if the workspace has none of that id. */
export async function findEndpoint(env: Env, workspaceId: number, id: string): Promise<EndpointRow | null> {
  const row = await reading(() => database(env).select().from(endpoints).where(within(workspaceId, id)).get());
  return row ?? null;
}

/** The endpoint that a delivery's id names; null if the workspace has none of that number. */
export async function endpointByNumber(env: Env, workspaceId: number, number: number): Promise<EndpointId | null> {
  const row = await reading(() =>
    database(env)
      .select({ id: endpoints.id })
      .from(endpoints)
      .where(and(eq(endpoints.workspaceId, workspaceId), eq(endpoints.number, number)))
      .get(),
  );
  return row ? asId(row.id) : null;
}

/** The ids of all endpoints of a workspace. */
export async function endpointIds(env: Env, workspaceId: number): Promise<EndpointId[]> {
  const rows = await reading(() =>
    database(env).select({ id: endpoints.id }).from(endpoints).where(eq(endpoints.workspaceId, workspaceId)).all(),
  );
  return rows.map((row) => asId(row.id));
}

/** Newest first, from below the number `before`. */
export function listEndpoints(
  env: Env,
  workspaceId: number,
  limit: number,
  before: number | undefined,
): Promise<EndpointRow[]> {
  const older = before === undefined ? undefined : lt(endpoints.number, before);
  return reading(() =>
    database(env)
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.workspaceId, workspaceId), older))
      .orderBy(desc(endpoints.number))
      .limit(limit)
      .all(),
  );
}

/** Deletes it with its secrets. False if the workspace had none of that id. */
export async function deleteEndpoint(env: Env, workspaceId: number, id: string): Promise<boolean> {
  const deleted = await database(env).delete(endpoints).where(within(workspaceId, id)).returning({ id: endpoints.id });
  return deleted.length > 0;
}
