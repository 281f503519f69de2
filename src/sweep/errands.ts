import { dueErrands, type Errand, noteErrands } from "../config/errands.ts";
import { emptyStreams } from "../events/streams.ts";
import { mapAtMost } from "../lib/at-most.ts";
import { waitAtMost } from "../lib/deadline.ts";
import { callWithRetry } from "../lib/objects.ts";

/** Objects that are at work at once, and how long one may take, in milliseconds. */
const WIDTH = 20;
const PATIENCE_MS = 10_000;

/** Whoever deletes or changes something waits for its objects no longer, in milliseconds: what is left is done by the clock. */
const IN_REQUEST_MS = 10_000;
/** An object that fails is asked so often meanwhile, with pauses that double from the first one, in milliseconds: three seconds. */
const TRIES = 8;
const FIRST_PAUSE_MS = 25;

/**
 * Does what objects have to do, right after the change that makes them. It never fails: the change is made, and what this
 * does not come to is done by the clock.
 * @returns whether all of it was done
 */
export async function runErrands(env: Env, errands: readonly Errand[]): Promise<boolean> {
  const began = Date.now();
  const done = new Set<Errand>();
  try {
    await perform(env, errands, began, { until: began + IN_REQUEST_MS, tries: TRIES }, done);
  } catch (error) {
    console.error("How errands went could not be written down, they are done again by the clock:", error);
  }
  return done.size === errands.length;
}

/**
 * Does what is due, at most `limit` of it. What cannot be done is in the log, and tried again five minutes later at the
 * earliest.
 * @param now in milliseconds since 1970
 * @returns how many there were
 * @throws what D1 throws
 */
export async function sweepErrands(env: Env, now: number, limit: number): Promise<number> {
  const due = await dueErrands(env, now, limit);
  if (due.length > 0) await perform(env, due, now, { until: Number.POSITIVE_INFINITY, tries: 1 });
  return due.length;
}

interface Patience {
  /** When no errand is begun any more, in milliseconds since 1970. */
  until: number;
  /** How often one is tried. */
  tries: number;
}

/**
 * @param done gets those that were done
 * @throws what D1 throws: how they went is not known to it then
 */
async function perform(
  env: Env,
  errands: readonly Errand[],
  now: number,
  { until, tries }: Patience,
  done = new Set<Errand>(),
): Promise<void> {
  const failed: Errand[] = [];
  await mapAtMost(errands, WIDTH, async (errand) => {
    const left = until - Date.now();
    if (left <= 0) return;
    try {
      await waitAtMost(Math.min(PATIENCE_MS, left), insist(env, errand, tries));
      done.add(errand);
    } catch (error) {
      const { object, name, task } = errand;
      console.error(`${object} ${name}: ${task} could not be done, trying again by the clock:`, error);
      failed.push(errand);
    }
  });
  await noteErrands(env, [...done], failed, now);
}

/** @throws what the object throws the last time */
async function insist(env: Env, errand: Errand, tries: number): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      return await doOne(env, errand);
    } catch (error) {
      if (tried === tries) throw error;
      await scheduler.wait(FIRST_PAUSE_MS * 2 ** (tried - 1));
    }
  }
}

async function doOne(env: Env, { object, name, task }: Errand): Promise<void> {
  switch (object) {
    case "endpoint":
      await callWithRetry(env.ENDPOINT, name, (endpoint) =>
        task === "empty" ? endpoint.destroy() : endpoint.refresh(),
      );
      return;
    case "source":
      await callWithRetry(env.SOURCE, name, (source) => source.destroy());
      return;
    case "stream":
      await emptyStreams(env, Number(name));
  }
}
