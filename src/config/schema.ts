import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/**
 * What people configure. Times are milliseconds since 1970. What happens (events, deliveries, attempts) is never
 * stored here: D1 is single-threaded and bills each row.
 */

export const workspaces = sqliteTable("workspaces", {
  id: integer().primaryKey({ autoIncrement: true }),
  externalId: text("external_id").notNull().unique(),
  name: text().notNull(),
  /** What its receivers know it by, where that is not `name`; the API says `community_name`. */
  publicName: text("community_name"),
  plan: text(),
  notifyEmail: text("notify_email"),
  /** Over how many objects its events are spread, the most that it ever was, and when that was changed last. */
  streams: integer().notNull().default(1),
  streamsMost: integer("streams_most").notNull().default(1),
  streamsChangedAt: integer("streams_changed_at"),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

export const apiTokens = sqliteTable(
  "api_tokens",
  {
    id: text().primaryKey(),
    workspaceId: integer("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    name: text().notNull(),
    /** SHA-256 of the token in hex; the token itself is shown once and kept nowhere. */
    hash: text().notNull().unique(),
    scopes: text({ mode: "json" }).$type<Scope[]>().notNull(),
    createdAt: integer("created_at").notNull(),
    /** Null: it does not expire. */
    expiresAt: integer("expires_at"),
    /** A moment at which it was used; written once an hour at most (tokens.ts). */
    lastUsedAt: integer("last_used_at"),
  },
  (table) => [
    index("api_tokens_workspace").on(table.workspaceId),
    index("api_tokens_expires").on(table.expiresAt).where(sql`expires_at IS NOT NULL`),
  ],
);

export const endpoints = sqliteTable(
  "endpoints",
  {
    /** Never used again after a deletion: delivery ids carry it. */
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    workspaceId: integer("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    /** A workspace's people get its `notification`s, at most one; every other is a `webhook`. */
    kind: text({ enum: ["webhook", "notification"] })
      .notNull()
      .default("webhook"),
    url: text().notNull(),
    events: text({ mode: "json" }).$type<string[]>().notNull(),
    name: text(),
    description: text(),
    status: text({ enum: ["active", "paused", "disabled"] }).notNull(),
    disabledReason: text("disabled_reason"),
    dialect: text().notNull(),
    /** Sealed JSON object (secrets.ts): a custom header may carry a credential. */
    headers: text(),
    /** Seconds before each retry; null: the dialect's own. */
    retryPolicy: text("retry_policy", { mode: "json" }).$type<number[]>(),
    timeoutMs: integer("timeout_ms"),
    /** Whether an answer of 410 disables it; null: as its dialect has it. */
    disableOnGone: integer("disable_on_gone", { mode: "boolean" }),
    /** Requests that may be under way to it at once; null: as the deployment has it. */
    maxConcurrency: integer("max_concurrency"),
    /** When failures disable it; null: as its dialect has it. Never is a word: JSON's null would be read as no value. */
    disableAfter: text("disable_after", { mode: "json" }).$type<StoredDisableAfter>(),
    channels: text({ mode: "json" }).$type<string[]>().notNull(),
    /** The group at its system that it was made for, and stays of (a survey, by its id; the API calls it that); null for every other. */
    group: text("survey"),
    /** Sealed (secrets.ts). */
    verifyToken: text("verify_token"),
    /** Grows with every change, so that copies elsewhere know whether they are current. */
    version: integer().notNull().default(sql`1`),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    index("endpoints_workspace").on(table.workspaceId),
    // Partial: no other endpoint pays a row for it.
    index("endpoints_survey").on(table.workspaceId, table.group).where(sql`survey IS NOT NULL`),
    uniqueIndex("endpoints_notification").on(table.workspaceId).where(sql`kind = 'notification'`),
  ],
);

export const endpointSecrets = sqliteTable(
  "endpoint_secrets",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    endpoint: integer()
      .notNull()
      .references(() => endpoints.number, { onDelete: "cascade" }),
    /** Sealed (secrets.ts). */
    sealed: text().notNull(),
    createdAt: integer("created_at").notNull(),
    /** Null for the newest; a rotated one signs along until then. */
    expiresAt: integer("expires_at"),
  },
  (table) => [
    index("endpoint_secrets_endpoint").on(table.endpoint),
    index("endpoint_secrets_expires").on(table.expiresAt).where(sql`expires_at IS NOT NULL`),
  ],
);

/** Types of a workspace's own, beside those that every workspace knows (catalogue/). */
export const eventTypes = sqliteTable(
  "event_types",
  {
    workspaceId: integer("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    name: text().notNull(),
    title: text(),
    description: text(),
    /** JSON text, as it was written: a JSON Schema that a payload must satisfy; null: any will do. */
    schema: text(),
    /** JSON text, as it was written: the payload of a test. */
    sample: text(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.name] })],
);

/** Accounts at providers whose callbacks a workspace receives. */
export const sources = sqliteTable(
  "sources",
  {
    number: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    workspaceId: integer("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    /** By its name in the registry, for good. */
    provider: text().notNull(),
    name: text().notNull(),
    /** Sealed JSON object (secrets.ts), as it was given: the provider's schema is applied on each use. */
    credentials: text().notNull(),
    /** As they were given, as the credentials are. */
    options: text({ mode: "json" }).$type<Record<string, unknown>>().notNull(),
    /** Where its provider calls it, if that is not this service's own URL of it. */
    publicUrl: text("public_url"),
    /** Grows with every change, so that copies elsewhere know whether they are current. */
    version: integer().notNull().default(sql`1`),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [index("sources_workspace").on(table.workspaceId)],
);

/** Who changed what (audit.ts). It belongs to no workspace: it tells of deleted ones, too. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    number: integer().primaryKey(),
    at: integer().notNull(),
    /** Null for what concerns the whole deployment. */
    workspaceId: integer("workspace_id"),
    action: text().notNull(),
    /** The id of what was changed, or the name of an event type. */
    record: text(),
    /** `admin`, `service`, or the id of a token. */
    actor: text().notNull(),
    /** Of the token, as it was called then. */
    actorName: text("actor_name"),
    /** Fields by the API's names, without secrets; null where there was nothing. */
    before: text({ mode: "json" }).$type<Record<string, unknown>>(),
    /** As `before`. */
    after: text({ mode: "json" }).$type<Record<string, unknown>>(),
    requestId: text("request_id"),
    ip: text(),
    /** ISO 3166-1 alpha-2, as Cloudflare tells it of the address; `T1` for Tor. */
    country: text(),
    userAgent: text("user_agent"),
  },
  (table) => [index("audit_log_workspace").on(table.workspaceId)],
);

/** One-time ways into the portal (portal-links.ts), kept until a day after they end. */
export const portalLinks = sqliteTable(
  "portal_links",
  {
    id: text().primaryKey(),
    workspaceId: integer("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    /** SHA-256 in hex of what stands in the link; that itself is shown once and kept nowhere. */
    hash: text().notNull().unique(),
    scopes: text({ mode: "json" }).$type<Scope[]>().notNull(),
    /** How long who opens it stays signed in. */
    sessionSeconds: integer("session_seconds").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    /** Null: nobody has opened it. */
    usedAt: integer("used_at"),
    /** The token that made it, and takes it along when it is revoked (tokens.ts); null: the admin. */
    tokenId: text("token_id"),
  },
  (table) => [
    index("portal_links_workspace").on(table.workspaceId),
    // Partial, as the sessions' are: a row that has none pays none.
    index("portal_links_token").on(table.tokenId).where(sql`token_id IS NOT NULL`),
  ],
);

/** Who is signed in to the portal (portal-sessions.ts): without its row a cookie is worth nothing. */
export const portalSessions = sqliteTable(
  "portal_sessions",
  {
    /** SHA-256 in hex of what the cookie says; that itself is kept nowhere. */
    hash: text().primaryKey(),
    /** Null for the admin's. */
    workspaceId: integer("workspace_id").references(() => workspaces.id, { onDelete: "cascade" }),
    /** The token that was shown; null for the others. */
    tokenId: text("token_id").references(() => apiTokens.id, { onDelete: "cascade" }),
    /** The link that was opened; null for the others. */
    linkId: text("link_id").references(() => portalLinks.id, { onDelete: "cascade" }),
    /** Says which admin token was shown, and nothing of it; null for the others. */
    adminMark: text("admin_mark"),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    index("portal_sessions_expires").on(table.expiresAt),
    index("portal_sessions_workspace").on(table.workspaceId).where(sql`workspace_id IS NOT NULL`),
    index("portal_sessions_token").on(table.tokenId).where(sql`token_id IS NOT NULL`),
    index("portal_sessions_link").on(table.linkId).where(sql`link_id IS NOT NULL`),
    index("portal_sessions_admin").on(table.adminMark).where(sql`admin_mark IS NOT NULL`),
  ],
);

/** What objects still have to do because of what D1 says (errands.ts). It refers to nothing: what was deleted is in it. */
export const errands = sqliteTable(
  "errands",
  {
    number: integer().primaryKey(),
    object: text({ enum: ["endpoint", "stream", "source"] }).notNull(),
    name: text().notNull(),
    /** `empty`: it was deleted; `refresh`: it was changed. */
    task: text({ enum: ["empty", "refresh"] }).notNull(),
    /** Of the endpoint that was changed; 0 for what was deleted. */
    version: integer().notNull(),
    since: integer().notNull(),
    /** When it is to be done, or tried again. */
    due: integer().notNull(),
  },
  (table) => [uniqueIndex("errands_object").on(table.object, table.name), index("errands_due").on(table.due)],
);

/** Failed probes in a row, and seconds since the last success: both must be reached. */
export type StoredDisableAfter = { failures: number; seconds: number } | "never";

export const SCOPES = ["publish", "read", "manage"] as const;
export type Scope = (typeof SCOPES)[number];
export type WorkspaceRow = typeof workspaces.$inferSelect;
export type EndpointRow = typeof endpoints.$inferSelect;
export type EventTypeRow = typeof eventTypes.$inferSelect;
export type SourceRow = typeof sources.$inferSelect;
export type AuditRow = typeof auditLog.$inferSelect;
