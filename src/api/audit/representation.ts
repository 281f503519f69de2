import { AUDIT_ACTIONS } from "../../config/audit.ts";
import { isCut, LONGEST_VALUE } from "../../config/audit-cut.ts";
import type { AuditFilter } from "../../config/audit-queries.ts";
import type { AuditRow } from "../../config/schema.ts";
import { auditId } from "../../lib/ids.ts";
import { MASK } from "../../lib/mask-header.ts";
import { Instant, iso, Timestamp } from "../fields.ts";
import { PageQuery } from "../page.ts";
import * as z from "../z.ts";

const record = z.string().openapi({ example: "wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3" });

export const AuditQuery = PageQuery.extend({
  action: z.enum(AUDIT_ACTIONS).optional(),
  record: record.max(250).optional().openapi({ description: "The id of what was changed." }),
  actor: z
    .union([
      z.literal(["admin", "service"]),
      z
        .string()
        .regex(/^(tok|lnk)_/)
        .max(50),
    ])
    .optional()
    .openapi({
      type: "string",
      maxLength: 50,
      description: "`admin`, `service`, or the id of a token or a portal link.",
      example: "admin",
    }),
  since: Instant.optional().openapi({ description: "From then on." }),
  until: Instant.optional().openapi({ description: "Up to then, that moment included." }),
});

/** What a query asks for. */
export function filterOf(query: z.output<typeof AuditQuery>): AuditFilter {
  const { action, record, actor, since, until } = query;
  return { action, record, actor, since, until };
}

const Fields = z.record(z.string(), z.unknown()).nullable();

export const AuditEntry = z
  .object({
    id: z.string().openapi({ example: "aud_01KMN3V4W50000000000000001" }),
    at: Timestamp,
    workspace_id: z.int().nullable().openapi({ description: "Null for what concerns the whole deployment." }),
    action: z.string().openapi({ example: "webhook.updated" }),
    record: record.nullable().openapi({
      description: "The id of what was changed; of an event type, its name; of a workspace, its number as text.",
    }),
    actor: z.object({
      type: z.enum(["admin", "token", "portal_link", "service"]).openapi({
        description: "`portal_link`: who was sent into the portal by one. `service`: nobody asked for it.",
      }),
      id: z.string().nullable().openapi({ description: "Of a token or a portal link." }),
      name: z.string().nullable().openapi({ description: "Of a token, as it was called then." }),
    }),
    before: Fields.openapi({
      description: `The fields that changed, as they were; null where there was nothing. A secret, or what is long, is \`${MASK}\`: it was set. Of a value of more than ${LONGEST_VALUE} characters there is its beginning: \`{"cut": "…", "length": 2000}\`, with how many it had.`,
      example: { url: "https://a.example/hooks", verify_token: null },
    }),
    after: Fields.openapi({
      description: "The same fields, as they are since then.",
      example: { url: "https://b.example/hooks", verify_token: MASK },
    }),
    request_id: z.string().nullable(),
    ip: z.string().nullable().openapi({ description: "Of the admin, shown to the admin alone." }),
    country: z.string().nullable().openapi({ description: "As `ip`, by ISO 3166-1.", example: "DE" }),
    user_agent: z.string().nullable().openapi({ description: "As `ip`." }),
  })
  .openapi("AuditEntry");

/** @param toAdmin where the operator's own systems are is nothing that workspaces are told */
export function viewEntry(row: AuditRow, toAdmin: boolean): z.infer<typeof AuditEntry> {
  const { actor, before, after } = row;
  const type = typeOf(actor);
  const kept = before && after ? changedFields(before, after) : Object.keys(before ?? after ?? {});
  const hidden = type === "admin" && !toAdmin;
  return {
    id: auditId(row.at, row.number),
    at: iso(row.at),
    workspace_id: row.workspaceId,
    action: row.action,
    record: row.record,
    actor: { type, id: type === actor ? null : actor, name: row.actorName },
    before: before && only(before, kept),
    after: after && only(after, kept),
    request_id: row.requestId,
    ip: hidden ? null : row.ip,
    country: hidden ? null : row.country,
    user_agent: hidden ? null : row.userAgent,
  };
}

function typeOf(actor: string): "admin" | "service" | "portal_link" | "token" {
  if (actor === "admin" || actor === "service") return actor;
  return actor.startsWith("lnk_") ? "portal_link" : "token";
}

type Values = Record<string, unknown>;

/** The fields that differ. What is masked or cut may differ where it looks the same. */
const changedFields = (before: Values, after: Values): string[] =>
  Object.keys(after).filter(
    (name) =>
      after[name] === MASK || isCut(after[name]) || JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );

const only = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
