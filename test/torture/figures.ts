import type { DeliveryRow } from "../support/workspace.ts";
import type { Story, Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

interface Stats {
  complete_since: string | null;
  totals: { delivered: number; failed: number; attempts: number };
}

/** The widest that there is. */
const PERIOD = "30d";

/** What the figures say is what the log says, as far back as they look. */
export async function checkFigures(verdict: Verdict, { hook, rows }: Story, world: World): Promise<void> {
  const path = `/workspaces/${hook.tenant.id}/webhooks/${hook.id}/stats?period=${PERIOD}`;
  const { totals, complete_since } = await world.get<Stats>("GET", path);
  const all = [...rows.values()];
  const most = totalsOf(all);
  // Further back they may have looked at some, and need not.
  const least = totalsOf(all.filter((row) => complete_since === null || row.created_at >= complete_since));
  for (const name of ["delivered", "failed", "attempts"] as const) {
    if (totals[name] >= least[name] && totals[name] <= most[name]) continue;
    const inLog = `${least[name]} to ${most[name]}`;
    verdict.wrong.push(`${hook.path}: the figures have ${totals[name]} ${name}, the log has ${inLog}`);
  }
}

function totalsOf(rows: readonly DeliveryRow[]): Stats["totals"] {
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  const attempts = rows.reduce((sum, row) => sum + row.attempts, 0);
  return { delivered: count("delivered"), failed: count("failed"), attempts };
}
