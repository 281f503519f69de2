/** In so many steps a deadline is waited for. */
const STEPS = 10;
/** So late a step's timer may ring, in milliseconds, or else it does not count; at most so many do not, for each that does. */
const PUNCTUAL_MS = 100;
const EXCUSED = 2;

/**
 * Calls after so many milliseconds in which the isolate kept up. While it stands still, or has more to do than it can, nobody
 * looks whether an answer has come, and timers ring late: steps of which that is so are waited for once more. Then it is three
 * times as long at the most, and as much longer as the timers were late.
 * @returns takes it back
 */
export function afterAwake(ms: number, call: () => void): () => void {
  let counted = 0;
  let excused = 0;
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    const due = Date.now() + ms / STEPS;
    timer = setTimeout(() => {
      if (Date.now() - due > PUNCTUAL_MS && excused < EXCUSED * STEPS) excused++;
      else counted++;
      if (counted < STEPS) wait();
      else call();
    }, ms / STEPS);
  };
  wait();
  return () => clearTimeout(timer);
}

/**
 * A deadline that is over when the work is. `AbortSignal.timeout` runs on behind work that has ended long before, and an
 * object with something pending does not sleep, which is billed
 * (https://developers.cloudflare.com/durable-objects/concepts/durable-object-lifecycle/).
 * @param ms after so many milliseconds ({@link afterAwake}) the signal aborts, with a `TimeoutError` as that one's does
 */
export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException(`Not done within ${ms} ms`, "TimeoutError"));
  const done = afterAwake(ms, late);
  try {
    return await work(controller.signal);
  } finally {
    done();
  }
}

/**
 * What comes of work, if that is within `ms` milliseconds ({@link afterAwake}); it goes on unheeded else.
 * @throws what the work throws; Error where it takes longer
 */
export async function waitAtMost<T>(ms: number, work: Promise<T>): Promise<T> {
  let done = () => {};
  const late = new Promise<never>((_, reject) => {
    done = afterAwake(ms, () => reject(new Error(`No answer within ${ms} ms`)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done();
  }
}
