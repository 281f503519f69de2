import type { LoadMethods } from "./load.ts";
import { requestsPerSecond } from "./measure.ts";
import { Peer } from "./peer.ts";
import type { SinkMethods } from "./sink.ts";

/**
 * How fast the load generator itself is: what it publishes, to a server that answers 202 and does nothing. Whoever is slower
 * than that is measured; the generator is not.
 */

/** Requests a second of each round, by how many events a request has. */
export type Ceilings = { batch: number; rates: number[] }[];

/** As many requests at once as the scenarios have that give as fast as they can (scenarios.ts). */
const LOADS = [
  { batch: 1, inFlight: 32, requests: 20_000 },
  { batch: 100, inFlight: 4, requests: 2000 },
];

/** @param quick fewer requests, and one round */
export async function ceilings(quick: boolean): Promise<Ceilings> {
  const [load, sink] = [new Peer<LoadMethods>("load.ts"), new Peer<SinkMethods>("sink.ts")];
  try {
    const url = await sink.call("listen", undefined);
    const targets = [{ url: `${url}/events`, headers: { authorization: "Bearer nobody's" } }];
    const publish = async (batch: number, inFlight: number, requests: number) => {
      const [count, outstanding] = [requests * batch, Number.POSITIVE_INFINITY];
      return requestsPerSecond(
        await load.call("closed", { targets, first: 0, count, batch, inFlight, outstanding, receiver: url }),
      );
    };
    const found: Ceilings = [];
    for (const { batch, inFlight, requests } of LOADS) {
      await publish(batch, inFlight, requests / 10);
      const rates: number[] = [];
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        rates.push(await publish(batch, inFlight, quick ? requests / 4 : requests));
      }
      found.push({ batch, rates });
    }
    return found;
  } finally {
    await Promise.all([load.stop(), sink.stop()]);
  }
}
