import { eq } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { database } from "./db.ts";
import { fromD1 } from "./failures.ts";
import { type Limits, NO_LIMITS } from "./plans.ts";
import { workspaces } from "./schema.ts";
import { settingsOf } from "./settings.ts";

/**
 * A workspace's plan, if it has one; what it may have by it, and how many webhooks and sources it may have at all: by its
 * plan, or else as the deployment's ceilings are.
 */
export type WorkspacePlan = {
  plan: string | null;
  limits: Limits;
  room: { webhooks: number; sources: number };
};

/** Asks D1 each time. Null if there is no such workspace. */
export async function planOf(env: Env, workspaceId: number): Promise<WorkspacePlan | null> {
  const row = await fromD1(() => planRow(database(env), workspaceId).get());
  return row ? planFrom(env, workspaceId, row.plan) : null;
}

/** Asks for the name of a workspace's plan, and for its streams. */
export function planRow(db: DrizzleD1Database, workspaceId: number) {
  const { plan, streams, streamsMost, streamsChangedAt } = workspaces;
  return db
    .select({ plan, streams, streamsMost, streamsChangedAt })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
}

/** What a plan of that name means. */
export function planFrom(env: Env, workspaceId: number, plan: string | null): WorkspacePlan {
  const { CEILINGS: ceilings } = settingsOf(env);
  const limits = limitsOf(env, workspaceId, plan);
  const room = { webhooks: limits.webhooks ?? ceilings.webhooks, sources: limits.sources ?? ceilings.sources };
  return { plan, limits, room };
}

function limitsOf(env: Env, workspaceId: number, plan: string | null): Limits {
  if (plan === null) return NO_LIMITS;
  const limits = settingsOf(env).PLANS.get(plan);
  if (limits) return limits;
  // Nobody's events are refused for a slip of the operator's.
  console.error(`Workspace ${workspaceId} has no plan's limits: its plan ${JSON.stringify(plan)} is not among PLANS`);
  return NO_LIMITS;
}
