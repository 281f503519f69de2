import type { WorkspacePlan } from "../config/workspace-plan.ts";
import type { QuotaExceeded } from "../events/contract.ts";
import { monthOf } from "../lib/month.ts";
import { isoSeconds } from "../systems/wire.ts";
import { ApiError } from "./problem.ts";

/** What is said to those who reach their plan's limit, or what a deployment allows without one. */

/** @param used how many there are: more than the limit where the plan became a smaller one */
export function countExceeded(
  kind: "webhooks" | "sources",
  { plan, limits, room }: WorkspacePlan,
  used: number,
): ApiError {
  if (limits[kind] === null) return ceilingReached(kind, room[kind], used, "delete");
  const limit = room[kind];
  const excess = used - limit + 1;
  const way = limit === 0 ? "" : excess === 1 ? "delete one, or " : `delete ${excess}, or `;
  return new ApiError(
    "quota_exceeded",
    `The plan ${plan} allows ${limit} ${kind}, and this workspace has ${used}: ${way}move the workspace to a larger plan.`,
  );
}

/** @param way how one makes room */
export function ceilingReached(kind: string, limit: number, used: number, way: "delete" | "revoke"): ApiError {
  const excess = used - limit + 1;
  return new ApiError(
    "quota_exceeded",
    `This deployment allows a workspace ${limit} ${kind}, and this one has ${used}: ` +
      `${way} ${excess === 1 ? "one" : excess}, or ask its operator for more.`,
  );
}

/** Where several streams share a request. */
export const storedInPart = (stored: number): string =>
  `Of this request ${stored} ${stored === 1 ? "was" : "were"} stored before, with idempotency keys: sent again as it is, ` +
  `${stored === 1 ? "it comes" : "they come"} as duplicates.`;

export function eventsExceeded(plan: string | null, { used, limit, wanted, at, stored = 0 }: QuotaExceeded): ApiError {
  const { start, end } = monthOf(at);
  return new ApiError(
    "quota_exceeded",
    `The plan ${plan} allows ${limit} events a month, and ${used} were published since ${isoSeconds(start)}: ` +
      `this request has ${wanted} more. The period ends ${isoSeconds(end)}; a larger plan takes more.` +
      (stored === 0 ? "" : ` ${storedInPart(stored)}`),
  );
}
