import { and, desc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import * as z from "zod";
import type { EndpointId } from "../lib/ids.ts";
import { dialectOf } from "../systems/index.ts";
import { AuditRecorder } from "./audit.ts";
import { auditedEndpoint } from "./audited.ts";
import type { Patience } from "./away.ts";
import { database } from "./db.ts";
import { fromD1 } from "./failures.ts";
import { type EndpointRow, endpointSecrets, endpoints, workspaces } from "./schema.ts";
import { identityOf, open, UnsealError } from "./secrets.ts";
import { asWorkspace, WORKSPACE, type Workspace } from "./workspaces.ts";

/** What publishing and delivering need to know of endpoints. */

/** What decides which events an endpoint gets. */
export type Subscription = {
  id: EndpointId;
  number: number;
  version: number;
  events: string[];
  channels: string[];
  createdAt: number;
};

/** What the Endpoint object runs by. */
export type EndpointState = {
  id: EndpointId;
  number: number;
  workspaceId: number;
  kind: EndpointRow["kind"];
  version: number;
  status: EndpointRow["status"];
  disabledReason: string | null;
  dialect: string;
  url: string;
  /** Seconds before each retry. */
  retryDelays: number[];
  timeoutMs: number;
  /** Deliveries that may be under way at once; null or undefined: as the deployment has it. */
  maxConcurrency?: number | null;
  /** When failures disable it; null: never; undefined: as its dialect has it. */
  disableAfter?: { failures: number; seconds: number } | null;
  /** Whether an answer of 410 disables it. Undefined in what an object stored before there was such a choice. */
  disableOnGone?: boolean;
};

const asId = (id: string): EndpointId => id as EndpointId;

/**
 * So many endpoints come in one row: each has 35 KB of patterns and channels at the most, and a row of D1 2 MB
 * (https://developers.cloudflare.com/d1/platform/limits/).
 */
export const PACKED = 40;
type Packed = [EndpointId, number, number, string[], string[], number];

/**
 * All of the workspace, whatever their kind and status: what is published for a paused endpoint is held, not dropped. Null if
 * there is no such workspace. They come packed: to read ten thousand rows one by one would hold up the stream that asks.
 */
export async function listSubscriptions(env: Env, workspaceId: number): Promise<Subscription[] | null> {
  const db = database(env, "lookUp");
  const { id, number, version, events, channels, createdAt } = endpoints;
  const members = sql.join([id, number, version, sql`json(${events})`, sql`json(${channels})`, createdAt], sql`, `);
  // By their places in the workspace: numbers are given out over all of them.
  const place = sql`(row_number() OVER (ORDER BY ${number}) - 1) / ${sql.raw(String(PACKED))}`;
  const each = db
    .select({ member: sql<string>`json_array(${members})`.as("member"), pack: place.as("pack") })
    .from(endpoints)
    .where(eq(endpoints.workspaceId, workspaceId))
    .as("each");
  const [rows, home] = await fromD1(() =>
    db.batch([
      db
        // JSON from a subquery is text to the outer one.
        .select({ packed: sql<string>`json_group_array(json(${each.member}))`.as("packed") })
        .from(each)
        .groupBy(sql`${each.pack}`),
      db.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspaceId)),
    ]),
  );
  if (home.length === 0) return null;
  return rows
    .flatMap(({ packed }) => JSON.parse(packed) as Packed[])
    .map(([id, number, version, events, channels, createdAt]) => ({ id, number, version, events, channels, createdAt }))
    .sort((a, b) => a.number - b.number);
}

/** All that D1 has of an endpoint: read together, as who asks for one part mostly wants the others next. */
export type EndpointRecord = {
  row: EndpointRow;
  /** Those that sign now, the newest first. */
  secrets: { sealed: string; expiresAt: number | null }[];
  workspace: Workspace;
};

/**
 * Null if the endpoint was deleted.
 * @param now in milliseconds since 1970: a rotated secret that ended before is left out
 * @param patience `known` for who has something to go by in its place
 * @throws DatabaseAway
 */
export async function loadEndpoint(
  env: Env,
  id: string,
  now: number,
  patience: Patience = "lookUp",
): Promise<EndpointRecord | null> {
  const db = database(env, patience);
  const { number, workspaceId } = endpoints;
  const itself = db.select({ number }).from(endpoints).where(eq(endpoints.id, id));
  const home = db.select({ workspaceId }).from(endpoints).where(eq(endpoints.id, id));
  const stillValid = or(isNull(endpointSecrets.expiresAt), gt(endpointSecrets.expiresAt, now));
  const [[row], secrets, [workspace]] = await fromD1(() =>
    db.batch([
      db.select().from(endpoints).where(eq(endpoints.id, id)),
      db
        .select({ sealed: endpointSecrets.sealed, expiresAt: endpointSecrets.expiresAt })
        .from(endpointSecrets)
        .where(and(eq(endpointSecrets.endpoint, itself), stillValid))
        .orderBy(desc(endpointSecrets.id)),
      db.select(WORKSPACE).from(workspaces).where(eq(workspaces.id, home)),
    ]),
  );
  return row && workspace ? { row, secrets, workspace: asWorkspace(workspace) } : null;
}

/** Of what D1 has, what its object runs by. */
export function stateOf({ row }: EndpointRecord): EndpointState {
  const { number, workspaceId, kind, version, status, disabledReason, dialect, url } = row;
  return { id: asId(row.id), number, workspaceId, kind, version, status, disabledReason, dialect, url, ...timing(row) };
}

type Timing = Required<
  Pick<EndpointState, "retryDelays" | "timeoutMs" | "disableOnGone" | "maxConcurrency" | "disableAfter">
>;
type TimingRow = Pick<
  EndpointRow,
  "dialect" | "retryPolicy" | "timeoutMs" | "disableOnGone" | "maxConcurrency" | "disableAfter"
>;

/** What an endpoint was given, or else what its dialect has. */
export function timing(row: TimingRow): Timing {
  const dialect = dialectOf(row.dialect);
  return {
    retryDelays: row.retryPolicy ?? [...dialect.retryDelays],
    timeoutMs: row.timeoutMs ?? dialect.timeoutMs,
    disableOnGone: row.disableOnGone ?? dialect.disablesOnGone,
    maxConcurrency: row.maxConcurrency,
    disableAfter: row.disableAfter === "never" ? null : (row.disableAfter ?? dialect.disableAfter),
  };
}

/**
 * Disables an active endpoint, which the audit log has as the service's own doing.
 * @param version by which it failed: what was changed since is another try, and stays as it is. (D1 may be set back to an
 *   older one by its operator.)
 * @returns the new version; null if it was not active, or has been changed since
 */
export async function markDisabled(
  env: Env,
  { id, version }: Pick<EndpointState, "id" | "version">,
  reason: string,
  now: number,
): Promise<number | null> {
  const set = { status: "disabled", disabledReason: reason } as const;
  const db = database(env);
  const active = and(eq(endpoints.id, id), eq(endpoints.status, "active"), lte(endpoints.version, version));
  const [, [row]] = await db.batch([
    AuditRecorder.ofService(now).updated(env, "webhook.disabled", auditedEndpoint, active, set),
    db
      .update(endpoints)
      .set({ ...set, version: sql`${endpoints.version} + 1`, updatedAt: now })
      .where(active)
      .returning({ version: endpoints.version }),
  ]);
  return row?.version ?? null;
}

/** Everything that a request to an endpoint is made of, credentials in the clear: never stored, never logged. */
export type SendingConfig = {
  id: EndpointId;
  version: number;
  url: string;
  dialect: string;
  timeoutMs: number;
  headers: Record<string, string>;
  /** What it is verified by, and may repeat; null if it has none. */
  verifyToken: string | null;
  /** Those that it listens to; empty: all. */
  channels: string[];
  /** Those that sign now, the newest first. */
  secrets: string[];
  workspace: Workspace;
};

/** A secret in the clear, and when it signs no more, in milliseconds since 1970; null: it goes on. */
export type TimedSecret = { text: string; expiresAt: number | null };

/** The same over time: secrets that are being rotated out end without anybody asking D1. */
export type StoredSendingConfig = Omit<SendingConfig, "secrets"> & { secrets: TimedSecret[] };

const Headers = z.record(z.string(), z.string());

/**
 * Of what D1 has, what its requests are made of.
 * @throws UnsealError if a credential does not open
 */
export async function openSendingConfig(
  env: Env,
  { row, secrets, workspace }: EndpointRecord,
): Promise<StoredSendingConfig> {
  const opened = secrets.map(async ({ sealed, expiresAt }): Promise<TimedSecret> => {
    return { text: await open(env, sealed, identityOf.secret(row.id)), expiresAt };
  });
  return {
    id: asId(row.id),
    version: row.version,
    url: row.url,
    dialect: row.dialect,
    timeoutMs: timing(row).timeoutMs,
    headers: await openHeaders(env, row),
    verifyToken: await openVerifyToken(env, row).catch(noneIfSealed),
    channels: row.channels,
    secrets: await Promise.all(opened),
    workspace,
  };
}

/** No delivery bears it, so that one that does not open keeps none back; who verifies the endpoint anew is told. */
function noneIfSealed(error: unknown): null {
  if (error instanceof UnsealError) return null;
  throw error;
}

/**
 * The custom headers of an endpoint, values in the clear.
 * @throws UnsealError if they do not open
 */
export async function openHeaders(env: Env, row: Pick<EndpointRow, "id" | "headers">): Promise<Record<string, string>> {
  if (row.headers === null) return {};
  return Headers.parse(JSON.parse(await open(env, row.headers, identityOf.headers(row.id))));
}

/**
 * The verify token of an endpoint, in the clear; null if it has none.
 * @throws UnsealError if it does not open
 */
export async function openVerifyToken(env: Env, row: Pick<EndpointRow, "id" | "verifyToken">): Promise<string | null> {
  return row.verifyToken === null ? null : open(env, row.verifyToken, identityOf.verifyToken(row.id));
}
