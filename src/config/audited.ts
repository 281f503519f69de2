import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { MASK } from "../lib/mask-header.ts";
import { shortened, shortenedColumn } from "./audit-cut.ts";
import { apiTokens, endpoints, eventTypes, portalLinks, sources, workspaces } from "./schema.ts";

/**
 * What the audit log shows of a row. A column that is not named here is not shown: a new one may hold a secret. Of a
 * masked one it shows that there is something, and that somebody set it: never what. Of a long value it shows the beginning.
 */

type How = "plain" | "masked" | "time";

type Field = { name: string; column: SQLiteColumn; how: How };

/** A kind of row whose changes are recorded. */
export type Audited = {
  table: SQLiteTable;
  /** What an entry calls the row. */
  id: SQLiteColumn;
  workspaceId: SQLiteColumn;
  /** By the names that the columns have in the code. */
  fields: ReadonlyMap<string, Field>;
};

function audited<Table extends SQLiteTable>(
  table: Table,
  { id, workspaceId }: Pick<Audited, "id" | "workspaceId">,
  shown: { readonly [Name in keyof Table["_"]["columns"]]?: How },
): Audited {
  const columns: Record<string, SQLiteColumn> = getTableColumns(table);
  const fields = Object.entries(columns).flatMap(([key, column]): [string, Field][] => {
    const how = shown[key];
    // D1 has the API's names.
    return how === undefined ? [] : [[key, { name: column.name, column, how }]];
  });
  return { table, id, workspaceId, fields: new Map(fields) };
}

export const auditedWorkspace = audited(
  workspaces,
  { id: workspaces.id, workspaceId: workspaces.id },
  { name: "plain", externalId: "plain", publicName: "plain", plan: "plain", notifyEmail: "plain", streams: "plain" },
);

export const auditedToken = audited(
  apiTokens,
  { id: apiTokens.id, workspaceId: apiTokens.workspaceId },
  { name: "plain", scopes: "plain", expiresAt: "time" },
);

export const auditedPortalLink = audited(
  portalLinks,
  { id: portalLinks.id, workspaceId: portalLinks.workspaceId },
  { scopes: "plain", sessionSeconds: "plain" },
);

export const auditedEndpoint = audited(
  endpoints,
  { id: endpoints.id, workspaceId: endpoints.workspaceId },
  {
    url: "plain",
    events: "plain",
    name: "plain",
    description: "plain",
    status: "plain",
    disabledReason: "plain",
    dialect: "plain",
    headers: "masked",
    retryPolicy: "plain",
    timeoutMs: "plain",
    disableOnGone: "plain",
    maxConcurrency: "plain",
    disableAfter: "plain",
    channels: "plain",
    group: "plain",
    verifyToken: "masked",
  },
);

// A schema and a sample may be long, and the type itself shows them.
export const auditedEventType = audited(
  eventTypes,
  { id: eventTypes.name, workspaceId: eventTypes.workspaceId },
  { title: "plain", description: "plain", schema: "masked", sample: "masked" },
);

export const auditedSource = audited(
  sources,
  { id: sources.id, workspaceId: sources.workspaceId },
  { provider: "plain", name: "plain", credentials: "masked", options: "plain", publicUrl: "plain" },
);

/** A JSON object of what a row shows now, for a statement that reads it. */
export function shownOf({ fields }: Audited, keys: readonly string[] = [...fields.keys()]): SQL {
  const members = keys.flatMap((key) => {
    const field = fields.get(key);
    return field ? [sql`${field.name}, ${value(field)}`] : [];
  });
  return sql`json_object(${sql.join(members, sql`, `)})`;
}

function value({ column, how }: Field): SQL {
  if (how === "masked") return sql`iif(${column} IS NULL, NULL, ${MASK})`;
  if (how === "time") return sql`strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;
  return shortenedColumn(column);
}

/** Those of the columns about to be set that are shown. */
export const shownAmong = ({ fields }: Audited, set: object): string[] =>
  Object.keys(set).filter((key) => fields.has(key));

/** The JSON of what a row will show of these columns once they are set. */
export function shownAfter({ fields }: Audited, set: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(set).flatMap(([key, given]) => {
    const field = fields.get(key);
    if (!field) return [];
    return [[field.name, field.how === "masked" && given !== null ? MASK : shortened(given)]];
  });
  return JSON.stringify(Object.fromEntries(members));
}
