import { sweepAuditLog } from "../config/audit-queries.ts";
import { sweepEndpointSecrets } from "../config/endpoint-changes.ts";
import { sweepPortalLinks } from "../config/portal-links.ts";
import { sweepSessions } from "../config/portal-sessions.ts";
import { sweepTokens } from "../config/tokens.ts";
import { sweepErrands } from "./errands.ts";

/** How often what was left over is looked for, as wrangler.toml has it; everything else goes by the other of its crons. */
export const OFTEN = "*/5 * * * *";

type Sweep = { name: string; sweep: (env: Env, now: number, limit: number) => Promise<number> };

/** What objects still have to do, as a deletion or a change that was not brought to its end left it. */
const ERRANDS: Sweep = { name: "errands", sweep: sweepErrands };

/**
 * All that ends by itself in D1, and who deletes it: at most `limit` rows at once, telling how many it did. What happens
 * (events, deliveries, receipts) is let go by the objects that hold it.
 */
const EXPIRING: readonly Sweep[] = [
  { name: "portal sessions", sweep: sweepSessions },
  { name: "portal links", sweep: sweepPortalLinks },
  { name: "tokens", sweep: sweepTokens },
  { name: "rotated secrets", sweep: sweepEndpointSecrets },
  { name: "the audit log", sweep: sweepAuditLog },
];

/**
 * How many rows go at once, and how often in one run. 500: D1 does one thing at a time, and others wait. 40: what one run
 * leaves, the next takes; at one an hour 480,000 rows of each kind a day.
 */
export const CHUNKS = { rows: 500, most: 40 };

/**
 * What goes by the clock: at each of wrangler.toml's crons what was left over, and at all but {@link OFTEN} what has ended.
 * @throws AggregateError as {@link sweep} does
 */
export const byTheClock = (env: Env, { cron, scheduledTime }: ScheduledController): Promise<void> =>
  sweep(env, scheduledTime, CHUNKS, cron === OFTEN ? [ERRANDS] : [ERRANDS, ...EXPIRING]);

/**
 * Brings to its end what was left over, and deletes what has ended, in chunks. What fails holds up none of the others.
 * @param now in milliseconds since 1970
 * @throws AggregateError naming what could not be swept: the run counts as failed, and the next begins anew
 */
export async function sweep(
  env: Env,
  now: number,
  { rows, most } = CHUNKS,
  all: readonly Sweep[] = [ERRANDS, ...EXPIRING],
): Promise<void> {
  const failures: { name: string; error: unknown }[] = [];
  for (const { name, sweep: sweepChunk } of all) {
    try {
      // A chunk may be small and not the last: what is still good may lie among the oldest.
      for (let chunks = 0; chunks < most; chunks++) if ((await sweepChunk(env, now, rows)) === 0) break;
    } catch (error) {
      console.error(`Not swept: ${name}:`, error);
      failures.push({ name, error });
    }
  }
  if (failures.length === 0) return;
  const names = failures.map(({ name }) => name).join(", ");
  throw new AggregateError(
    failures.map(({ error }) => error),
    `Not swept: ${names}. The next run tries again.`,
  );
}
