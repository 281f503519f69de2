import { realNow } from "../model/clock.ts";
import { EVENT } from "./marks.ts";
import { PROVIDERS, type ProviderName } from "./providers.ts";
import { type Hook, STREAMS, type Tenant } from "./tenant.ts";
import type { World } from "./world.ts";

/** Workspaces, their webhooks and their sources: how they come and how they go. */

/** What webhooks subscribe to, by turns. */
const SUBSCRIPTIONS = [
  [EVENT, ...Object.values(PROVIDERS).map(({ event }) => event)],
  [EVENT, PROVIDERS.generic.event],
];
const HOOKS_EACH = 2;
const HOOKS_THAT_STAY = 1;
/** Soon, so that what failed is through before long; the last ones leave time for whatever is broken to come back. */
export const RETRIES = [1, 1, 2, 2, 4, 4, 8, 8, 15, 15];
/** Of what a receiver that hangs takes. */
const TIMEOUT_MS = 1000;

export async function newTenant(world: World, stays: boolean, inOrder = false): Promise<Tenant> {
  const { id } = await world.get<{ id: number }>("POST", "/workspaces", { name: "Tortured" });
  const tenant: Tenant = { id, hooks: [], sources: [], inOrder, streams: 1, ending: false, stays };
  for (let number = 0; number < HOOKS_EACH; number++) await newHook(world, tenant, number < HOOKS_THAT_STAY);
  for (const provider of Object.keys(PROVIDERS) as ProviderName[]) await newSource(world, tenant, provider);
  return tenant;
}

export async function spreadAnew(world: World, tenant: Tenant): Promise<void> {
  // Another number than it has: of the others, as many up as drawn.
  tenant.streams = ((tenant.streams - 1 + world.between(1, STREAMS - 1)) % STREAMS) + 1;
  await world.get("PATCH", `/workspaces/${tenant.id}`, { streams: tenant.streams });
}

let paths = 0;

export async function newHook(world: World, tenant: Tenant, stays: boolean): Promise<Hook> {
  const events = SUBSCRIPTIONS[tenant.hooks.length % SUBSCRIPTIONS.length] ?? [];
  let path = "";
  const nextPath = () => {
    path = `/${tenant.id}/${++paths}`;
    // Where no answer comes there may be a webhook all the same, with a secret that nobody knows.
    const customer = {
      behaves: "answers well" as const,
      secrets: [],
      unsure: true,
      changes: [],
      deletedAt: undefined,
      events,
    };
    world.receivers.customers.set(path, customer);
    return world.receivers.url + path;
  };
  let made: { id: string; secret: string } | undefined;
  await world.insist(async () => {
    const answer = await world.once<{ data: { id: string; secret: string } }>(
      "POST",
      `/workspaces/${tenant.id}/webhooks`,
      {
        url: nextPath(),
        events,
        dialect: "standard",
        retry_policy: RETRIES,
        timeout_ms: TIMEOUT_MS,
        disable_on_gone: false,
        disable_after: null,
      },
    );
    if (answer.status === 201) made = answer.json.data;
    else if (answer.status < 500) throw new Error(`A webhook was refused: ${answer.text}`);
    return answer.status === 201;
  });
  if (!made) throw new Error("There is no webhook");
  const customer = world.receivers.customers.get(path);
  if (customer) Object.assign(customer, { secrets: [{ text: made.secret, until: Infinity }], unsure: false });
  const hook = { id: made.id, path, madeAt: realNow(), tenant, stays, events };
  tenant.hooks.push(hook);
  return hook;
}

async function newSource(world: World, tenant: Tenant, provider: ProviderName): Promise<void> {
  const { settings, callback, event } = PROVIDERS[provider];
  const { id, callback_url } = await world.get<{ id: string; callback_url: string }>(
    "POST",
    `/workspaces/${tenant.id}/sources`,
    { provider, name: provider, ...settings },
  );
  tenant.sources.push({ id, path: new URL(callback_url).pathname, callback, event });
}

/** Gone at the first answer, or at an earlier one that was lost. */
async function remove(world: World, path: string): Promise<void> {
  const { status, text } = await world.ask("DELETE", path);
  if (status >= 300 && status !== 404) throw new Error(`DELETE ${path} was answered ${status}: ${text}`);
}

function isDeleted(world: World, { id, path }: Hook): void {
  world.deleted.webhooks.push(id);
  const customer = world.receivers.customers.get(path);
  if (customer) customer.deletedAt = realNow();
}

export async function deleteHook(world: World, hook: Hook): Promise<void> {
  const { tenant } = hook;
  tenant.hooks = tenant.hooks.filter((each) => each !== hook);
  await remove(world, `/workspaces/${tenant.id}/webhooks/${hook.id}`);
  isDeleted(world, hook);
}

export async function deleteTenant(world: World, tenant: Tenant): Promise<void> {
  tenant.ending = true;
  world.tenants.splice(world.tenants.indexOf(tenant), 1);
  await remove(world, `/workspaces/${tenant.id}`);
  for (const hook of tenant.hooks) isDeleted(world, hook);
  world.deleted.workspaces.push(tenant.id);
  world.deleted.sources.push(...tenant.sources.map(({ id }) => id));
}
