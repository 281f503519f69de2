import type * as z from "zod";
import { StatsRow } from "../../../api/webhooks/stats.ts";
import { Refused } from "../../api.ts";
import type { PageContext } from "../../page-context.ts";
import { count, Sparkline } from "../../parts/figures.tsx";

export type Figures = z.infer<typeof StatsRow>;

/** What happened over the last 24 hours, by webhook; null where it cannot be told just now: the list is worth showing without. */
export async function figuresOf(context: PageContext, cursor: string): Promise<ReadonlyMap<string, Figures> | null> {
  try {
    const query = { period: "24h", cursor };
    const { rows: data } = await context.api.list("/webhook-stats", StatsRow, query);
    return new Map(data.map((row) => [row.webhook_id, row]));
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** Steps that share a bar: an hour of two. */
const STEPS = 2;

/** A bar for each hour: attempts, the failed ones on top; grey where they were not all counted. */
export function barsOf({ buckets, complete_since }: Pick<Figures, "buckets" | "complete_since">) {
  const hours = Array.from({ length: Math.ceil(buckets.length / STEPS) }, (_, at) =>
    buckets.slice(at * STEPS, (at + 1) * STEPS),
  );
  return hours.map((steps) => {
    const sum = (of: "attempts" | "failed_attempts") => steps.reduce((total, step) => total + step[of], 0);
    return {
      delivered: sum("attempts") - sum("failed_attempts"),
      failed: sum("failed_attempts"),
      unknown: complete_since !== null && steps.some(({ at }) => at < complete_since),
    };
  });
}

/** The last 24 hours in a picture, and in words for who does not see it. */
export function Day({ figures }: { figures: Figures }) {
  const { attempts, failed_attempts, complete_since } = figures;
  const known = complete_since === null ? "" : " The grey part was not counted in full.";
  const label = `Attempts in 24 hours: ${count(attempts)}, failed: ${count(failed_attempts)}.${known}`;
  return (
    <span title={label}>
      <Sparkline buckets={barsOf(figures)} label={label} />
    </span>
  );
}
