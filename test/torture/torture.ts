import { setTimeout as sleep } from "node:timers/promises";
import type { SpawnedService } from "../support/service.ts";
import { check, type Verdict } from "./check.ts";
import { FAULTS, type FaultName } from "./faults.ts";
import { World } from "./world.ts";

export interface Plan {
  /** Those that may strike. */
  faults: readonly FaultName[];
  /** For so long, in milliseconds. */
  ms: number;
  /** Told now and then how far it is. */
  say: (line: string) => void;
}

export interface Result {
  /** How often each fault struck. */
  faults: Map<FaultName, number>;
  /** How often something happened at random, by what and where. */
  struck: ReadonlyMap<string, number>;
  /** Publishes that were not answered 202, by what they were answered. */
  refused: ReadonlyMap<string, number>;
  verdict: Verdict;
}

/** Publishers of each workspace, and how long each rests between two requests, in milliseconds. */
const PUBLISHERS = 2;
const PAUSE_MS = 30;
/** Between two faults, in milliseconds: some work has to get done, or nothing is there to be broken. */
const REST_MS = 150;
const SAY_EVERY_MS = 15_000;

/** Lets faults strike one after another while events are published, lets everything get well, and checks the promise. */
export async function torture(service: SpawnedService, random: () => number, plan: Plan): Promise<Result> {
  const world = new World(service, random);
  await world.populate();
  const publishing = world.workspaces.flatMap((workspace) =>
    Array.from({ length: PUBLISHERS }, () => world.publish(workspace, PAUSE_MS)),
  );
  const faults = new Map<FaultName, number>();
  const until = Date.now() + plan.ms;
  let sayAt = Date.now() + SAY_EVERY_MS;
  // Beside the faults, so that a publisher that fails ends the run and does not wait for them.
  const striking = (async () => {
    while (Date.now() < until) {
      const name = world.pick(plan.faults);
      await FAULTS[name](world);
      faults.set(name, (faults.get(name) ?? 0) + 1);
      await sleep(REST_MS);
      if (Date.now() < sayAt) continue;
      sayAt += SAY_EVERY_MS;
      const { published, arrived } = world.ledger;
      plan.say(
        `${Math.ceil((until - Date.now()) / 1000)} s to go: ${published.length} published, ${arrived.length} requests`,
      );
    }
    for (const customer of world.receivers.customers.values()) customer.behaves = "answers well";
    await world.command({ chaos: {}, d1: { is: "well" } });
    world.stopPublishing();
  })();
  await Promise.all([striking, ...publishing]);
  await world.note();
  plan.say("everything is well again: waiting until nothing moves");
  const verdict = await check(world);
  await world.receivers.close();
  return { faults, struck: world.struck, refused: world.ledger.refused, verdict };
}
