import type { AttemptError, DeliveryStatus } from "../../delivery/contract.ts";

type Tone = "good" | "bad" | "warn" | "calm";

/** A state in a word; the sign beside it says the same to who sees no colours. */
export const Badge = ({ tone, children }: { tone: Tone; children: string }) => (
  <span class={`badge ${tone}`}>{children}</span>
);

export type WebhookStatus = "active" | "paused" | "disabled";

/** @param failing whether an active one is waited for, and probed */
export function WebhookBadge({ status, failing = false }: { status: WebhookStatus; failing?: boolean }) {
  if (status === "active" && failing) return <Badge tone="bad">failing</Badge>;
  return <Badge tone={({ active: "good", paused: "warn", disabled: "bad" } as const)[status]}>{status}</Badge>;
}

/** How a delivery is doing, in people's words. */
const DELIVERY_STATES = {
  waiting: "warn",
  failing: "bad",
  held: "warn",
  delivered: "good",
  "given up": "bad",
  expired: "bad",
} as const;
export type DeliveryState = keyof typeof DELIVERY_STATES;

/**
 * A delivery's state in people's words, which tell apart what is pending.
 * @param failed whether its latest attempt has failed
 * @param held whether its webhook is not active
 */
export function deliveryState(status: DeliveryStatus, { failed = false, held = false } = {}): DeliveryState {
  if (status === "failed") return "given up";
  if (status !== "pending") return status;
  if (held) return "held";
  return failed ? "failing" : "waiting";
}

export const DeliveryBadge = ({ state }: { state: DeliveryState }) => (
  <Badge tone={DELIVERY_STATES[state]}>{state}</Badge>
);

/** What an attempt's error means to who runs the receiver. */
const MEANINGS: Record<AttemptError, string> = {
  timeout: "No complete answer came in time.",
  dns: "The host's name could not be resolved.",
  tls: "No secure connection could be made: look at the certificate.",
  connection_refused: "Nothing listens at that address and port.",
  connection_reset: "The connection was cut before an answer came.",
  redirect: "It answered with a redirect. Redirects are not followed: use the final URL.",
  status: "It answered with a status other than 2xx.",
  blocked: "The URL leads to an address that is not public, and nothing was sent.",
  too_large: "The event is too large to be sent.",
  unknown: "The request failed.",
};
export const meaningOf = (error: AttemptError): string => MEANINGS[error];

/** `200`, or what went wrong where no answer came. */
export function Answered({ status, error }: { status: number | null; error: AttemptError | null }) {
  if (status !== null) return <span class={error === null ? undefined : "wrong"}>{status}</span>;
  if (error === null) return <span class="quiet">–</span>;
  return (
    <span class="wrong" title={meaningOf(error)}>
      {error.replaceAll("_", " ")}
    </span>
  );
}
