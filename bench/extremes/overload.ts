import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../client.ts";
import { now } from "../clock.ts";
import { NUMBERS_PER_RUN } from "../payload.ts";
import { Peer } from "../peer.ts";
import { prepare } from "../prepare.ts";
import type { Arrivals, ReceiverMethods } from "../receiver.ts";
import { type Percentiles, percentiles } from "../stats.ts";
import { MemoryWatch } from "./memory.ts";
import type { Pressed, PressureMethods } from "./pressure.ts";

/** Twice what the service can carry, for a minute, and what becomes of what it took. */

/** What the receiver takes, in milliseconds. */
const RECEIVER_MS = 1;
/** Connections of each step of the ramp. */
const RAMP = [8, 32, 128];
const RAMP_SECONDS = 5;
/** The load, as a multiple of what it delivers at most. */
const TIMES = 2;
/**
 * Connections of the load. With more of them the local runtime leaves some unread for as long as others bring something, on
 * every route alike.
 */
const CONNECTIONS = 128;
/** What has not arrived this long after the load's end is lost, in milliseconds. */
const GIVE_UP_MS = 180_000;

export interface Overload {
  name: string;
  /** 202s and deliveries a second while publishers bring as much as is answered, at each step of the ramp. */
  ramp: Step[];
  /** Events a second that were due, and that found a connection. */
  due: number;
  offered: number;
  seconds: number;
  accepted: number;
  /** 429 or 503 with Retry-After. */
  refused: number;
  /** Any other answer, or none. */
  faults: number;
  answer: Percentiles & { longest: number };
  /** Of what was accepted: arrived when the load ended, never arrived, arrived more than once. */
  arrivedMeanwhile: number;
  lost: number;
  repeated: number;
  /** From the load's end to the last arrival. */
  drainMs: number;
  /** Resident memory of the runtime: before, half way, at the end of the load, and at the most. */
  megabytes: { before: number; half: number; end: number; most: number };
}

interface Step {
  connections: number;
  accepted: number;
  delivered: number;
}

const accepted = ({ status }: Pressed): number => status.filter((each) => each === 202).length;

function faultsOf({ started, status, retryAfter }: Pressed): number {
  return status.filter((each, index) => {
    if (Number.isNaN(started[index])) return false;
    const refused = (each === 429 || each === 503) && (retryAfter[index] ?? 0) > 0;
    return each !== 202 && !refused;
  }).length;
}

/** Accepted events that never arrived. */
const lostOf = ({ status }: Pressed, { times }: Arrivals): number =>
  status.filter((each, index) => each === 202 && Number.isNaN(times[index])).length;

class Run {
  readonly #load = new Peer<PressureMethods>("extremes/pressure.ts");
  readonly #receiver = new Peer<ReceiverMethods>("receiver.ts");
  #first = 0;

  listen(): Promise<string> {
    return this.#receiver.call("listen", RECEIVER_MS);
  }

  /** As many as are answered 202 a second, and arrive meanwhile, with so many connections; waits until all have arrived. */
  async saturate(target: Target, connections: number): Promise<Step> {
    const first = await this.#expect(RAMP_SECONDS * 20_000);
    const load = { target, first, connections, seconds: RAMP_SECONDS };
    const pressed = await this.#load.call("saturate", load);
    const arrived = await this.#receiver.call("arrived", undefined);
    const seconds = (now() - pressed.beganAt) / 1000;
    const count = accepted(pressed);
    await this.#arrived(count);
    return { connections, accepted: count / RAMP_SECONDS, delivered: arrived / seconds };
  }

  /** @returns what was answered, and how many had arrived at the load's end */
  async press(target: Target, rate: number, seconds: number): Promise<{ pressed: Pressed; arrived: number }> {
    const first = await this.#expect(Math.ceil(rate * seconds));
    const pressed = await this.#load.call("press", { target, first, rate, seconds, connections: CONNECTIONS });
    return { pressed, arrived: await this.#receiver.call("arrived", undefined) };
  }

  /** @returns when the last one arrived, as far as they do */
  async drained(count: number, since: number): Promise<Arrivals> {
    await this.#arrived(count, since);
    // Whatever comes once more comes soon.
    await sleep(1000);
    return this.#receiver.call("arrivals", undefined);
  }

  async #expect(count: number): Promise<number> {
    this.#first += NUMBERS_PER_RUN;
    await this.#receiver.call("expect", { first: this.#first, count });
    return this.#first;
  }

  async #arrived(count: number, since = now()): Promise<void> {
    while ((await this.#receiver.call("arrived", undefined)) < count && now() - since < GIVE_UP_MS) await sleep(50);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#load.stop(), this.#receiver.stop()]);
  }
}

/** @param service one that nobody else uses meanwhile */
export async function overload(
  service: { url: string; adminToken: string; pid: number },
  name: string,
  seconds: number,
): Promise<Overload> {
  const run = new Run();
  try {
    const [target] = await prepare(service.url, service.adminToken, await run.listen(), 1);
    if (!target) throw new Error("There is nowhere to publish to");
    const ramp: Overload["ramp"] = [];
    for (const connections of RAMP) ramp.push(await run.saturate(target, connections));
    const due = TIMES * Math.max(...ramp.map(({ delivered }) => delivered));
    const memory = new MemoryWatch(service.pid);
    const { pressed, arrived } = await run.press(target, due, seconds);
    const atEnd = memory.seen.length;
    const count = accepted(pressed);
    const arrivals = await run.drained(count, pressed.endedAt);
    await memory.stop();
    const took = pressed.answered.map((at, index) => at - (pressed.started[index] ?? Number.NaN));
    const sent = pressed.started.filter((at) => !Number.isNaN(at)).length;
    const faults = faultsOf(pressed);
    const longest = took.reduce((most, each) => Math.max(most, Number.isNaN(each) ? 0 : each), 0);
    const lastArrival = arrivals.times.reduce((last, at) => Math.max(last, Number.isNaN(at) ? 0 : at), 0);
    return {
      name,
      ramp,
      due,
      offered: sent / seconds,
      seconds,
      accepted: count,
      refused: sent - count - faults,
      faults,
      answer: { ...percentiles(took), longest },
      arrivedMeanwhile: arrived,
      lost: lostOf(pressed, arrivals),
      repeated: arrivals.repeated,
      drainMs: Math.max(0, lastArrival - pressed.endedAt),
      megabytes: {
        before: memory.seen[0] ?? 0,
        half: memory.seen[Math.floor(atEnd / 2)] ?? 0,
        end: memory.seen[atEnd - 1] ?? 0,
        most: memory.most,
      },
    };
  } finally {
    await run.stop();
  }
}
