import type * as z from "zod";
import type { UsageView } from "../../../api/usage/routes.ts";
import { count } from "../../parts/figures.tsx";

export type Usage = z.infer<typeof UsageView>;
export type Kind = "webhooks" | "sources" | "events";
type Level = "fine" | "near" | "reached";

/** From this share of a limit on, somebody should know. */
const NEAR = 0.8;

/** How far a quota is used up. No limit is never reached. */
export function levelOf({ used, limit }: { used: number; limit: number | null }): Level {
  if (limit === null) return "fine";
  if (used >= limit) return "reached";
  return used >= limit * NEAR ? "near" : "fine";
}

/** `41 of 10 000 (0.4 %)`, in words for who does not see the bar. */
export function usedOf({ used, limit }: { used: number; limit: number | null }): string {
  return limit === null ? `${count(used)}, no limit` : `${count(used)} of ${count(limit)}`;
}

/** What happens at a limit, in sentences (docs/quotas.md). */
const CONSEQUENCES: Record<Kind, { reached: string; near: string }> = {
  webhooks: {
    reached: "No webhook can be added. Those that are there go on as before.",
    near: "At the limit no webhook can be added. Those that are there go on as before.",
  },
  sources: {
    reached: "No source can be added. Those that are there go on as before.",
    near: "At the limit no source can be added. Those that are there go on as before.",
  },
  events: {
    reached:
      "New events are refused with 403 quota_exceeded until the period ends. What was accepted before is delivered, retried and redelivered as ever, and what sources receive is not counted.",
    near: "At the limit new events are refused with 403 quota_exceeded until the period ends. What was accepted before is delivered as ever, and what sources receive is not counted.",
  },
};

export const consequenceOf = (kind: Kind, level: Exclude<Level, "fine">): string => CONSEQUENCES[kind][level];

const DAY_MS = 24 * 3600 * 1000;

/**
 * How many events there will be at the period's end if they come as they have so far; null while it is too early to
 * tell: before a day of it has passed.
 */
export function forecast({ used, period_start, period_end }: Usage["events"], now: number): number | null {
  const [start, end] = [Date.parse(period_start), Date.parse(period_end)];
  const passed = now - start;
  if (passed < DAY_MS) return null;
  return Math.round((used / passed) * (end - start));
}
