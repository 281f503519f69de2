import { model } from "../test/support/model.ts";
import type { SpawnedService } from "../test/support/service.ts";
import { newWorkspace } from "../test/support/workspace.ts";
import { now } from "./clock.ts";
import { Counter } from "./counter.ts";
import { type Percentiles, percentiles } from "./stats.ts";

/** What a workspace carries whose events are spread over several streams, where an object's own speed is what gives way. */

/** With one number of streams. Times in milliseconds. */
export interface Streams {
  streams: number;
  /** 202s a second, and events that arrived a second, the last ones included. */
  accepted: number;
  delivered: number;
  answers: Percentiles;
  missing: number;
}

const EVENT = "ticket.created";
/**
 * How long a call keeps a stream from another one, in milliseconds. An object takes about 1,000 calls a second
 * (https://developers.cloudflare.com/durable-objects/platform/limits/): an eighth of it, so that it is the object that gives way and
 * not the one thread that all of them share here.
 */
const BUSY_MS = 8;
/** Publishers, each of which sends its next event when the one before is answered. */
const PUBLISHERS = 96;

async function one(service: SpawnedService, streams: number, seconds: number): Promise<Streams> {
  const counter = new Counter();
  const url = await counter.listen();
  try {
    const workspace = await newWorkspace(service);
    await workspace.call("PATCH", "", { streams });
    await workspace.webhook({ url: `${url}/all`, events: [EVENT] });
    // Its objects are awake, and what they learn is learnt.
    await Promise.all(Array.from({ length: 8 * streams }, () => workspace.publish({ event: EVENT, data: {} })));
    await counter.until(8 * streams);
    const answers: number[] = [];
    const began = now();
    const line = async () => {
      while (now() - began < seconds * 1000) {
        const sentAt = now();
        await workspace.publish({ event: EVENT, data: {} });
        answers.push(now() - sentAt);
      }
    };
    await Promise.all(Array.from({ length: PUBLISHERS }, line));
    const took = now() - began;
    const count = 8 * streams + answers.length;
    await counter.until(count);
    return {
      streams,
      accepted: (answers.length * 1000) / took,
      delivered: (answers.length * 1000) / (counter.lastAt - began),
      answers: percentiles(answers),
      missing: Math.max(0, count - counter.arrived),
    };
  } finally {
    counter.close();
  }
}

/** @param service one on the model of the platform that nobody else uses meanwhile */
export async function streams(service: SpawnedService, seconds: number): Promise<Streams[]> {
  await model(service.url, { busy: { class: "EventStream", ms: BUSY_MS } });
  try {
    return [await one(service, 1, seconds), await one(service, 4, seconds)];
  } finally {
    await model(service.url, { busy: { class: "EventStream", ms: 0 } });
  }
}
