import type * as z from "zod";
import type { AuditEntry } from "../../../api/audit/representation.ts";
import { AUDIT_ACTIONS, type AuditAction } from "../../../config/audit.ts";
import { isCut } from "../../../config/audit-cut.ts";
import { count } from "../../parts/figures.tsx";

type Entry = z.infer<typeof AuditEntry>;

/** What somebody did, after who it was: "Ada's laptop changed a webhook". */
const WORDS: Readonly<Record<AuditAction, string>> = {
  "workspace.created": "created the workspace",
  "workspace.updated": "changed the workspace",
  "workspace.deleted": "deleted the workspace",
  "notification.created": "set where notifications go",
  "notification.updated": "changed where notifications go",
  "notification.deleted": "ended the notifications",
  "token.created": "created a token",
  "token.revoked": "revoked a token",
  "portal_link.created": "made a portal link",
  "portal_link.revoked": "revoked a portal link",
  "portal_sessions.ended": "ended all sessions in the portal",
  "webhook.created": "added a webhook",
  "webhook.updated": "changed a webhook",
  "webhook.deleted": "deleted a webhook",
  "webhook.secret_rotated": "replaced a webhook's secret",
  "webhook.disabled": "disabled a webhook that kept failing",
  "webhook.tested": "sent a test event",
  "webhook.probed": "probed a failing webhook",
  "webhook.replayed": "replayed events",
  "delivery.redelivered": "redelivered an event",
  "event_type.created": "added an event type",
  "event_type.updated": "changed an event type",
  "event_type.deleted": "deleted an event type",
  "source.created": "added a source",
  "source.updated": "changed a source",
  "source.deleted": "deleted a source",
  "secrets.reencrypted": "moved stored secrets to the first key",
};

const isKnown = (action: string): action is AuditAction => Object.hasOwn(WORDS, action);

/** An action in plain words; one of a version that this is not, as it is called. */
export const wordsFor = (action: string): string => (isKnown(action) ? WORDS[action] : action);

/** What can be asked for, by what it is about. */
export const ACTION_GROUPS: readonly { name: string; actions: readonly AuditAction[] }[] = (
  [
    ["Webhooks", ["webhook", "delivery", "notification"]],
    ["Event types", ["event_type"]],
    ["Sources", ["source"]],
    ["Access", ["token", "portal_link", "portal_sessions"]],
    ["Workspace", ["workspace"]],
    ["Deployment", ["secrets"]],
  ] as const
).map(([name, kinds]) => ({
  name,
  actions: AUDIT_ACTIONS.filter((action) => kinds.some((kind) => action.startsWith(`${kind}.`))),
}));

/** Where what was changed can be seen; null where it cannot, or is not there any more. */
export function pageOf({ action, record, workspace_id }: Entry): string | null {
  const [kind = "", verb] = action.split(".");
  if (record === null || workspace_id === null || verb === "deleted" || verb === "revoked") return null;
  const at = (path: string) => `/portal/${workspace_id}${path}`;
  const id = encodeURIComponent(record);
  if (kind === "webhook" || kind === "notification") return at(`/webhooks/${id}`);
  if (kind === "delivery") return at(`/deliveries/${id}`);
  if (kind === "event_type") return at(`/event-types/${id}`);
  if (kind === "source") return at(`/sources/${id}`);
  return null;
}

/** A field as it was and as it is; null where there was nothing, or is nothing any more. */
export type Change = { field: string; before: string | null; after: string | null };

/** What an entry changed, field by field, as text. Fields that were and are empty say nothing. */
export function changesOf({ before, after }: Pick<Entry, "before" | "after">): Change[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields]
    .map((field) => ({ field, before: textOf(before?.[field]), after: textOf(after?.[field]) }))
    .filter((change) => change.before !== null || change.after !== null);
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "string") return value;
  if (isCut(value)) return `${value.cut}… (cut: it has ${count(value.length)} characters)`;
  if (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each !== "object"))
    return value.join(", ");
  const text = JSON.stringify(value);
  return text === "[]" || text === "{}" ? null : text;
}
