/**
 * A deadline that is over when the work is. `AbortSignal.timeout` runs on behind work that has ended long before, and an
 * object with something pending does not sleep, which is billed
 * (https://developers.cloudflare.com/durable-objects/concepts/durable-object-lifecycle/).
 * @param ms after so many milliseconds the signal aborts, with a `TimeoutError` as that one's does
 */
export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException(`Not done within ${ms} ms`, "TimeoutError"));
  const timer = setTimeout(late, ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
