import type { Trail } from "../../config/audit.ts";
import { findNotification, insertNotification } from "../../config/notifications.ts";
import { subscriptionsChanged } from "../webhooks/announce.ts";
import { alterWebhook, dropWebhook } from "../webhooks/service.ts";

/**
 * Brings a workspace's notifications to a URL that the guard lets pass, or ends them.
 * @param url null: they end, and their webhook goes with its log
 * @returns the secret of the webhook if it was made now, else null: another URL leaves the secret as it is
 * @throws ApiError not_found where another change has ended them meanwhile
 */
export async function redirectNotifications(
  env: Env,
  workspaceId: number,
  url: string | null,
  now: number,
  trail: Trail,
): Promise<string | null> {
  const mine = { workspaceId, kind: "notification" } as const;
  const before = await findNotification(env, workspaceId);
  if (before) {
    if (url === null) await dropWebhook(env, mine, before.id, trail);
    else if (url !== before.url) await alterWebhook(env, mine, before.id, { url }, now, trail);
    return null;
  }
  if (url === null) return null;
  const secret = await insertNotification(env, workspaceId, url, now, trail);
  // Another change has made one in between: its secret is known, the URL is not ours yet.
  if (secret === null) return redirectNotifications(env, workspaceId, url, now, trail);
  await subscriptionsChanged(env, workspaceId);
  return secret;
}
