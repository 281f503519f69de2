import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import type { DeliveryRow } from "../support/workspace.ts";
import { publishOnce } from "./publishers.ts";
import type { Hook, Tenant } from "./tenant.ts";
import { saidYes, type Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

/**
 * What waits for longer than it is kept has expired, the log says so of each, and it is never sent; what was done has left the
 * log. After all else was looked at: nothing of it is left to be looked at afterwards.
 */

/** The 30 days of `RETENTION_DAYS`, and three more, in milliseconds. */
const RETENTION_MS = 33 * 24 * 3_600_000;
const WAITING = 50;
/** How likely an object is reset at each of its steps meanwhile. */
const CHAOS = { reset: 0.05 };
/** Between two looks the clock goes on by so much, in milliseconds: what is to be done later comes. */
const STEP_MS = 60_000;

export async function checkRetention(verdict: Verdict, world: World, say: (line: string) => void): Promise<void> {
  const kept = world.tenants.flatMap((tenant) => {
    const hook = tenant.hooks.find(({ stays }) => stays);
    return tenant.stays && hook ? [{ tenant, hook }] : [];
  });
  say(`what waits for ${kept.length} webhooks is kept for longer than the retention`);
  const waiting = new Map<Hook, Set<string>>();
  for (const { tenant, hook } of kept) {
    await world.get("PATCH", below(hook), { status: "paused" });
    const events = await publishOnce(world, tenant, WAITING);
    waiting.set(hook, new Set(events.flatMap(({ id }) => id ?? [])));
  }
  await world.command({ chaos: CHAOS });
  await world.setClockAhead(RETENTION_MS);
  await world.kill();
  await world.command({ chaos: CHAOS });
  for (const [hook, events] of waiting) await checkExpired(verdict, world, hook, events);
  await world.command({ chaos: {} });

  for (const { tenant, hook } of kept) await checkGoesOn(verdict, world, tenant, hook, waiting.get(hook) ?? new Set());
}

const below = ({ id, tenant }: Hook) => `/workspaces/${tenant.id}/webhooks/${id}`;

/** The log tells of what expired, of each, and of nothing else. */
async function checkExpired(verdict: Verdict, world: World, hook: Hook, events: ReadonlySet<string>): Promise<void> {
  const rows = await eventually(
    async () => {
      await world.setClockAhead(STEP_MS);
      return logOf(world, hook);
    },
    (all) => all.length === events.size && all.every(({ status }) => status === "expired"),
    { everyMs: 500 },
  );
  const unknown = rows.filter(({ event_id }) => !events.has(event_id));
  if (unknown.length > 0) verdict.wrong.push(`${hook.path}: ${unknown.length} have expired that did not wait`);
  verdict.expired += rows.length;
}

const logOf = (world: World, hook: Hook): Promise<DeliveryRow[]> =>
  world.get<DeliveryRow[]>("GET", `${below(hook)}/deliveries?limit=${2 * WAITING}`);

/** Nothing of what has expired has come, nor does it now; and what comes afterwards arrives. */
async function checkGoesOn(
  verdict: Verdict,
  world: World,
  tenant: Tenant,
  hook: Hook,
  expired: ReadonlySet<string>,
): Promise<void> {
  const { arrived, published } = world.journal;
  await world.get("PATCH", below(hook), { status: "active" });
  const [next] = await publishOnce(world, tenant, 1);
  await eventually(
    () => arrived.some((each) => each.n === next?.n && each.webhook === hook.path && saidYes(each)),
    Boolean,
  );
  await sleep(1000);
  const back = arrived.filter(({ webhook, n }) => {
    return webhook === hook.path && expired.has(published[n]?.id ?? "");
  });
  if (back.length > 0) verdict.wrong.push(`${hook.path}: ${back.length} came that had expired`);
}
