import { dueErrands, type Errand, noteErrands } from "../config/errands.ts";
import { emptyStreams } from "../events/streams.ts";
import { mapAtMost } from "../lib/at-most.ts";
import { ask, endpointObject, sourceObject } from "../lib/objects.ts";
import { within } from "../lib/within.ts";

/** Objects that are at work at once, and how long one may take, in milliseconds. */
const WIDTH = 20;
const PATIENCE_MS = 10_000;

/** Whoever deletes or changes something waits for its objects no longer, in milliseconds: what is left is done by the clock. */
const IN_REQUEST_MS = 10_000;

/**
 * Does what objects have to do, right after the change that makes them. It never fails: the change is made, and what this
 * does not come to is done by the clock.
 */
export async function runErrands(env: Env, errands: readonly Errand[]): Promise<void> {
  await perform(env, errands, Date.now(), Date.now() + IN_REQUEST_MS).catch((error: unknown) => {
    console.error("How errands went could not be written down, they are done again by the clock:", error);
  });
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
  if (due.length > 0) await perform(env, due, now, Number.POSITIVE_INFINITY);
  return due.length;
}

/** @param until when nothing more is begun, in milliseconds since 1970 */
async function perform(env: Env, errands: readonly Errand[], now: number, until: number): Promise<void> {
  const done: Errand[] = [];
  const failed: Errand[] = [];
  await mapAtMost(errands, WIDTH, async (errand) => {
    if (Date.now() >= until) return;
    try {
      await within(PATIENCE_MS, doOne(env, errand));
      done.push(errand);
    } catch (error) {
      const { object, name, task } = errand;
      console.error(`${object} ${name}: ${task} could not be done, trying again by the clock:`, error);
      failed.push(errand);
    }
  });
  await noteErrands(env, done, failed, now);
}

async function doOne(env: Env, { object, name, task }: Errand): Promise<void> {
  switch (object) {
    case "endpoint":
      await ask(
        () => endpointObject(env, name),
        (endpoint) => (task === "empty" ? endpoint.destroy() : endpoint.refresh()),
      );
      return;
    case "source":
      await ask(
        () => sourceObject(env, name),
        (source) => source.destroy(),
      );
      return;
    case "stream":
      await emptyStreams(env, Number(name));
  }
}
