import { type EndpointState, markDisabled } from "../config/endpoints.ts";
import { ask, streamObject } from "../lib/objects.ts";

/** A change of status that others must hear of; kept until they have. */
export type Notice = {
  status: "disabled" | "enabled";
  /** Milliseconds since 1970. */
  at: number;
  reason: string | null;
};

/**
 * Writes a disabled endpoint's status to D1 and publishes `endpoint.disabled` or `endpoint.enabled` to its workspace. Safe
 * to repeat: the event bears an idempotency key.
 * @returns the configuration's new version, or null if it did not change
 */
export async function announce(
  env: Env,
  endpoint: EndpointState,
  notice: Notice,
  last: { status: number | null; error: string | null },
): Promise<number | null> {
  const version =
    notice.status === "disabled" ? await markDisabled(env, endpoint.id, notice.reason ?? "", notice.at) : null;
  const data = {
    webhook_id: endpoint.id,
    url: endpoint.url,
    at: new Date(notice.at).toISOString(),
    ...(notice.status === "disabled"
      ? { reason: notice.reason, last_response_status: last.status, last_error: last.error }
      : {}),
  };
  const event = {
    type: `endpoint.${notice.status}`,
    data: JSON.stringify(data),
    occurredAt: notice.at,
    channels: [],
    idempotencyKey: `endpoint.${notice.status}:${endpoint.id}:${notice.at}`,
  };
  const published = await ask(
    () => streamObject(env, endpoint.workspaceId),
    (stream) => stream.publish([event]),
  );
  if (!published.ok) throw new Error(`The stream refused ${event.type}: ${published.reason}`);
  return version;
}
