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
  const count = (status: string) => all.filter((row) => row.status === status).length;
  const found = {
    delivered: count("delivered"),
    failed: count("failed"),
    attempts: all.reduce((sum, row) => sum + row.attempts, 0),
  };
  for (const [name, inLog] of Object.entries(found) as [keyof typeof found, number][]) {
    if (complete_since === null ? totals[name] === inLog : totals[name] <= inLog) continue;
    verdict.wrong.push(`${hook.path}: the figures have ${totals[name]} ${name}, the log has ${inLog}`);
  }
}
