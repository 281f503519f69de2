import type * as z from "zod";
import type { DeliveryView } from "../../../api/deliveries/representation.ts";
import type { Trigger } from "../../../delivery/contract.ts";
import { Link } from "../../parts/card.tsx";
import { type DeliveryState, deliveryState } from "../../parts/status.tsx";
import { webhookPath } from "../../parts/webhook-head.tsx";
import type { Webhook } from "../webhook/load.ts";

export type Delivery = z.infer<typeof DeliveryView>;

/** Where a delivery is, of the pages as of the API. */
export const deliveryPath = (id: string, rest = ""): string => `/deliveries/${encodeURIComponent(id)}${rest}`;

/** Enough of a delivery's id to tell it from those beside it: the moment, and the place within what was published then. */
export const shortId = (id: string): string => id.slice(0, 18);

/** Whether it waits for its webhook to be active again. */
export const isHeld = (delivery: Pick<Delivery, "status" | "next_attempt_at">, webhook: Pick<Webhook, "status">) =>
  delivery.status === "pending" && delivery.next_attempt_at === null && webhook.status !== "active";

/** How it is doing, in a word. */
export const wordOf = (
  delivery: Pick<Delivery, "status" | "next_attempt_at"> & { last_error: string | null },
  webhook: Pick<Webhook, "status">,
): DeliveryState =>
  deliveryState(delivery.status, { failed: delivery.last_error !== null, held: isHeld(delivery, webhook) });

/** What a delivery's state means, and what becomes of it. */
export function stateOf(
  delivery: Pick<Delivery, "status" | "next_attempt_at" | "attempts" | "waiting_for_endpoint">,
  webhook: Webhook,
): string {
  const tried = delivery.attempts.length;
  if (delivery.status === "delivered") return "The receiver answered with 2xx. Nothing more is sent.";
  if (delivery.status === "failed") {
    const attempts = tried === 1 ? "The only attempt failed" : `The last of ${tried} attempts failed`;
    return `${attempts}, and its retries are used up. It is sent again only if you redeliver it.`;
  }
  if (delivery.status === "expired") {
    return "It waited for its webhook, which was paused, disabled or failing, for as long as deliveries are kept. Its payload was let go, and it cannot be sent again.";
  }
  if (delivery.waiting_for_endpoint) {
    return "It waits for the endpoint, which is failing: one request at a time, a probe, tries whether it answers again. As soon as one succeeds this goes out, and waiting uses up none of its attempts.";
  }
  if (isHeld(delivery, webhook)) {
    return `It is held, because the webhook is ${webhook.status}. It goes out as soon as the webhook is active again.`;
  }
  if (delivery.next_attempt_at === null) return "An attempt is on its way.";
  return tried === 0 ? "It goes out at the time below." : "The latest attempt failed. It is tried again by itself.";
}

/** What comes at `next_attempt_at`. */
export const nextOf = ({ waiting_for_endpoint }: Pick<Delivery, "waiting_for_endpoint">): string =>
  waiting_for_endpoint ? "Next probe" : "Next attempt";

/** What made an attempt happen. */
export const TRIGGERED: Record<Trigger, string> = {
  event: "first attempt",
  retry: "retry",
  manual: "redelivered",
  replay: "replay",
  test: "test event",
};

/** Why nothing can be sent to a webhook now, and what to do about it. */
function inactiveAdvice({ status, disabled_reason }: Pick<Webhook, "status" | "disabled_reason">): string {
  if (status === "paused") {
    return "It is paused. Resume it, and what is held goes out, oldest first; then this can be sent again.";
  }
  const why = disabled_reason === null ? "for its failures" : `(${disabled_reason.replaceAll("_", " ")})`;
  return `It was disabled ${why}. Repair the receiver and enable the webhook: what is held goes out, oldest first; then this can be sent again.`;
}

/**
 * That nothing goes out to a webhook now, and what to do; nothing where it is active.
 * @param tried whether somebody has just tried to send something
 */
export function InactiveNote({ webhook, tried }: { webhook: Webhook; tried: boolean }) {
  if (webhook.status === "active") return null;
  const what = webhook.status === "paused" ? "Resume the webhook" : "Look at the webhook";
  return (
    <div class={tried ? "note bad" : "note warn"} role={tried ? "alert" : undefined}>
      <strong>{tried ? "Nothing was sent" : `This webhook is ${webhook.status}: nothing is sent to it`}</strong>
      <span>{inactiveAdvice(webhook)}</span>
      <span>
        <Link to={webhookPath(webhook.id)} label={what} />
      </span>
    </div>
  );
}
