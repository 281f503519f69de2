import { join } from "node:path";
import { setAhead } from "../model/clock.ts";
import { spawnService } from "../support/service.ts";
import { keyOf } from "./faults.ts";
import { mixtures } from "./versions.ts";
import { World } from "./world.ts";

/** Milliseconds until the next month begins: in one month usage counts all events of a run. */
function untilNextMonth(now: Date): number {
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) - now.getTime();
}

/**
 * Starts the service for a run. This process has the same clock as the service from now on.
 * @param script the built Worker, on the model
 * @param dir for what is stored, and for other builds
 */
export async function newWorld(script: string, dir: string, seed: number): Promise<World> {
  const aheadMs = untilNextMonth(new Date());
  setAhead(aheadMs);
  const vars = {
    ENCRYPTION_KEYS: keyOf(0),
    MODEL_AHEAD_MS: String(aheadMs),
    MODEL_SEED: String(seed),
    RELAYS_FROM: "2",
  };
  const service = await spawnService({ script, model: "local", stateDir: join(dir, "state"), vars });
  const builds = { own: script, others: mixtures(script, join(dir, "others")) };
  return new World(service, builds, seed);
}
