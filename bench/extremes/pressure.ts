import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../client.ts";
import { now } from "../clock.ts";
import { publishBody } from "../payload.ts";
import { offer } from "../peer.ts";

/** A product that publishes more than the service can take, in a process of its own. */

/** A request that has no answer after this long is given up, in milliseconds: longer than any bound that it is held to. */
const GIVE_UP_MS = 60_000;

/** As fast as answers come. */
export interface Saturation {
  target: Target;
  /** The first event's number. */
  first: number;
  /** Requests under way at once. */
  connections: number;
  seconds: number;
}

/** Single events by the clock, whatever becomes of the earlier ones, but for what finds no connection free. */
export interface Pressure extends Saturation {
  /** Events a second. */
  rate: number;
}

/** One entry a request. Times in the shared clock; NaN for what was not. */
export interface Pressed {
  /** When it was put on a connection: what found none before the load's end was never sent. */
  started: Float64Array;
  answered: Float64Array;
  /** HTTP status; 0 when no answer came. */
  status: Uint16Array;
  /** Seconds of its Retry-After; 0 without one. */
  retryAfter: Uint16Array;
  /** When the load began and ended. */
  beganAt: number;
  endedAt: number;
}

class Publisher {
  readonly #target: Target;
  readonly #first: number;
  readonly #agent: Agent;
  readonly #requests: Promise<void>[] = [];
  readonly pressed: Pressed;
  open = 0;

  constructor({ target, first, connections }: Saturation, most: number) {
    this.#target = target;
    this.#first = first;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    const times = () => new Float64Array(most).fill(Number.NaN);
    const numbers = () => new Uint16Array(most);
    const none = { started: times(), answered: times(), status: numbers(), retryAfter: numbers() };
    this.pressed = { ...none, beganAt: now(), endedAt: 0 };
  }

  publish(index: number): Promise<void> {
    const done = this.#publish(index);
    this.#requests.push(done);
    return done;
  }

  async #publish(index: number): Promise<void> {
    this.open++;
    this.pressed.started[index] = now();
    const answer = await this.#post(publishBody(this.#first + index, 1));
    this.open--;
    if (!answer) return;
    this.pressed.answered[index] = now();
    this.pressed.status[index] = answer.statusCode ?? 0;
    this.pressed.retryAfter[index] = Number(answer.headers["retry-after"] ?? 0);
  }

  #post(body: Buffer): Promise<IncomingMessage | undefined> {
    return new Promise((resolve) => {
      const headers = {
        ...this.#target.headers,
        "content-type": "application/json",
        "content-length": body.length,
      };
      const options = { method: "POST", agent: this.#agent, headers, timeout: GIVE_UP_MS };
      const sent = request(this.#target.url, options, (response) => {
        response.resume();
        response.on("end", () => resolve(response));
        response.on("error", () => resolve(undefined));
      });
      sent.on("timeout", () => sent.destroy());
      sent.on("error", () => resolve(undefined));
      sent.end(body);
    });
  }

  /** Waits for every answer. */
  async done(): Promise<Pressed> {
    this.pressed.endedAt = now();
    await Promise.all(this.#requests);
    this.#agent.destroy();
    return this.pressed;
  }
}

/** More than any service on one machine answers, a second. */
const MOST_A_SECOND = 20_000;

async function saturate(load: Saturation): Promise<Pressed> {
  const most = MOST_A_SECOND * load.seconds;
  const publisher = new Publisher(load, most);
  const until = now() + load.seconds * 1000;
  let index = 0;
  const line = async () => {
    while (now() < until && index < most) await publisher.publish(index++);
  };
  await Promise.all(Array.from({ length: load.connections }, line));
  return publisher.done();
}

async function press(load: Pressure): Promise<Pressed> {
  const { rate, seconds, connections } = load;
  const most = Math.ceil(rate * seconds);
  const publisher = new Publisher(load, most);
  const began = now();
  let index = 0;
  for (let at = now(); at < began + seconds * 1000; at = now()) {
    const due = Math.min(most, ((at - began) * rate) / 1000);
    while (index < due && publisher.open < connections) void publisher.publish(index++);
    await sleep(1);
  }
  return publisher.done();
}

const methods = { saturate, press };
export type PressureMethods = typeof methods;

offer(methods);
