import { and, eq, isNotNull } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { PayloadSchema } from "../catalogue/payload-schema.ts";
import { Known } from "./known.ts";
import { eventTypes } from "./schema.ts";
import { planFrom, planRow } from "./workspace-plan.ts";

/** How a workspace's events are spread over EventStream objects. */
export type Streams = {
  /** Over so many, from 1 on. */
  count: number;
  /** The most that it ever was: the others still have what they took. */
  most: number;
  /** When it was changed last, in milliseconds since 1970; null: never. */
  changedAt: number | null;
};

/** As every workspace begins. */
export const ONE_STREAM: Streams = { count: 1, most: 1, changedAt: null };

/** By type, those of a workspace's own types that have a schema. */
export type PayloadSchemas = ReadonlyMap<string, PayloadSchema>;

/** What publishing to a workspace goes by. */
export type PublishRules = {
  plan: string | null;
  /** In a calendar month in UTC; null: as many as it likes. */
  eventsLimit: number | null;
  schemas: PayloadSchemas;
  streams: Streams;
};

const known = new Known<number, PublishRules>();

/**
 * Null if there is no such workspace. At most 30 s behind what another isolate changed, at once for changes of this one;
 * while D1 is away an hour.
 * @throws DatabaseAway where nothing is known of it
 */
export function publishRules(env: Env, workspaceId: number): Promise<PublishRules | null> {
  return known.get(env, workspaceId, Date.now(), async (db) => {
    const [[row], types] = await db.batch([planRow(db, workspaceId), typesWithSchema(db, workspaceId)]);
    if (!row) return null;
    const { plan, limits } = planFrom(env, workspaceId, row.plan);
    const streams = { count: row.streams, most: row.streamsMost, changedAt: row.streamsChangedAt };
    return { plan, eventsLimit: limits.events, schemas: schemasOf(types, workspaceId), streams };
  });
}

const typesWithSchema = (db: DrizzleD1Database, workspaceId: number) =>
  db
    .select({ name: eventTypes.name, schema: eventTypes.schema })
    .from(eventTypes)
    .where(and(eq(eventTypes.workspaceId, workspaceId), isNotNull(eventTypes.schema)));

function schemasOf(rows: { name: string; schema: string | null }[], workspaceId: number): PayloadSchemas {
  return new Map(
    rows.flatMap(({ name, schema }) => {
      if (schema === null) return [];
      return [[name, new PayloadSchema(JSON.parse(schema), `${name} of workspace ${workspaceId}`)] as const];
    }),
  );
}

/** To be called when anything of the rules was changed, or may have been. */
export function outdatePublishRules(workspaceId: number): void {
  known.outdate(workspaceId);
}

/** To be called when the workspace was deleted, or may have been. */
export function forgetPublishRules(workspaceId: number): void {
  known.drop(workspaceId);
}
