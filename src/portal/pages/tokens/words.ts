import type { Scope } from "../../../config/schema.ts";

/** What a scope lets its holder do. */
export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  publish: "Send events in. For the backend of your product.",
  read: "See webhooks, events, deliveries, sources and usage.",
  manage: "Add, change and delete webhooks, event types and sources; test, replay, redeliver; read the audit log.",
};

const DAY_S = 86_400;

/** For how long a token may be made here; the API takes any number of seconds. */
export const LIFETIMES: readonly { value: string; name: string }[] = [
  { value: String(7 * DAY_S), name: "7 days" },
  { value: String(30 * DAY_S), name: "30 days" },
  { value: String(90 * DAY_S), name: "90 days" },
  { value: String(365 * DAY_S), name: "1 year" },
  { value: "", name: "It does not expire" },
];
export const USUAL_LIFETIME = String(90 * DAY_S);

/** Within so many milliseconds of its end a token is marked, so that somebody makes the next one in time. */
const SOON_MS = 7 * DAY_S * 1000;

/** How near a token's end is. */
export function expiryOf(expiresAt: string | null, now: number): "never" | "later" | "soon" | "expired" {
  if (expiresAt === null) return "never";
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return "expired";
  return left <= SOON_MS ? "soon" : "later";
}

/** A first request with a token, for who pastes it into a shell. */
export function tryOut(origin: string, workspace: number, token: string, scopes: readonly Scope[]): string {
  const at = `${origin}/api/v1/workspaces/${workspace}`;
  const call = `curl -H "Authorization: Bearer ${token}"`;
  if (scopes.includes("read")) return `${call} ${at}/webhooks`;
  if (scopes.includes("manage")) return `${call} ${at}/audit-log`;
  return `${call} -H "Content-Type: application/json" \\\n  -d '{"event": "ticket.created", "data": {"id": 1}}' \\\n  ${at}/events`;
}
