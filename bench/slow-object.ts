import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../test/support/eventually.ts";
import { model } from "../test/support/model.ts";
import { type Receiver, startReceiver } from "../test/support/receiver.ts";
import type { SpawnedService } from "../test/support/service.ts";
import { newWorkspace } from "../test/support/workspace.ts";
import { now } from "./clock.ts";
import { percentiles } from "./stats.ts";

/** An endpoint whose object takes long for every call, and what the other one of its workspace notices of it. */

/** At one rate. Times in milliseconds, from the publish to the arrival at the other endpoint. */
export interface SlowObject {
  /** Events a second. */
  rate: number;
  /** The 95th percentile alone in its workspace, beside one whose object is like its own, and beside the slow one. */
  alone: number;
  ordinary: number;
  slow: number;
  /** Events that one of the endpoints never had. */
  missing: number;
  /** How many times the workspace's stream came into memory while the slow one was there: 1 if no alarm was ended. */
  streams: number;
}

const EVENT = "ticket.created";
const SLOW_MS = 250;
/** An alarm may last so long instead of 15 minutes, in milliseconds: one that waited for a call of the slow object would be ended. */
const ALARM_MS = 200;
/** An endpoint that is new learns in these how much it can take; they do not count. */
const WARM_UP_SECONDS = 3;
/** By turns, so that a noisy spell of the machine meets both. */
const TURNS = 2;
const OTHERS = ["alone", "ordinary", "slow"] as const;
type Other = (typeof OTHERS)[number];

async function turn(
  service: SpawnedService,
  receiver: Receiver,
  path: string,
  { rate, seconds, other }: { rate: number; seconds: number; other: Other },
): Promise<{ times: number[]; missing: number; streams: number }> {
  const workspace = await newWorkspace(service);
  await workspace.webhook({ url: `${receiver.url}${path}/quick`, events: [EVENT] });
  if (other !== "alone") {
    const { id } = await workspace.webhook({ url: `${receiver.url}${path}/other`, events: [EVENT] });
    const ms = other === "slow" ? SLOW_MS : 0;
    await model(service.url, { slow: { class: "Endpoint", name: id, ms } });
  }
  await workspace.publish({ event: EVENT, data: { n: 0 } });
  const at = (end: string) => receiver.requests.filter((request) => request.path === path + end);
  await receiver.waitFor(() => at("/quick").length > 0);
  await model(service.url, { alarmMs: ALARM_MS, count: "reset" });
  const began = now() + 20;
  const sent: Promise<unknown>[] = [];
  for (let n = 1; n <= rate * seconds; n++) {
    await sleep(Math.max(0, began + (n * 1000) / rate - now()));
    sent.push(workspace.publish({ event: EVENT, data: { n } }));
  }
  await Promise.all(sent);
  const ends = other === "alone" ? ["/quick"] : ["/quick", "/other"];
  const left = () => ends.reduce((sum, end) => sum + rate * seconds + 1 - new Set(numbers(end)).size, 0);
  const numbers = (end: string) =>
    at(end).map(({ body }) => (JSON.parse(body.toString()) as { data: { n: number } }).data.n);
  await eventually(left, (count) => count <= 0, { everyMs: 500 }).catch((error: unknown) => console.error(error));
  const first = new Map<number, number>();
  for (const [index, n] of numbers("/quick").entries()) {
    if (n > rate * WARM_UP_SECONDS && !first.has(n)) first.set(n, at("/quick")[index]?.at ?? Number.NaN);
  }
  const { counters } = await model(service.url);
  return {
    times: [...first].map(([n, arrived]) => arrived - (began + (n * 1000) / rate)),
    missing: left(),
    streams: 1 + (counters.objects.EventStream?.instances ?? 0),
  };
}

/** @param service one on the model of the platform that nobody else uses meanwhile */
export async function slowObject(service: SpawnedService, seconds: number): Promise<SlowObject[]> {
  const receiver = await startReceiver();
  try {
    const results: SlowObject[] = [];
    for (const rate of [42, 300]) {
      const times: Record<Other, number[]> = { alone: [], ordinary: [], slow: [] };
      const result: SlowObject = { rate, alone: 0, ordinary: 0, slow: 0, missing: 0, streams: 1 };
      for (let number = 0; number < TURNS; number++) {
        for (const other of OTHERS) {
          const one = await turn(service, receiver, `/${rate}-${number}-${other}`, { rate, seconds, other });
          times[other].push(...one.times);
          result.missing += one.missing;
          if (other === "slow") result.streams = Math.max(result.streams, one.streams);
        }
      }
      for (const other of OTHERS) result[other] = percentiles(times[other]).p95;
      results.push(result);
    }
    return results;
  } finally {
    await receiver.close();
  }
}
