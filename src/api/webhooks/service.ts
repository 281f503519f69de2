import type { AuditRecorder } from "../../config/audit.ts";
import { type EndpointFields, insertEndpoint, updateEndpoint } from "../../config/endpoint-changes.ts";
import { deleteEndpoint, type EndpointFilter } from "../../config/endpoint-queries.ts";
import { outdatePublishRules } from "../../config/publish-rules.ts";
import type { EndpointRow } from "../../config/schema.ts";
import { planOf } from "../../config/workspace-plan.ts";
import { streamsOf, tellStreams } from "../../events/streams.ts";
import { waitAtMost } from "../../lib/deadline.ts";
import { runErrands } from "../../sweep/errands.ts";
import { dialectOf } from "../../systems/index.ts";
import { ApiError, invalidField, noWorkspace } from "../problem.ts";
import { countExceeded } from "../quota.ts";
import { checkTarget, requireHandshake, requireHandshakeAgain, requireKnownTypes } from "./checks.ts";
import { untouchable, webhookOf } from "./find.ts";

/** What creating, changing and deleting a webhook is, whichever system's management API asked for it. */

/** A webhook to be; what is left out is empty, or the dialect's. */
export type WebhookDraft = Partial<EndpointFields> &
  Pick<EndpointFields, "url" | "events"> & {
    dialect: string;
    secret?: string | undefined;
    /** Makes it one of this group of its system. */
    group?: string;
  };

const BLANK = {
  name: null,
  description: null,
  status: "active",
  headers: {},
  retryPolicy: null,
  timeoutMs: null,
  disableOnGone: null,
  maxConcurrency: null,
  disableAfter: null,
  channels: [],
  verifyToken: null,
  group: null,
} satisfies Partial<EndpointFields> & { group: null };

/** What a webhook of a group keeps: it would be none without them. */
const FIXED_IN_GROUPS = ["events", "channels"] as const;

/**
 * Creates a webhook that gets what is published from now on. `secret` is the only time that it is seen; null if it has
 * none.
 * @throws ApiError invalid_request for a target that is not allowed, a secret that is not of the dialect's form, or a
 *   pattern that covers no known type; handshake_failed; conflict where a group has all the webhooks that it may have;
 *   quota_exceeded where the workspace has; unavailable where DNS does not say what the target is
 */
export async function addWebhook(
  env: Env,
  workspaceId: number,
  draft: WebhookDraft,
  now: number,
  origin: string,
  audit: AuditRecorder,
): Promise<{ row: EndpointRow; secret: string | null }> {
  await checkTarget(env, "url", draft.url, origin);
  const secret = secretFor(draft.dialect, draft.secret);
  await requireKnownTypes(env, workspaceId, draft.events);
  await requireHandshake(env, draft.dialect, draft.url, draft.verifyToken, origin);
  const plan = await planOf(env, workspaceId);
  if (!plan) throw noWorkspace();
  const limit = plan.room.webhooks;
  const inserted = await insertEndpoint(env, workspaceId, { ...BLANK, ...draft, secret }, limit, now, audit);
  if (!inserted.row)
    throw inserted.full === "group" ? groupFull(draft.dialect) : countExceeded("webhooks", plan, inserted.used);
  await subscriptionsChanged(env, workspaceId);
  return { row: inserted.row, secret };
}

/**
 * Changes a webhook.
 * @throws ApiError invalid_request for a target that is not allowed, a pattern that covers no known type, or what a
 *   webhook of a group keeps; handshake_failed; not_found; conflict for the one that notifications go to; unavailable where
 *   DNS does not say what the target is
 */
export async function alterWebhook(
  env: Env,
  filter: EndpointFilter,
  id: string,
  changes: Partial<EndpointFields>,
  now: number,
  origin: string,
  audit: AuditRecorder,
): Promise<EndpointRow> {
  if (changes.url !== undefined) await checkTarget(env, "url", changes.url, origin);
  const fixed = FIXED_IN_GROUPS.filter((name) => changes[name] !== undefined);
  // A webhook never becomes one of a group, nor ceases to be one: what is read here stays true.
  if (fixed.length > 0) {
    const { dialect, group } = await webhookOf(env, filter, id);
    if (group !== null) throw keptInGroups(dialect, fixed);
  }
  if (changes.events !== undefined) {
    // What it has may stay, though its type was deleted: clients send back what they were given.
    const accepted = async () => (await webhookOf(env, filter, id)).events;
    await requireKnownTypes(env, filter.workspaceId, changes.events, accepted);
  }
  if (changes.url !== undefined || changes.verifyToken !== undefined) {
    await requireHandshakeAgain(env, await webhookOf(env, filter, id), changes, origin);
  }
  return applyChanges(env, filter, id, changes, now, audit);
}

const UNTOLD =
  "The webhook is changed, but what sends to it could not be told yet: until it hears of it, requests may go out as before. Send the change again, or wait for five minutes.";

/**
 * Changes a webhook as it is told: every check is behind it. Once this resolves, whoever sends for it knows.
 * @throws ApiError not_found; conflict for the one that notifications go to; unavailable where it is changed and not known yet
 */
export async function applyChanges(
  env: Env,
  filter: EndpointFilter,
  id: string,
  changes: Partial<EndpointFields>,
  now: number,
  audit: AuditRecorder,
): Promise<EndpointRow> {
  const updated = await updateEndpoint(env, filter, id, changes, now, audit);
  if (!updated) throw await untouchable(env, filter, id);
  const isKnown = await runErrands(env, updated.errands);
  await subscriptionsChanged(env, filter.workspaceId);
  if (!isKnown) throw new ApiError("unavailable", UNTOLD, { headers: { "Retry-After": "1" } });
  return updated.row;
}

/**
 * Deletes a webhook with its deliveries.
 * @throws ApiError not_found; conflict for the one that notifications go to
 */
export async function dropWebhook(
  env: Env,
  filter: EndpointFilter,
  id: string,
  now: number,
  audit: AuditRecorder,
): Promise<void> {
  const errands = await deleteEndpoint(env, filter, id, now, audit);
  if (errands.length === 0) throw await untouchable(env, filter, id);
  // The stream first: it must not hand anything more to an object that has forgotten everything.
  await subscriptionsChanged(env, filter.workspaceId);
  await runErrands(env, errands);
}

function groupFull(dialect: string): ApiError {
  const { name, most } = groupsOf(dialect);
  const limit = `A ${name} may have ${most} webhooks, and this one has them`;
  return new ApiError("conflict", `${limit}: delete one of them, or change one.`);
}

const groupsOf = (dialect: string) => dialectOf(dialect).groups ?? { name: "group", most: Number.POSITIVE_INFINITY };

function keptInGroups(dialect: string, fields: readonly string[]): ApiError {
  const message = `A ${groupsOf(dialect).name} webhook keeps its events and channels: create another webhook`;
  const errors = fields.map((path) => ({ path, message }));
  return new ApiError("invalid_request", `${fields.join(", ")}: ${message}`, { errors });
}

/**
 * A secret that a user brought, if it is of the dialect's form.
 * @throws ApiError invalid_request
 */
export function checkedSecret(dialectName: string, given: string): string {
  const complaint = dialectOf(dialectName).secret.complaint(given);
  if (complaint !== undefined) throw invalidField("secret", complaint);
  return given;
}

function secretFor(dialectName: string, given: string | undefined): string | null {
  if (given !== undefined) return checkedSecret(dialectName, given);
  const { required, generate } = dialectOf(dialectName).secret;
  return required ? generate() : null;
}

/** A stream that does not answer this long hears of it by itself, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Tells a workspace's streams, before the answer goes out, that D1 says something new of its subscriptions. It never fails: the
 * change is made, and the stream reads its subscriptions again within 60 seconds, told or not. Until then it takes in no
 * event either, mostly, as who cannot tell it cannot publish to it.
 */
export async function subscriptionsChanged(env: Env, workspaceId: number): Promise<void> {
  try {
    // Another isolate may have raised their number: who is not told goes by the old subscriptions for a minute.
    outdatePublishRules(workspaceId);
    const told = async () => tellStreams(env, workspaceId, await streamsOf(env, workspaceId));
    await waitAtMost(PATIENCE_MS, told());
  } catch (error) {
    console.error(
      `Workspace ${workspaceId}: its stream was not told of new subscriptions, and reads them later:`,
      error,
    );
  }
}
