import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { now } from "./clock.ts";
import { numberIn } from "./payload.ts";
import { offer } from "./peer.ts";

/** The customer's server, in a process of its own: it answers 200 at once, unless told, and notes when each event first arrived. */

/** What arrived of one run. */
export interface Arrivals {
  /** When each event first arrived, by its number less the run's first, in the shared clock; NaN for one that has not. */
  times: Float64Array;
  /** Arrivals of an event that had arrived before. */
  repeated: number;
  /** Requests that carried no number of this run. */
  strays: number;
  /** CPU time of this process since it was told to expect the run, in milliseconds. */
  cpuMs: number;
}

let first = 0;
let arrived = 0;
let repeated = 0;
let strays = 0;
let times = new Float64Array();
let cpu = process.cpuUsage();
let answerMs = 0;

function note(body: Buffer, at: number): void {
  const index = numberIn(body) - first;
  const before = times[index];
  if (before === undefined) strays++;
  else if (Number.isNaN(before)) {
    times[index] = at;
    arrived++;
  } else repeated++;
}

function take(request: IncomingMessage, at: number): void {
  let body: Buffer | undefined;
  request.on("data", (chunk: Buffer) => {
    body = body === undefined ? chunk : Buffer.concat([body, chunk]);
  });
  request.on("end", () => {
    if (body !== undefined) note(body, at);
  });
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.end(String(arrived));
    return;
  }
  take(request, now());
  if (answerMs > 0) setTimeout(() => response.end("ok"), answerMs);
  else response.end("ok");
});
// A connection closed while the sender was about to use it again would look like a fault.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;

const methods = {
  /** @param ms what it takes to answer; at once, unless told @returns where it listens */
  listen: (ms?: number) =>
    new Promise<string>((resolve) => {
      answerMs = ms ?? 0;
      server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    }),
  /** Forgets what arrived; from now on the numbers from `first` on count. */
  expect: (run: { first: number; count: number }) => {
    first = run.first;
    times = new Float64Array(run.count).fill(Number.NaN);
    arrived = 0;
    repeated = 0;
    strays = 0;
    cpu = process.cpuUsage();
  },
  /** How many different events of the run have arrived. */
  arrived: () => arrived,
  arrivals: (): Arrivals => {
    const used = process.cpuUsage(cpu);
    return { times, repeated, strays, cpuMs: (used.user + used.system) / 1000 };
  },
};
export type ReceiverMethods = typeof methods;

offer(methods);
