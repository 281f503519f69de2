import type { DeliveryId, DeliveryPlace, EventPlace } from "../lib/ids.ts";
import type { PeriodName } from "./period.ts";

/** What the API and the EventStream may ask of an Endpoint; and what it answers. */

/** Why an attempt did not succeed. Closed: the API's users switch on it. */
export const ATTEMPT_ERRORS = [
  "timeout",
  "dns",
  "tls",
  "connection_refused",
  "connection_reset",
  "redirect",
  "status",
  "blocked",
  "too_large",
  "unknown",
] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

/** What made an attempt happen. */
export const TRIGGERS = ["event", "retry", "manual", "replay", "test"] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** One HTTP request of a delivery. */
export type Attempt = {
  /** When the request went out, in milliseconds since 1970. */
  at: number;
  trigger: Trigger;
  /** Null if no answer came. */
  status: number | null;
  durationMs: number;
  /** Null if it succeeded. */
  error: AttemptError | null;
  /** The first 4,096 bytes of the answer. */
  responseBody: string;
  /** As answer-headers.ts keeps them; undefined if no answer came, and in attempts that are not among the latest. */
  responseHeaders?: Record<string, string> | undefined;
};

/** `expired`: it waited for an endpoint that was paused, disabled or failing until the retention ended. */
export type DeliveryStatus = "pending" | "delivered" | "failed" | "expired";

/** A row of the delivery list. Times in milliseconds since 1970. */
export type DeliverySummary = {
  id: DeliveryId;
  eventId: string;
  type: string;
  status: DeliveryStatus;
  attempts: number;
  lastStatus: number | null;
  lastError: AttemptError | null;
  durationMs: number | null;
  createdAt: number;
  completedAt: number | null;
  /** Null when it is done, on its way, or held by a pause. */
  nextAttemptAt: number | null;
  /** Whether it waits for a failing endpoint to answer a probe: the next one is made at {@link nextAttemptAt}. */
  waitsForProbe: boolean;
  /** Every attempt, where they were asked for. */
  history?: Attempt[];
};

/** What went over the wire at the last attempt; credentials among the custom headers masked. */
export type SentRequest = { url: string; headers: Record<string, string>; body: string };

export type DeliveryDetail = DeliverySummary & {
  history: Attempt[];
  /** Null before the first attempt. */
  request: SentRequest | null;
};

export type DeliveryFilter = {
  limit: number;
  cursor?: string | undefined;
  status?: DeliveryStatus | undefined;
  type?: string | undefined;
  eventId?: string | undefined;
  /** Text in the delivery's or the event's id, in any case. */
  search?: string | undefined;
  /** Milliseconds since 1970, both inclusive, of the delivery's creation. */
  since?: number | undefined;
  until?: number | undefined;
  /** Only those of which an attempt has failed, whatever became of them. */
  failedAttempts?: boolean;
  /** Whether each comes with its attempts: their answers may be 4 KB each. */
  withAttempts?: boolean;
};
export type DeliveryPage = { deliveries: DeliverySummary[]; next: string | null };

export type ReplayRequest = {
  since: number;
  until: number;
  status: "failed" | "all";
  /** Patterns; undefined: every type. */
  types?: string[] | undefined;
  dryRun: boolean;
};

export type Health = {
  status: "active" | "paused" | "disabled";
  disabledReason: string | null;
  streak: number;
  /** When the first of these failures came, in milliseconds since 1970; null without any. */
  failingSince: number | null;
  /** When a failing endpoint is probed next, in milliseconds since 1970; null while it is not failing. */
  probeAt: number | null;
  failedProbes: number;
  /** Deliveries that may be under way at once. */
  window: number;
  /** Deliveries that wait: due, scheduled for a retry, or held. */
  waiting: number;
  inFlight: number;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
  /** Over the attempts of the last 24 hours, as far as a bounded look back finds them (health.ts); null without any. */
  successRate24h: number | null;
  p50Ms24h: number | null;
  p95Ms24h: number | null;
};

/** What happened in a stretch of time. */
export type Figures = {
  /** Deliveries that were completed then. */
  delivered: number;
  failed: number;
  expired: number;
  /** Attempts that were made then; of these, the scheduled retries, and those that did not succeed. */
  attempts: number;
  retries: number;
  failedAttempts: number;
  /** Of the attempts' durations; null without any. */
  p50Ms: number | null;
  p95Ms: number | null;
};

/** `at`: when the step begins, in milliseconds since 1970. */
export type Step = Figures & { at: number };

export type PeriodFigures = {
  steps: Step[];
  total: Figures;
  /** Of the period's attempts that did not succeed, when the last one was made; in milliseconds since 1970. */
  lastFailureAt: number | null;
  /**
   * Null if all was counted that was published in the period. Otherwise the look back ended at its bound, and deliveries
   * of what was published before this (milliseconds since 1970) may be missing.
   */
  completeSince: number | null;
};

/** Times in milliseconds since 1970. */
export type Stats = PeriodFigures & {
  /** When the period begins. */
  since: number;
  stepMs: number;
  /** Deliveries that wait now. */
  waiting: number;
  /** When a failing endpoint is probed next; null while it is not failing. */
  probeAt: number | null;
  failedProbes: number;
  lastSuccessAt: number | null;
};

/** What a delivery is and whether it waits for a probe, without its log. */
export type DeliveryState = Pick<DeliverySummary, "id" | "status" | "waitsForProbe">;

/** What became of a wish to send a delivery again. `expired`: its event's data was let go, and nothing is sent. */
export type Redelivery = "sent" | "missing" | "expired";

/** The part of an Endpoint object that the HTTP API speaks to. */
export interface EndpointApi {
  /**
   * Reads the configuration again after D1 was changed. When it answers for a paused or deleted endpoint, no further
   * request will start: it waits for the couriers that may still start one, about a second at most.
   */
  refresh(): Promise<void>;
  /** Lets a failing endpoint be probed at once. @returns false if it is not failing, or nothing is sent to it at all */
  probe(): Promise<boolean>;
  /** Delivers one event to this endpoint alone, whatever it subscribes to. `event` is what the stream stores. */
  sendTest(type: string, data: string, channels: string[]): Promise<DeliveryId>;
  health(): Promise<Health>;
  /** @param thorough whether to look back as far as for one endpoint alone, or only as far as for many at once */
  stats(period: PeriodName, thorough: boolean): Promise<Stats>;
  listDeliveries(filter: DeliveryFilter): Promise<DeliveryPage>;
  getDelivery(place: DeliveryPlace): Promise<DeliveryDetail | null>;
  findDelivery(event: EventPlace, eventId: string): Promise<DeliveryState | null>;
  redeliver(place: DeliveryPlace): Promise<Redelivery>;
  /** How many deliveries go out again; or would, in a dry run. What has expired is left out. */
  replay(request: ReplayRequest): Promise<number>;
  /** Forgets everything. */
  destroy(): Promise<void>;
}
