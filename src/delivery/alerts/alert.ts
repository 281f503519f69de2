import type { EndpointState } from "../../config/endpoints.ts";
import { ownKey } from "../../events/own-key.ts";
import { publish } from "../../events/publish.ts";
import { streamsOf } from "../../events/streams.ts";
import type { AttemptError } from "../contract.ts";
import { idOf } from "../delivery-id.ts";
import type { LoggedDelivery } from "../delivery-log.ts";
import type { DisableAfter, Trouble, WarnedPercent } from "../probing.ts";
import type { Expired } from "../retention.ts";

/** What a workspace's people must hear of one of its endpoints. */

type About = { webhook_id: string; url: string; at: string };
type LastAttempt = { last_response_status: number | null; last_error: AttemptError | null };

/** The operational events and their payloads: settled when it happened, as a repetition must say the same. */
type AlertEvent =
  | {
      type: "endpoint.failing";
      data: About & {
        consecutive_failures: number;
        failed_probes: number;
        next_probe_at: string | null;
        /** Failed probes at which it is disabled; null if it never is. */
        disabled_at: number | null;
        /** How much of the way there it has gone; 0 when it has begun to fail. */
        percent: 0 | WarnedPercent;
      } & LastAttempt;
    }
  | { type: "endpoint.disabled"; data: About & { reason: string } & LastAttempt }
  | { type: "endpoint.enabled"; data: About }
  | {
      type: "delivery.expired";
      data: About & { count: number; oldest_event_at: string; newest_event_at: string };
    }
  | {
      type: "delivery.exhausted";
      data: About & { deliveries: ExhaustedDelivery[]; attempts: number } & LastAttempt;
    };

type ExhaustedDelivery = { delivery_id: string; event_id: string; event: string };

/** What is still to be done about it. */
type Todo = {
  /** D1 is to say that the endpoint is disabled. */
  mark: boolean;
  publish: boolean;
  /** Null when it was sent, was given up, or was never to be; times in milliseconds since 1970. */
  mail: { tries: number; notBefore: number; lastSuccessAt: number | null } | null;
};

/** Kept until it is told, every way that it is to be told. */
export type Alert = AlertEvent & {
  workspaceId: number;
  /** When it happened, in milliseconds since 1970. */
  at: number;
  /** Told twice, it is published once. */
  key: string;
  todo: Todo;
};

/** Those that an email is written about. */
export type MailedAlert = Extract<AlertEvent, { type: "endpoint.failing" | "endpoint.disabled" }>;

/** An attempt that failed. */
export type Failure = { at: number; status: number | null; error: AttemptError | null };

/** When something happened, and what was known then. */
export type Moment = { at: number; lastFailure: Failure | null; lastSuccessAt: number | null };

function alert(endpoint: EndpointState, at: number, event: AlertEvent, key: string, todo: Partial<Todo> = {}): Alert {
  const name = ownKey(event.type, endpoint.id, key);
  return { ...event, workspaceId: endpoint.workspaceId, at, key: name, todo: { ...QUIET, ...todo } };
}

const QUIET: Todo = { mark: false, publish: true, mail: null };

const aboutOf = ({ id, url }: EndpointState, at: number): About => {
  return { webhook_id: id, url, at: new Date(at).toISOString() };
};

const lastOf = (failure: Pick<Failure, "status" | "error"> | null): LastAttempt => {
  return { last_response_status: failure?.status ?? null, last_error: failure?.error ?? null };
};

const mailOf = ({ lastSuccessAt }: Moment): Todo["mail"] => ({ tries: 0, notBefore: 0, lastSuccessAt });

export function failing(
  endpoint: EndpointState,
  percent: 0 | WarnedPercent,
  { failures, probes, probeAt }: Trouble,
  after: DisableAfter,
  then: Moment,
): Alert {
  const counts = {
    consecutive_failures: failures,
    failed_probes: probes,
    next_probe_at: probeAt === null ? null : new Date(probeAt).toISOString(),
    disabled_at: after?.failures ?? null,
    percent,
  };
  const data = { ...aboutOf(endpoint, then.at), ...counts, ...lastOf(then.lastFailure) };
  // Most outages are over before anybody has read of them.
  const mail = percent === 0 ? null : mailOf(then);
  return alert(endpoint, then.at, { type: "endpoint.failing", data }, `${then.at}:${percent}`, { mail });
}

export function disabled(endpoint: EndpointState, reason: string, then: Moment): Alert {
  const data = { ...aboutOf(endpoint, then.at), reason, ...lastOf(then.lastFailure) };
  const todo = { mark: true, mail: mailOf(then) };
  return alert(endpoint, then.at, { type: "endpoint.disabled", data }, `${then.at}`, todo);
}

export function enabled(endpoint: EndpointState, at: number): Alert {
  return alert(endpoint, at, { type: "endpoint.enabled", data: aboutOf(endpoint, at) }, `${at}`);
}

/** Deliveries that have waited until the retention ended. */
export function expired(endpoint: EndpointState, { count, oldestAt, newestAt }: Expired, at: number): Alert {
  const times = {
    oldest_event_at: new Date(oldestAt).toISOString(),
    newest_event_at: new Date(newestAt).toISOString(),
  };
  const data = { ...aboutOf(endpoint, at), count, ...times };
  return alert(endpoint, at, { type: "delivery.expired", data }, `${at}`);
}

/** Events about events: an endpoint that subscribes to everything would feed itself with their failures for ever. */
const OPERATIONAL = /^(endpoint|delivery|source)\./;

/**
 * For deliveries of one parcel that failed for good. Null where none of them is worth an event.
 * @param found never empty
 */
export function exhausted(endpoint: EndpointState, found: readonly LoggedDelivery[], at: number): Alert | null {
  const [first, ...others] = found.filter(({ event }) => !OPERATIONAL.test(event.type));
  if (!first) return null;
  const deliveries = [first, ...others].map(({ parcel, event }) => {
    return { delivery_id: idOf(endpoint.number, parcel.seq, event), event_id: event.id, event: event.type };
  });
  const { attempts } = first.entry;
  const data = { ...aboutOf(endpoint, at), deliveries, attempts: attempts.length, ...lastOf(attempts.at(-1) ?? null) };
  return alert(endpoint, at, { type: "delivery.exhausted", data }, `${first.parcel.seq}:${at}`);
}

/** The one alert that an endpoint kept before it could keep several. */
export type SingleAlert = { status: "disabled" | "enabled"; at: number; reason: string | null };

export function fromSingle(endpoint: EndpointState, { status, at, reason }: SingleAlert): Alert {
  if (status === "enabled") return enabled(endpoint, at);
  return disabled(endpoint, reason ?? "", { at, lastFailure: null, lastSuccessAt: null });
}

/**
 * Publishes it to the workspace. Safe to repeat: the event bears an idempotency key.
 * @throws Error if the stream cannot take it now
 */
export async function publishAlert(env: Env, { type, at, key, data, workspaceId }: Alert): Promise<void> {
  const event = { type, data: JSON.stringify(data), occurredAt: at, channels: [], idempotencyKey: key };
  const published = await publish(env, workspaceId, await streamsOf(env, workspaceId), [event]);
  const refusal: string | null = published.ok ? null : published.reason;
  // Another wording of the same alert was published: it is told.
  if (refusal !== null && refusal !== "idempotency_conflict") throw new Error(`The stream refused ${type}: ${refusal}`);
}
