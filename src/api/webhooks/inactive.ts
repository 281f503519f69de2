import type { EndpointRow } from "../../config/schema.ts";
import { ApiError } from "../problem.ts";

/**
 * Refuses to send to a webhook that nothing goes out to: a promise to deliver would keep for as long as it stays so.
 * @throws ApiError webhook_inactive
 */
export function requireActive({ status, disabledReason }: Pick<EndpointRow, "status" | "disabledReason">): void {
  if (status === "active") return;
  const state = status === "paused" ? "It is paused" : `It was disabled (${disabledReason ?? "for its failures"})`;
  const repair = status === "paused" ? "" : "repair the receiver, then ";
  throw new ApiError(
    "webhook_inactive",
    `${state}: ${repair}PATCH the webhook with {"status": "active"}. What is held goes out then; ask for this again afterwards.`,
  );
}
