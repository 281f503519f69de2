import { workspaceOf } from "../config/workspaces.ts";
import { heard } from "../events/match.ts";
import { dialectOf } from "../systems/index.ts";
import type { SentRequest } from "./contract.ts";
import { idOf } from "./delivery-id.ts";
import type { LoggedDelivery } from "./delivery-log.ts";

/**
 * The request of a delivery's last attempt as it went over the wire, written anew: the dialect makes the same of the same
 * event, and URL, custom headers and signature were kept. Null before the first attempt, and of
 * what has expired: its event's data was let go.
 * @param endpoint the endpoint's number
 */
export async function sentRequest(
  env: Env,
  workspaceId: number,
  endpoint: number,
  found: LoggedDelivery,
): Promise<SentRequest | null> {
  const { parcel, entry, event } = found;
  const { sent } = parcel.history;
  if (parcel.state === "expired") return null;
  const last = entry.attempts.at(-1);
  const workspace = await workspaceOf(env, workspaceId);
  if (!sent || !last || !workspace) return null;
  const dialect = dialectOf(sent.dialect);
  const message = {
    ...event,
    channels: heard(event.channels, sent),
    eventId: event.id,
    deliveryId: idOf(endpoint, parcel.seq, event),
    workspace,
  };
  const sending = { timestamp: Math.floor(last.at / 1000), signature: entry.signature };
  return {
    url: sent.url,
    headers: { ...sent.headers, ...dialect.headers(message, sending) },
    body: dialect.body(message),
  };
}
