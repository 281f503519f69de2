import { and, eq, type SQL, sql } from "drizzle-orm";
import { newEndpointId } from "../lib/ids.ts";
import { standard } from "../systems/index.ts";
import type { AuditRecorder } from "./audit.ts";
import { auditedEndpoint } from "./audited.ts";
import { database } from "./db.ts";
import { sealSecret, secretInsert } from "./endpoint-changes.ts";
import { fromD1 } from "./failures.ts";
import { endpoints, workspaces } from "./schema.ts";

/**
 * Where a workspace's notifications go: an endpoint of a kind of its own, so that they are signed, retried and logged as
 * every delivery is. A workspace has one at most.
 */

/** No pattern: a workspace may have types of its own below `endpoint`. */
const SUBSCRIBES_TO = ["endpoint.failing", "endpoint.disabled", "endpoint.enabled"];

/** Not a bound value: the partial index serves this condition alone. */
export const isNotification = sql`${endpoints.kind} = 'notification'`;

/**
 * The statements that give a workspace its notification endpoint, for a batch; they add nothing where it has one. With
 * the endpoint's id, and its secret in the clear.
 */
export async function notificationInserts(
  env: Env,
  workspaceId: number | SQL<number>,
  url: string,
  now: number,
  audit: AuditRecorder,
) {
  const db = database(env);
  const id = newEndpointId(now);
  const secret = standard.secret.generate();
  const sealed = await sealSecret(env, id, secret);
  const values = {
    id,
    workspaceId: sql`${workspaceId}`,
    kind: "notification" as const,
    url,
    events: SUBSCRIBES_TO,
    channels: [],
    status: "active" as const,
    dialect: standard.name,
    createdAt: now,
    updatedAt: now,
  };
  const endpoint = db.insert(endpoints).values(values).onConflictDoNothing().returning({ id: endpoints.id });
  const entry = audit.created(env, "notification.created", auditedEndpoint, eq(endpoints.id, id));
  return { id, secret, statements: [endpoint, secretInsert(db, id, sealed, now), entry] as const };
}

/** Gives a workspace its notification endpoint. Its id, and its secret in the clear; null if it has one already. */
export async function insertNotification(
  env: Env,
  workspaceId: number,
  url: string,
  now: number,
  audit: AuditRecorder,
): Promise<{ id: string; secret: string } | null> {
  const { id, secret, statements } = await notificationInserts(env, workspaceId, url, now, audit);
  const [made] = await database(env).batch(statements);
  return made.length > 0 ? { id, secret } : null;
}

/** Null where the workspace has none. */
export async function findNotification(env: Env, workspaceId: number): Promise<{ id: string; url: string } | null> {
  const { id, url } = endpoints;
  const mine = and(eq(endpoints.workspaceId, workspaceId), isNotification);
  const row = await fromD1(() => database(env).select({ id, url }).from(endpoints).where(mine).get());
  return row ?? null;
}

/** Whom an email about an endpoint goes to, and what it calls things. */
export type Recipient = {
  /** Null where the workspace wants no emails. */
  email: string | null;
  workspaceId: number;
  workspaceName: string;
  webhookName: string | null;
};

/** Null if the endpoint was deleted. */
export async function recipientOf(env: Env, endpointId: string): Promise<Recipient | null> {
  const row = await fromD1(() =>
    database(env)
      .select({
        email: workspaces.notifyEmail,
        workspaceId: workspaces.id,
        workspaceName: workspaces.name,
        webhookName: endpoints.name,
      })
      .from(endpoints)
      .innerJoin(workspaces, eq(workspaces.id, endpoints.workspaceId))
      .where(eq(endpoints.id, endpointId))
      .get(),
  );
  return row ?? null;
}
