import { and, eq, isNotNull } from "drizzle-orm";
import { PayloadSchema } from "../catalogue/payload-schema.ts";
import { BriefCache } from "./brief-cache.ts";
import { database } from "./db.ts";
import { reading } from "./failures.ts";
import { eventTypes } from "./schema.ts";
import { planOf } from "./workspace-plan.ts";

/** By type, those of a workspace's own types that have a schema. */
export type PayloadSchemas = ReadonlyMap<string, PayloadSchema>;

/** What publishing to a workspace goes by. */
export type PublishRules = {
  plan: string | null;
  /** In a calendar month in UTC; null: as many as it likes. */
  eventsLimit: number | null;
  schemas: PayloadSchemas;
};

const cache = new BriefCache<number, PublishRules>();

/** Null if there is no such workspace. At most 30 s behind what another isolate changed, at once for changes of this one. */
export async function publishRules(env: Env, workspaceId: number): Promise<PublishRules | null> {
  const now = Date.now();
  const cached = cache.get(workspaceId, now);
  if (cached) return cached;
  const [plan, schemas] = await Promise.all([planOf(env, workspaceId), schemasOf(env, workspaceId)]);
  if (!plan) return null;
  const rules = { plan: plan.plan, eventsLimit: plan.limits.events, schemas };
  cache.set(workspaceId, rules, now);
  return rules;
}

async function schemasOf(env: Env, workspaceId: number): Promise<PayloadSchemas> {
  const { name, schema } = eventTypes;
  const rows = await reading(() =>
    database(env)
      .select({ name, schema })
      .from(eventTypes)
      .where(and(eq(eventTypes.workspaceId, workspaceId), isNotNull(schema)))
      .all(),
  );
  return new Map(
    rows.flatMap(({ name, schema }) => {
      if (schema === null) return [];
      return [[name, new PayloadSchema(JSON.parse(schema), `${name} of workspace ${workspaceId}`)] as const];
    }),
  );
}

/** To be called when anything of the rules was changed. */
export function forgetPublishRules(workspaceId: number): void {
  cache.drop(workspaceId);
}
