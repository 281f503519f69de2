import { setTimeout as sleep } from "node:timers/promises";
import type { Receiver } from "./receiver.ts";
import type { Workspace } from "./workspace.ts";

/** The time in milliseconds since 1970, with fractions, on the clock that a receiver's arrivals are measured by. */
export const now = (): number => performance.timeOrigin + performance.now();

/** One numbered event of a load, and when it was accepted. */
export interface Sent {
  n: number;
  acceptedAt: number;
}

/**
 * Publishes events at a steady rate, whether the answers keep up or not: their data is `{"n": <number>}`.
 * @param rate requests a second
 * @param batch events in each request
 * @param first the number of the first event
 * @returns when all of them have been accepted
 */
export async function openLoop(
  workspace: Workspace,
  load: { event: string; rate: number; seconds: number; batch?: number; first?: number },
): Promise<Sent[]> {
  const { event, rate, seconds, batch = 1, first = 0 } = load;
  const started = now();
  const sent: Promise<Sent[]>[] = [];
  for (let i = 0; i < rate * seconds; i++) {
    await sleep(Math.max(0, started + (i * 1000) / rate - now()));
    const numbers = Array.from({ length: batch }, (_, place) => first + i * batch + place);
    const request =
      batch === 1
        ? workspace.publish({ event, data: { n: first + i } })
        : workspace.publishAll(numbers.map((n) => ({ event, data: { n } })));
    sent.push(request.then(() => numbers.map((n) => ({ n, acceptedAt: now() }))));
  }
  return (await Promise.all(sent)).flat();
}

/** When each numbered event first arrived at a path. */
export function firstArrivals(receiver: Receiver, path: string): Map<number, number> {
  const arrivals = new Map<number, number>();
  for (const request of receiver.requests) {
    if (request.path !== path) continue;
    const { n } = (JSON.parse(request.body.toString()) as { data: { n: number } }).data;
    if (!arrivals.has(n)) arrivals.set(n, request.at);
  }
  return arrivals;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
