import { setTimeout as sleep } from "node:timers/promises";
import { realNow } from "../model/clock.ts";
import { BEHAVIOUR_NAMES } from "./behaviours.ts";
import { EVENT } from "./marks.ts";
import { publishAgain } from "./publishers.ts";
import { CHANGED, ON_ITS_WAY_MS } from "./receiver.ts";
import type { Hook, Tenant } from "./tenant.ts";
import { deleteHook, deleteTenant, newHook, newTenant, spreadAnew } from "./tenants.ts";
import type { World } from "./world.ts";

/** One kind of fault: strikes once, and is over when it resolves. */
export interface Fault {
  /** Faults of one track strike one after another, those of different tracks at the same time. */
  track: Track;
  /** @returns false if there was nothing that it could strike */
  strike: (world: World) => Promise<unknown>;
}

/** What ends the runtime; what the platform does; what customers do. */
export const TRACKS = ["runtime", "platform", "customers"] as const;
export type Track = (typeof TRACKS)[number];

/** So long whatever happens at random may happen, in milliseconds. */
const SPELL_MS = 1300;

/** While this lasts something happens at random, as likely as that. */
const spell = (chaos: object): Fault => ({
  track: "platform",
  strike: async (world) => {
    if (!(await world.commandIfUp({ chaos }))) return false;
    await sleep(SPELL_MS);
    await world.commandIfUp({ chaos: {} });
    return true;
  },
});

const d1 = (is: "refusing" | "standing"): Fault => ({
  track: "platform",
  strike: async (world) => {
    if (!(await world.commandIfUp({ d1: { is } }))) return false;
    await sleep(world.between(300, 1500));
    await world.commandIfUp({ d1: { is: "well" } });
    return true;
  },
});

/** Ends the runtime while something else happens at random. */
const killWhile = (chaos: object): Fault => ({
  track: "runtime",
  strike: (world) =>
    world.alone(async () => {
      await world.command({ chaos });
      await sleep(world.between(100, 500));
      await world.kill();
    }),
});

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const JUMPS_MS = [MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS, 26 * HOUR_MS];

const onHook =
  (strike: (world: World, hook: Hook) => Promise<unknown>, which: (hook: Hook) => boolean = () => true) =>
  (world: World): Promise<unknown> =>
    world.claim(world.tenants.flatMap(({ hooks }) => hooks).filter(which), (hook) => strike(world, hook));
const customers = (strike: (world: World) => Promise<unknown>): Fault => ({ track: "customers", strike });
const below = ({ id, tenant }: Hook) => `/workspaces/${tenant.id}/webhooks/${id}`;

export const FAULTS = {
  kill: { track: "runtime", strike: (world) => world.alone(() => world.kill()) },
  "kill while objects are reset": killWhile({ reset: 0.1 }),
  "kill while answers are lost": killWhile({ lost: 0.1, d1Lost: 0.1 }),
  /** There and back: each finds what the other one has stored, and in between objects of both talk to each other. */
  "another version": {
    track: "runtime",
    strike: async (world) => {
      await world.alone(() => world.kill({}, world.pick(world.otherBuilds)));
      await sleep(world.between(300, 1000));
      await world.alone(() => world.kill({}, world.ownBuild));
    },
  },
  "another key": {
    track: "runtime",
    strike: async (world) => {
      const [before, next] = [keyOf(world.key), keyOf(++world.key)];
      await world.alone(() => world.kill({ ENCRYPTION_KEYS: `${next} ${before}` }));
      let remaining = 1;
      while (remaining > 0) ({ remaining } = await world.get<{ remaining: number }>("POST", "/admin/reencrypt"));
      await world.alone(() => world.kill({ ENCRYPTION_KEYS: next }));
    },
  },
  "the clock jumps": {
    track: "runtime",
    strike: async (world) => {
      const ms = world.pick(JUMPS_MS);
      await world.alone(() => world.setClockAhead(world.mayBeAhead(ms) ? ms : MINUTE_MS));
    },
  },
  resets: spell({ reset: 0.1 }),
  "lost answers": spell({ lost: 0.05 }),
  "D1 fails now and then": spell({ d1: 0.3 }),
  "D1 does it, and its answer is lost": spell({ d1Lost: 0.2 }),
  "endpoints are slow": {
    track: "platform",
    strike: async (world) => {
      const names = world.tenants.flatMap(({ hooks }) => hooks.map(({ id }) => id));
      const slowed = (ms: number) =>
        Promise.all(names.map((name) => world.commandIfUp({ slow: { class: "Endpoint", name, ms } })));
      const heard = await slowed(world.between(100, 900));
      if (!heard.includes(true)) return false;
      await sleep(SPELL_MS);
      await slowed(0);
      return true;
    },
  },
  "resets while D1 fails": spell({ reset: 0.1, d1: 0.3 }),
  "D1 refuses": d1("refusing"),
  "D1 stands still": d1("standing"),
  "a receiver changes": customers(
    onHook(async (world, { path }) => {
      const customer = world.receivers.customers.get(path);
      if (customer) customer.behaves = world.pick(BEHAVIOUR_NAMES);
    }),
  ),
  /** Half of them slowly: then much is under way, and in memory alone. */
  "receivers are well": customers(async (world) => {
    for (const customer of world.receivers.customers.values()) {
      customer.behaves = world.random() < 0.5 ? "answers well" : "takes its time";
    }
    await sleep(500);
  }),
  "receivers refuse connections": customers((world) =>
    world.claim([world.receivers], (receivers) => receivers.refuseFor(world.between(300, 1000))),
  ),
  "a pause": customers(onHook(pause)),
  "it is gone, and comes back": customers(onHook(disable)),
  "a delivery is sent again": customers(onHook(sendAgain)),
  "a rotation": customers(onHook(rotate)),
  "a change": customers(
    onHook(async (world, hook) => {
      const changes = world.receivers.customers.get(hook.path)?.changes ?? [];
      const change = { answeredAt: Number.POSITIVE_INFINITY };
      const headers = { [CHANGED]: String(changes.push(change)) };
      await world.get("PATCH", below(hook), { max_concurrency: world.between(1, 100), headers });
      change.answeredAt = realNow();
    }),
  ),
  "a key is used once more": customers(publishAgain),
  "another number of streams": customers((world) =>
    world.claim(
      world.tenants.filter(({ inOrder }) => !inOrder),
      (tenant) => spreadAnew(world, tenant),
    ),
  ),
  "a probe": customers(
    onHook(async (world, hook) => {
      const { status, text } = await world.ask("POST", `${below(hook)}/probe`);
      if (status >= 300 && status !== 409) throw new Error(`A probe was answered ${status}: ${text}`);
    }),
  ),
  "a webhook is deleted": customers(
    onHook(
      async (world, hook) => {
        await newHook(world, hook.tenant, mayStay(world, hook.tenant));
        await deleteHook(world, hook);
      },
      ({ stays }) => !stays,
    ),
  ),
  "a workspace is deleted": customers(async (world) => {
    const before = [...world.tenants];
    world.begin(await newTenant(world, false));
    return world.claim(
      before.filter((tenant) => world.tenants.includes(tenant) && !tenant.stays),
      (tenant) => deleteTenant(world, tenant),
      ({ hooks }) => hooks,
    );
  }),
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export const keyOf = (number: number): string => `the-encryption-key-number-${number}-of-the-run`;

/** Of the webhooks that are made meanwhile this share stays, so that what they got is looked at; and no more in a workspace. */
const STAYS = 0.05;
const MOST_STAY = 4;

const mayStay = (world: World, { stays, hooks }: Tenant): boolean =>
  stays && hooks.filter((hook) => hook.stays).length < MOST_STAY && world.random() < STAYS;

/** So long a webhook is paused, at least and at most, in milliseconds. */
const PAUSED_MS = [1500, 3000] as const;

async function pause(world: World, hook: Hook): Promise<void> {
  await world.get("PATCH", below(hook), { status: "paused" });
  await holdStill(world, hook);
  await world.get("PATCH", below(hook), { status: "active" });
}

/** So long it is waited until a webhook is disabled, in milliseconds: other faults may let nothing get so far. */
const DISABLED_WITHIN_MS = 10_000;

/** It says that it is gone until it is disabled, and is well when it is enabled again. */
async function disable(world: World, hook: Hook): Promise<boolean> {
  const customer = world.receivers.customers.get(hook.path);
  if (!customer) return false;
  await world.get("PATCH", below(hook), { disable_on_gone: true });
  const giveUpAt = realNow() + DISABLED_WITHIN_MS;
  let status = "active";
  while (status !== "disabled" && realNow() < giveUpAt) {
    // Others may have had all receivers be well.
    customer.behaves = "says that it is gone";
    await world.ask("POST", `${below(hook)}/probe`);
    await sleep(200);
    ({ status } = await world.get<{ status: string }>("GET", below(hook)));
  }
  if (status === "disabled") await holdStill(world, hook);
  customer.behaves = "answers well";
  await world.get("PATCH", below(hook), { status: "active", disable_on_gone: false });
  return status === "disabled";
}

/** Nothing may be sent to it by now: waits a while, and takes note of what is held. */
async function holdStill(world: World, hook: Hook): Promise<void> {
  const from = realNow();
  await sleep(world.between(...PAUSED_MS));
  const deliveries = await heldFor(world, hook);
  world.journal.paused.push({ webhook: hook.path, from, to: realNow() });
  world.journal.held.push({ webhook: hook.path, deliveries, resumedAt: realNow() });
}

/** One of the newest that were delivered. */
async function sendAgain(world: World, hook: Hook): Promise<boolean> {
  const path = `/workspaces/${hook.tenant.id}`;
  const done = await world.get<{ id: string }[]>("GET", `${below(hook)}/deliveries?status=delivered&limit=100`);
  if (done.length === 0) return false;
  const { id: delivery } = world.pick(done);
  const from = realNow();
  await world.get("POST", `${path}/deliveries/${delivery}/redeliver`);
  world.journal.sentAgain.push({ delivery, from, to: realNow() });
  return true;
}

/** So many held deliveries go out one after another (docs/reliability.md); what waits already is among them. */
const IN_ORDER = 1000;

/** Those of the newest page that were never attempted, the oldest first; none where so many wait that no order is promised. */
async function heldFor(world: World, hook: Hook): Promise<string[]> {
  const { waiting } = await world.get<{ waiting: number }>("GET", `${below(hook)}/health`);
  if (waiting > IN_ORDER / 2) return [];
  const rows = await world.get<{ id: string; event: string; attempts: number }[]>(
    "GET",
    `${below(hook)}/deliveries?status=pending&limit=100`,
  );
  const held = rows.filter(({ attempts, event }) => attempts === 0 && event === EVENT);
  return held.map(({ id }) => id).reverse();
}

async function rotate(world: World, hook: Hook): Promise<void> {
  const customer = world.receivers.customers.get(hook.path);
  if (!customer) return;
  const seconds = world.pick([2, 3600]);
  let isClear = true;
  const unsure = () => {
    isClear = false;
  };
  // Where the answer takes longer than the overlap, the new one signs alone before anybody was told.
  customer.unsure = true;
  const { secret } = await world.get<{ secret: string }>(
    "POST",
    `${below(hook)}/rotate-secret`,
    { overlap_seconds: seconds },
    unsure,
  );
  const until = Date.now() + seconds * 1000;
  for (const each of customer.secrets) each.until = Math.min(each.until, until);
  customer.secrets.unshift({ text: secret, until: Number.POSITIVE_INFINITY });
  // What was signed by one that nobody was told arrives soon, or is overlapped by it.
  if (!isClear) await sleep(ON_ITS_WAY_MS);
  customer.unsure = false;
}
