import { setTimeout as sleep } from "node:timers/promises";
import { realNow } from "../model/clock.ts";
import { seeded } from "../support/random.ts";
import { check, SAY_EVERY_MS } from "./check.ts";
import { FAULTS, type FaultName, TRACKS, type Track } from "./faults.ts";
import { callBack, publish } from "./publishers.ts";
import { newTenant } from "./tenants.ts";
import type { Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

export interface Plan {
  /** Those that may strike. */
  faults: readonly FaultName[];
  /** For so long at least, in milliseconds. */
  ms: number;
  /** Whether this much will do: as long as it does not, faults go on. {@link ms} alone unless told. */
  isEnough?: (sofar: Pick<Result, "faults" | "kills" | "struck">) => boolean;
  /** Told now and then how far it is. */
  say: (line: string) => void;
  /** Whether the first thing that is lost or wrong ends the checks, too. Not, unless told. */
  stopsAtFirst?: boolean;
}

export interface Result {
  /** How often each fault struck. */
  faults: Map<FaultName, number>;
  kills: number;
  /** How often something happened at random, by what and where. */
  struck: ReadonlyMap<string, number>;
  /** Publishes and callbacks that were not accepted at once, by what they were answered. */
  refused: ReadonlyMap<string, number>;
  verdict: Verdict;
}

const WORKSPACES = 3;
/** How long a publisher rests between two requests, and a provider between two callbacks, in milliseconds. */
const PUBLISHERS_MS = [60, 60];
const CALLBACKS_MS = 100;
const TRICKLE_MS = 150;
/** Between two times that the service does what goes by the clock, in milliseconds; in between the clock jumps. */
const SWEEP_MS = 3000;
/** Between two faults of a track, in milliseconds: some work has to get done, or nothing is there to be broken. */
const REST_MS: Record<Track, number> = { runtime: 250, platform: 300, customers: 100 };

/** Lets faults strike while events are published and providers call back, lets everything get well, and checks the promise. */
export async function torture(world: World, plan: Plan): Promise<Result> {
  await world.receivers.listen();
  const publishers: Promise<void>[] = [];
  world.begin = (tenant, trickle = false) => {
    world.tenants.push(tenant);
    const pauses = trickle ? [TRICKLE_MS] : PUBLISHERS_MS;
    const all = [
      ...pauses.map((ms) => publish(world, tenant, ms, trickle)),
      callBack(world, tenant, trickle ? TRICKLE_MS : CALLBACKS_MS),
    ];
    // One that fails ends the run.
    publishers.push(...all.map((each) => each.catch(world.failure.reject)));
  };
  for (let number = 0; number < WORKSPACES; number++) {
    // In one of them events come alone, so that each is under way before the next one.
    world.begin(await newTenant(world, true, number === 0), number === 0);
  }
  const faults = new Map<FaultName, number>();
  const until = realNow() + plan.ms;
  const isOver = () =>
    realNow() >= until && (plan.isEnough?.({ faults, kills: world.kills, struck: world.struck }) ?? true);
  // Beside the faults, so that a publisher that fails ends the run and does not wait for them.
  const striking = Promise.all([
    // Customers do not wait for one another.
    ...[...TRACKS, "customers" as const, "customers" as const].map((track, number) => {
      // An order of its own: in one that all share it would be chance who draws next.
      return strikeInTurn(world, track, seeded(world.seed + 1 + number), plan, isOver, faults);
    }),
    sweepNowAndThen(world, isOver),
    tell(world, plan, until),
  ]).then(() => getWell(world));
  await Promise.race([striking, world.failure.promise]);
  await Promise.all(publishers);
  await world.note();
  const { kills } = world;
  plan.say("everything is well again: waiting until nothing moves");
  const verdict = await check(world, plan.say, plan.stopsAtFirst ?? false);
  await world.receivers.close();
  return { faults, kills, struck: world.struck, refused: world.journal.refused, verdict };
}

async function strikeInTurn(
  world: World,
  track: Track,
  order: () => number,
  { faults }: Plan,
  isOver: () => boolean,
  struck: Map<FaultName, number>,
): Promise<void> {
  const own = faults.filter((name) => FAULTS[name].track === track);
  let left: FaultName[] = [];
  while (own.length > 0 && !isOver()) {
    // All of them by turns, in another order each time: none is left out.
    if (left.length === 0) left = [...own];
    const name = world.pick(left, order);
    left.splice(left.indexOf(name), 1);
    if ((await FAULTS[name].strike(world)) !== false) struck.set(name, (struck.get(name) ?? 0) + 1);
    // Its turn is still to come: what happens to be down half of the time would be struck half as often.
    else left.push(name);
    await sleep(REST_MS[track]);
  }
}

async function sweepNowAndThen(world: World, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await world.sweep();
    await sleep(SWEEP_MS);
  }
}

async function tell({ journal }: World, { say }: Plan, until: number): Promise<void> {
  for (let left = until - realNow(); left > 0; left = until - realNow()) {
    say(`${Math.ceil(left / 1000)} s to go: ${journal.published.length} published, ${journal.arrived.length} requests`);
    await sleep(Math.min(SAY_EVERY_MS, left));
  }
}

async function getWell(world: World): Promise<void> {
  for (const customer of world.receivers.customers.values()) customer.behaves = "answers well";
  await world.command({ chaos: {}, d1: { is: "well" } });
  world.wellAt = realNow();
  world.publishing = false;
}
