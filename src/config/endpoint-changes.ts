import { and, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import { newEndpointId } from "../lib/ids.ts";
import { database } from "./db.ts";
import { type EndpointFilter, matching } from "./endpoint-filter.ts";
import { type EndpointRow, endpointSecrets, endpoints } from "./schema.ts";
import { identityOf, seal } from "./secrets.ts";

/** What the API sets of an endpoint, credentials in the clear. */
export type EndpointFields = Pick<
  EndpointRow,
  "url" | "events" | "name" | "description" | "retryPolicy" | "timeoutMs" | "channels"
> & {
  status: "active" | "paused";
  headers: Record<string, string>;
  verifyToken: string | null;
};

/** Stores an endpoint, with its secret if it has one. */
export async function insertEndpoint(
  env: Env,
  workspaceId: number,
  fields: EndpointFields & { dialect: string; secret: string | null },
  now: number,
): Promise<EndpointRow> {
  const { secret, headers, verifyToken, ...plain } = fields;
  const id = newEndpointId(now);
  const sealed = await sealCredentials(env, id, { headers, verifyToken });
  const db = database(env);
  const insert = db
    .insert(endpoints)
    .values({ ...plain, ...sealed, id, workspaceId, createdAt: now, updatedAt: now })
    .returning();
  const [[row]] =
    secret === null
      ? [await insert]
      : await db.batch([insert, secretInsert(db, id, await sealSecret(env, id, secret), now)]);
  if (!row) throw new Error("D1 returned no row for an insert");
  return row;
}

/**
 * Sets the status given, and whatever else is; a status set here ends a disabling. Null if there is none of that id
 * among them.
 */
export async function updateEndpoint(
  env: Env,
  filter: EndpointFilter,
  id: string,
  changes: Partial<EndpointFields>,
  now: number,
): Promise<EndpointRow | null> {
  const { headers, verifyToken, ...plain } = changes;
  const [row] = await database(env)
    .update(endpoints)
    .set({
      ...plain,
      ...(await sealCredentials(env, id, { headers, verifyToken })),
      ...(plain.status === undefined ? {} : { disabledReason: null }),
      version: nextVersion,
      updatedAt: now,
    })
    .where(and(matching(filter), eq(endpoints.id, id)))
    .returning();
  return row ?? null;
}

/**
 * Adds a secret that signs from now on. Those before it sign along until `until` (milliseconds since 1970), or shorter
 * where an earlier rotation said so. True if there was one before that still signs.
 */
export async function rotateSecret(
  env: Env,
  endpoint: Pick<EndpointRow, "id" | "number">,
  secret: string,
  until: number,
  now: number,
): Promise<boolean> {
  const db = database(env);
  const sealed = await sealSecret(env, endpoint.id, secret);
  const mine = eq(endpointSecrets.endpoint, endpoint.number);
  const [shortened] = await db.batch([
    db
      .update(endpointSecrets)
      .set({ expiresAt: until })
      .where(and(mine, or(isNull(endpointSecrets.expiresAt), gt(endpointSecrets.expiresAt, until))))
      .returning({ id: endpointSecrets.id }),
    db.delete(endpointSecrets).where(and(mine, lte(endpointSecrets.expiresAt, now))),
    secretInsert(db, endpoint.id, sealed, now),
    db.update(endpoints).set({ version: nextVersion, updatedAt: now }).where(eq(endpoints.number, endpoint.number)),
  ]);
  return shortened.length > 0;
}

const nextVersion = sql`${endpoints.version} + 1`;

const sealSecret = (env: Env, id: string, secret: string): Promise<string> => seal(env, secret, identityOf.secret(id));

/** Not async: to await a query is to run it, and this one belongs into a batch. */
function secretInsert(db: ReturnType<typeof database>, id: string, sealed: string, now: number) {
  const endpoint = sql`(SELECT number FROM endpoints WHERE id = ${id})`;
  return db.insert(endpointSecrets).values({ endpoint, sealed, createdAt: now });
}

type Credentials = { headers?: Record<string, string> | undefined; verifyToken?: string | null | undefined };

async function sealCredentials(
  env: Env,
  id: string,
  { headers, verifyToken }: Credentials,
): Promise<Partial<Pick<EndpointRow, "headers" | "verifyToken">>> {
  const sealed: Partial<Pick<EndpointRow, "headers" | "verifyToken">> = {};
  if (headers) {
    const none = Object.keys(headers).length === 0;
    sealed.headers = none ? null : await seal(env, JSON.stringify(headers), identityOf.headers(id));
  }
  if (verifyToken !== undefined) {
    sealed.verifyToken = verifyToken === null ? null : await seal(env, verifyToken, identityOf.verifyToken(id));
  }
  return sealed;
}
