import { type EndpointFields, insertEndpoint, updateEndpoint } from "../../config/endpoint-changes.ts";
import type { EndpointFilter } from "../../config/endpoint-filter.ts";
import { deleteEndpoint } from "../../config/endpoint-queries.ts";
import type { EndpointRow } from "../../config/schema.ts";
import { dialectOf } from "../../dialects/index.ts";
import { ask, endpointObject } from "../../lib/objects.ts";
import { invalidField } from "../problem.ts";
import { checkTarget } from "../target.ts";
import { endpointChanged, subscriptionsChanged } from "./announce.ts";
import { noWebhook, webhookOf } from "./find.ts";
import { requireHandshake, requireHandshakeAgain } from "./handshake.ts";

/** What creating, changing and deleting a webhook is, whichever system's management API asked for it. */

/** A webhook to be; what is left out is empty, or the dialect's. */
export type WebhookDraft = Partial<EndpointFields> &
  Pick<EndpointFields, "url" | "events"> & { dialect: string; secret?: string | undefined };

const BLANK = {
  name: null,
  description: null,
  status: "active",
  headers: {},
  retryPolicy: null,
  timeoutMs: null,
  channels: [],
  verifyToken: null,
} satisfies Partial<EndpointFields>;

/**
 * Creates a webhook that gets what is published from now on. `secret` is the only time that it is seen; null if it has
 * none.
 * @throws ApiError invalid_request for a target that is not allowed, or a secret that is not of the dialect's form;
 *   handshake_failed
 */
export async function addWebhook(
  env: Env,
  workspaceId: number,
  draft: WebhookDraft,
  now: number,
): Promise<{ row: EndpointRow; secret: string | null }> {
  checkTarget(env, "url", draft.url);
  const secret = secretFor(draft.dialect, draft.secret);
  await requireHandshake(draft.dialect, draft.url, draft.verifyToken);
  const row = await insertEndpoint(env, workspaceId, { ...BLANK, ...draft, secret }, now);
  await subscriptionsChanged(env, workspaceId);
  return { row, secret };
}

/**
 * Changes a webhook.
 * @throws ApiError invalid_request for a target that is not allowed, handshake_failed, not_found
 */
export async function alterWebhook(
  env: Env,
  filter: EndpointFilter,
  id: string,
  changes: Partial<EndpointFields>,
  now: number,
): Promise<EndpointRow> {
  if (changes.url !== undefined) checkTarget(env, "url", changes.url);
  if (changes.url !== undefined || changes.verifyToken !== undefined) {
    await requireHandshakeAgain(env, await webhookOf(env, filter, id), changes);
  }
  const row = await updateEndpoint(env, filter, id, changes, now);
  if (!row) throw noWebhook();
  await endpointChanged(env, row.id);
  await subscriptionsChanged(env, filter.workspaceId);
  return row;
}

/**
 * Deletes a webhook with its deliveries.
 * @throws ApiError not_found
 */
export async function dropWebhook(env: Env, filter: EndpointFilter, id: string): Promise<void> {
  if (!(await deleteEndpoint(env, filter, id))) throw noWebhook();
  // The stream first: it must not hand anything more to an object that has forgotten everything.
  await subscriptionsChanged(env, filter.workspaceId);
  await ask(
    () => endpointObject(env, id),
    (endpoint) => endpoint.destroy(),
  );
}

function secretFor(dialectName: string, given: string | undefined): string | null {
  const { secret } = dialectOf(dialectName);
  if (given === undefined) return secret.required ? secret.generate() : null;
  const complaint = secret.complaint(given);
  if (complaint !== undefined) throw invalidField("secret", complaint);
  return given;
}
