import { setTimeout as sleep } from "node:timers/promises";
import { BEHAVIOUR_NAMES } from "./behaviours.ts";
import type { World } from "./world.ts";

/** One kind of fault: strikes once, and is over when it resolves. */
export type Fault = (world: World) => Promise<void>;

/** So long whatever happens at random may happen, in milliseconds. */
const SPELL_MS = 1500;
const between = (world: World, least: number, most: number) => Math.round(least + world.random() * (most - least));

/** While this lasts something happens at random, as likely as that. */
const spell =
  (chaos: object): Fault =>
  async (world) => {
    await world.command({ chaos });
    await sleep(SPELL_MS);
    await world.command({ chaos: {} });
  };

const d1 =
  (is: "refusing" | "standing"): Fault =>
  async (world) => {
    await world.command({ d1: { is } });
    await sleep(between(world, 500, 3000));
    await world.command({ d1: { is: "well" } });
  };

export const FAULTS = {
  /** Nothing gets to clean up. What strikes at random is forgotten with it, so it is noted before. */
  kill: async (world) => {
    await world.note();
    await world.service.kill();
    await world.service.restart();
  },
  "kill while objects are reset": async (world) => {
    await world.command({ chaos: { reset: 0.05 } });
    await sleep(between(world, 100, 500));
    await world.note();
    await world.service.kill();
    await world.service.restart();
  },
  resets: spell({ reset: 0.02 }),
  "lost answers": spell({ lost: 0.05 }),
  "D1 fails now and then": spell({ d1: 0.3 }),
  "D1 does it, and its answer is lost": spell({ d1Lost: 0.2 }),
  "D1 refuses": d1("refusing"),
  "D1 stands still": d1("standing"),
  "resets while D1 fails": spell({ reset: 0.02, d1: 0.3 }),
  "a receiver changes": async (world) => {
    const customer = world.receivers.customers.get(world.pick(world.hooks).path);
    if (customer) customer.behaves = world.pick(BEHAVIOUR_NAMES);
  },
  "receivers are well": async (world) => {
    for (const customer of world.receivers.customers.values()) customer.behaves = "answers well";
    await sleep(500);
  },
  pause: async (world) => {
    const hook = world.pick(world.hooks);
    await world.change(hook, "PATCH", "", { status: "paused" });
    const from = Date.now();
    await sleep(between(world, 200, 1500));
    world.ledger.paused.push({ webhook: hook.path, from, to: Date.now() });
    await world.change(hook, "PATCH", "", { status: "active" });
  },
  rotation: async (world) => {
    const hook = world.pick(world.hooks);
    const seconds = world.pick([2, 3600]);
    const { secret } = await world.change(hook, "POST", "/rotate-secret", { overlap_seconds: seconds });
    const secrets = world.receivers.customers.get(hook.path)?.secrets ?? [];
    const until = Date.now() + seconds * 1000;
    for (const each of secrets) each.until = Math.min(each.until, until);
    secrets.unshift({ text: String(secret), until: Number.POSITIVE_INFINITY });
  },
  "a change": async (world) => {
    await world.change(world.pick(world.hooks), "PATCH", "", { max_concurrency: between(world, 1, 100) });
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];
