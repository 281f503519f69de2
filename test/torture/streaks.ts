import { eventually } from "../support/eventually.ts";
import { answer, type Behaviour } from "./behaviours.ts";
import { publishOnce } from "./publishers.ts";
import type { Hook, Tenant } from "./tenant.ts";
import { newHook } from "./tenants.ts";
import { saidYes, type Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

/**
 * An endpoint is failing after five failed rounds in a row, and then its workspace is told, once: attempts that were under way
 * together are one round, and a success ends what was in a row (docs/delivery.md). Here the receiver decides what meets what.
 */

/** More than make an endpoint failing. */
const TOGETHER = 8;
const ALTERNATING = 30;
/** It must be able to hold as many as it likes, for as long as it takes, in milliseconds. */
const PATIENT_MS = 30_000;

/** Looks at a webhook that is new. */
export async function checkStreaks(verdict: Verdict, world: World, tenant: Tenant): Promise<void> {
  const hook = await newHook(world, tenant, false);
  const change = (to: object) => world.get("PATCH", `/workspaces/${tenant.id}/webhooks/${hook.id}`, to);
  const customer = world.receivers.customers.get(hook.path);
  if (!customer) throw new Error(`${hook.path} has no receiver`);

  await change({ timeout_ms: PATIENT_MS });
  customer.script = failsTogether(TOGETHER);
  await allArrive(world, hook, TOGETHER);
  await change({ max_concurrency: 1 });
  customer.script = alternates();
  await allArrive(world, hook, ALTERNATING);

  const since = Date.now();
  customer.script = (_, response) => answer(response, 500);
  await publishOnce(world, tenant, TOGETHER);
  // What is told goes one way, in turn: with this, all that was told before is there.
  const told = await eventually(
    () => toldOf(world, hook),
    (all) => all.some((at) => at >= since),
  );
  if (told.length !== 1) {
    verdict.wrong.push(`${hook.path}: was failing ${told.length} times, though only once were five in a row`);
  }
  customer.script = undefined;
}

/** Holds what comes until so much is open, fails all of that at once, and takes whatever comes later. */
function failsTogether(many: number): Behaviour {
  const enough = Promise.withResolvers<void>();
  let open = 0;
  return async (_, response) => {
    open++;
    if (open > many) return answer(response, 200);
    if (open === many) enough.resolve();
    await enough.promise;
    return answer(response, 500);
  };
}

/** Fails every other one. */
function alternates(): Behaviour {
  let turn = 0;
  return (_, response) => answer(response, turn++ % 2 === 0 ? 500 : 200);
}

async function allArrive(world: World, hook: Hook, many: number): Promise<void> {
  const events = (await publishOnce(world, hook.tenant, many)).map(({ n }) => n);
  const isMissing = (n: number) =>
    !world.journal.arrived.some((each) => each.n === n && each.webhook === hook.path && saidYes(each));
  await eventually(
    () => events.filter(isMissing),
    (missing) => missing.length === 0,
  );
}

/** When it was told that the webhook had begun to fail, in milliseconds since 1970 by the service's clock. */
async function toldOf(world: World, { id, tenant }: Hook): Promise<number[]> {
  const events = await world.get<{ timestamp: string; data: { webhook_id: string; percent: number } }[]>(
    "GET",
    `/workspaces/${tenant.id}/events?event=endpoint.failing&limit=100`,
  );
  return events
    .filter(({ data }) => data.webhook_id === id && data.percent === 0)
    .map(({ timestamp }) => Date.parse(timestamp));
}
