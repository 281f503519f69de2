import { deliver } from "../test/support/provider-callbacks.ts";
import { newWorkspace } from "../test/support/workspace.ts";
import { PROVIDERS } from "../test/torture/providers.ts";
import { now } from "./clock.ts";
import { Counter } from "./counter.ts";
import type { Unlimited } from "./stage.ts";
import { type Percentiles, percentiles } from "./stats.ts";

/** Providers that call back: signatures verified, kept, normalised, and delivered to a webhook like any other event. */

export interface Callbacks {
  provider: string;
  count: number;
  /** Accepted a second, and the time from a callback to its answer in milliseconds. */
  rate: number;
  answers: Percentiles;
  /** Not answered with a 2xx; and events that did not arrive. */
  refused: number;
  missing: number;
}

/** Callbacks under way at once: a provider waits for no answer before it sends the next. */
const BESIDE = 16;
const WARM_UP = 100;

/** @param service one without rate limits that nobody else uses meanwhile @param count callbacks of each provider */
export async function callbacks(service: Unlimited, count: number): Promise<Callbacks[]> {
  const counter = new Counter();
  const receiver = await counter.listen();
  try {
    const results: Callbacks[] = [];
    for (const [provider, { settings, event, callback }] of Object.entries(PROVIDERS)) {
      const workspace = await newWorkspace(service);
      const { json } = await workspace.call<{ data: { callback_url: string } }>("POST", "/sources", {
        ...{ provider, name: provider },
        ...settings,
      });
      await workspace.webhook({ url: `${receiver}/${provider}`, events: [event] });
      const url = service.url + new URL(json.data.callback_url).pathname;
      const arrivedBefore = counter.arrived;
      const send = async (first: number, last: number) => {
        const times: number[] = [];
        let refused = 0;
        const numbers = Array.from({ length: last - first }, (_, each) => first + each).values();
        const line = async () => {
          for (const n of numbers) {
            const sent = now();
            const { ok, body } = await deliver(url, callback(n, url));
            await body?.cancel();
            times.push(now() - sent);
            if (!ok) refused++;
          }
        };
        await Promise.all(Array.from({ length: BESIDE }, line));
        return { times, refused };
      };
      await send(0, WARM_UP);
      const began = now();
      const { times, refused } = await send(WARM_UP, WARM_UP + count);
      const seconds = (now() - began) / 1000;
      await counter.arrivals(arrivedBefore + WARM_UP + count);
      const missing = arrivedBefore + WARM_UP + count - counter.arrived;
      results.push({ provider, count, rate: count / seconds, answers: percentiles(times), refused, missing });
    }
    return results;
  } finally {
    counter.close();
  }
}
