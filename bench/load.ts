import { setTimeout as sleep } from "node:timers/promises";
import { post, type Target } from "./client.ts";
import { now } from "./clock.ts";
import { publishBody } from "./payload.ts";
import { offer } from "./peer.ts";
import { fill } from "./peers/adapter.ts";

/** The product that publishes, in a process of its own. */

/** What was published, one entry a request. Times in the shared clock. */
export interface Published {
  /** When each request was to start. In a closed loop that is when it did. */
  due: Float64Array;
  /** When each request did start. */
  started: Float64Array;
  /** When its answer was complete. */
  answered: Float64Array;
  /** HTTP status; 0 when no answer came. */
  status: Uint16Array;
  /** CPU time of this process meanwhile, in milliseconds. */
  cpuMs: number;
}

/** Single events, started by the clock whatever becomes of the earlier ones. */
export interface OpenLoop {
  targets: Target[];
  /** The first event's number. */
  first: number;
  /** Events a second. */
  rate: number;
  /** How many events. */
  count: number;
}

/** Batches, as fast as they are taken. */
export interface ClosedLoop {
  targets: Target[];
  /** The first event's number. */
  first: number;
  /** How many events, and how many of them travel in one request. */
  count: number;
  batch: number;
  /** Requests under way at once. */
  inFlight: number;
  /** Events published and not arrived, at the most. */
  outstanding: number;
  /** Where to ask how many have arrived. */
  receiver: string;
}

/** How often to ask again while too many events are outstanding, in milliseconds. */
const ASK_AGAIN_MS = 5;
/** Publishing goes on regardless when nothing has arrived for this long, in milliseconds: the run then shows what is missing. */
const STALLED_MS = 10_000;

/** @param count one, where it is another sender's: none of them takes batches */
const bodyFor = (target: Target | undefined, first: number, count: number): Buffer =>
  target?.template === undefined ? publishBody(first, count) : fill(target.template, first);

class Recorder {
  readonly published: Published;
  readonly #cpu = process.cpuUsage();

  constructor(requests: number) {
    const times = () => new Float64Array(requests).fill(Number.NaN);
    const status = new Uint16Array(requests);
    this.published = { due: times(), started: times(), answered: times(), status, cpuMs: 0 };
  }

  async publish(index: number, due: number, target: Target | undefined, body: Buffer): Promise<void> {
    if (!target) return;
    this.published.due[index] = due;
    this.published.started[index] = now();
    const { status, at } = await post(target, body);
    this.published.answered[index] = at;
    this.published.status[index] = status;
  }

  done(): Published {
    const used = process.cpuUsage(this.#cpu);
    this.published.cpuMs = (used.user + used.system) / 1000;
    return this.published;
  }
}

async function open({ targets, first, rate, count }: OpenLoop): Promise<Published> {
  const recorder = new Recorder(count);
  const requests: Promise<void>[] = [];
  const began = now() + 50;
  while (requests.length < count) {
    const due = began + (requests.length * 1000) / rate;
    const wait = due - now();
    if (wait > 0) {
      await sleep(wait);
      continue;
    }
    const index = requests.length;
    const target = targets[index % targets.length];
    requests.push(recorder.publish(index, due, target, bodyFor(target, first + index, 1)));
  }
  await Promise.all(requests);
  return recorder.done();
}

/** Lets requests pass while not too many events are outstanding. */
class Gate {
  readonly #limit: number;
  readonly #receiver: string;
  #sent = 0;
  #arrived = 0;
  #asking: Promise<void> | undefined;

  constructor(limit: number, receiver: string) {
    this.#limit = limit;
    this.#receiver = receiver;
  }

  async pass(events: number): Promise<void> {
    this.#sent += events;
    const patience = now() + STALLED_MS;
    while (this.#sent - this.#arrived > this.#limit && now() < patience) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = undefined;
      });
      await this.#asking;
    }
  }

  async #ask(): Promise<void> {
    this.#arrived = Number(await (await fetch(this.#receiver)).text());
    if (this.#sent - this.#arrived > this.#limit) await sleep(ASK_AGAIN_MS);
  }
}

async function closed(loop: ClosedLoop): Promise<Published> {
  const { targets, first, count, batch, inFlight, outstanding, receiver } = loop;
  const total = Math.ceil(count / batch);
  const bodies = Array.from({ length: total }, (_, index) =>
    bodyFor(targets[index % targets.length], first + index * batch, Math.min(batch, count - index * batch)),
  );
  const recorder = new Recorder(total);
  const gate = new Gate(outstanding, receiver);
  const queue = bodies.entries();
  const line = async () => {
    for (const [index, body] of queue) {
      await gate.pass(batch);
      await recorder.publish(index, now(), targets[index % targets.length], body);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, line));
  return recorder.done();
}

const methods = { open, closed };
export type LoadMethods = typeof methods;

offer(methods);
