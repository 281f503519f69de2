import type { AuditRecorder } from "../../config/audit.ts";
import { findNotification, insertNotification } from "../../config/notifications.ts";
import { applyChanges, dropWebhook, subscriptionsChanged } from "../webhooks/service.ts";

/** Where notifications go, null for nowhere; and the secret of the webhook if it was made now, else null. */
type Redirected = { endpoint: { id: string; url: string } | null; secret: string | null };

/**
 * Brings a workspace's notifications to a URL that the guard lets pass, or ends them. Another URL leaves the secret as it is.
 * @param url null: they end, and their webhook goes with its log
 * @param before where they go until now; null: nowhere
 * @throws ApiError not_found where another change has ended them meanwhile
 */
export async function redirectNotifications(
  env: Env,
  workspaceId: number,
  url: string | null,
  before: Redirected["endpoint"],
  now: number,
  audit: AuditRecorder,
): Promise<Redirected> {
  const mine = { workspaceId, kind: "notification" } as const;
  if (before) {
    if (url === null) await dropWebhook(env, mine, before.id, now, audit);
    // The same one, too: where its object could not be told of the change, whoever made it sends it again.
    else await applyChanges(env, mine, before.id, { url }, now, audit);
    return { endpoint: url === null ? null : { id: before.id, url }, secret: null };
  }
  if (url === null) return { endpoint: null, secret: null };
  const made = await insertNotification(env, workspaceId, url, now, audit);
  if (made === null) {
    // Another change has made one in between: its secret is known, the URL is not ours yet.
    const between = await findNotification(env, workspaceId);
    return redirectNotifications(env, workspaceId, url, between, now, audit);
  }
  await subscriptionsChanged(env, workspaceId);
  return { endpoint: { id: made.id, url }, secret: made.secret };
}
