import { setTimeout as sleep } from "node:timers/promises";
import { newWorkspace } from "../test/support/workspace.ts";
import { now } from "./clock.ts";
import { Counter } from "./counter.ts";
import { makeWebhooks } from "./fan-out.ts";
import type { Unlimited } from "./stage.ts";
import { median } from "./stats.ts";

/** One event to one endpoint, and to ten, a hundred and a thousand of the same workspace: what each more of them costs. */

/** Times in milliseconds, from the publish, over several events that go out one after another. */
export interface FanOutSize {
  endpoints: number;
  events: number;
  /** Until the last endpoint had it. */
  all: { median: number; least: number; most: number };
  /** Until the 202, the median. */
  answerMs: number;
  /** Deliveries a second, the median. */
  rate: number;
  /** Deliveries that never came, or came more than once. */
  missing: number;
  repeated: number;
}

/** A type for each size, so that one workspace has them all. */
const SIZES = [
  { endpoints: 1, event: "ticket.created" },
  { endpoints: 10, event: "ticket.updated" },
  { endpoints: 100, event: "contact.created" },
  { endpoints: 1000, event: "contact.updated" },
];
/** These find objects that have done nothing yet, and their times do not count. */
const WARM_UPS = 2;
/** What comes once more comes soon; in milliseconds. */
const REPEATS_MS = 100;

/** @param service one without rate limits that nobody else uses meanwhile @param events how many go to each size */
export async function fanOutSizes(service: Unlimited, events: number): Promise<FanOutSize[]> {
  const counter = new Counter();
  const url = await counter.listen();
  try {
    const workspace = await newWorkspace(service);
    for (const { endpoints, event } of SIZES) await makeWebhooks(workspace, `${url}/${endpoints}`, endpoints, event);
    const found: FanOutSize[] = [];
    for (const { endpoints, event } of SIZES) {
      const took: number[] = [];
      const answers: number[] = [];
      let missing = 0;
      let repeated = 0;
      for (let n = -WARM_UPS; n < events; n++) {
        counter.forget();
        const began = now();
        await workspace.publish({ event, data: { n } });
        const answeredAt = now();
        await counter.all(endpoints, () => {});
        const lastAt = counter.lastAt;
        await sleep(REPEATS_MS);
        missing += endpoints - counter.reached;
        repeated += counter.repeated;
        if (n < 0) continue;
        took.push(lastAt - began);
        answers.push(answeredAt - began);
      }
      found.push({
        ...{ endpoints, events, missing, repeated },
        all: { median: median(took), least: Math.min(...took), most: Math.max(...took) },
        answerMs: median(answers),
        rate: median(took.map((ms) => (endpoints * 1000) / ms)),
      });
    }
    return found;
  } finally {
    counter.close();
  }
}
