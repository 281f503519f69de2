import { commandLine, misused } from "../src/local/command-line.ts";
import { seeded } from "../test/support/random.ts";
import { SimulatedClock } from "./simulation/clock.ts";
import { Counted, lognormal } from "./simulation/costs.ts";
import { type Receiver, SimulatedEndpoint } from "./simulation/endpoint.ts";
import { SimulatedStream } from "./simulation/stream.ts";
import { percentiles } from "./stats.ts";
import { aligned, number } from "./table.ts";

/**
 * A whole deployment in simulated time, with the product's own window, probes, schedule and parcels (docs/scale.md). Workspaces
 * share nothing, so they live one after another.
 */

const USAGE = `Usage: npm run simulate -- [--workspaces N] [--endpoints N] [--rate N] [--seconds N] [--seed N]
  --workspaces N  10000 unless told
  --endpoints N   of all workspaces together; 1000000 unless told. 1 in 100 is dead, 5 in 100 take 2 s
  --rate N        events a second, of all workspaces together, each to one endpoint; 100000 unless told
  --seconds N     of simulated time; 60 unless told
  --seed N        what is drawn from: the same seed draws the same; 1 unless told`;

const values = commandLine(USAGE, {
  workspaces: { type: "string", default: "10000" },
  endpoints: { type: "string", default: "1000000" },
  rate: { type: "string", default: "100000" },
  seconds: { type: "string", default: "60" },
  seed: { type: "string", default: "1" },
});

function given(name: "workspaces" | "endpoints" | "rate" | "seconds" | "seed"): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  misused(USAGE, `--${name} must be a whole number above 0, not "${values[name]}"`);
}

const [workspaces, endpoints, rate, seconds] = [
  given("workspaces"),
  given("endpoints"),
  given("rate"),
  given("seconds"),
];
const random = seeded(given("seed"));

const DEAD = 0.01;
const SLOW = 0.05;
/** A workspace is the busier the lower its number: by this power of it. */
const SKEW = 0.5;
/** What a healthy receiver takes: each has a median of its own, between these, in milliseconds. */
const HEALTHY_MS = [30, 300] as const;
const SLOW_MS = 2000;
/** What a dead one takes: the timeout. */
const TIMEOUT_MS = 15_000;

function receiver(): Receiver {
  const drawn = random();
  if (drawn < DEAD) return { kind: "dead", answerMs: () => TIMEOUT_MS };
  if (drawn < DEAD + SLOW) return { kind: "slow", answerMs: () => lognormal(SLOW_MS, 2 * SLOW_MS, random) };
  const p50 = HEALTHY_MS[0] * (HEALTHY_MS[1] / HEALTHY_MS[0]) ** random();
  return { kind: "healthy", answerMs: () => lognormal(p50, 3 * p50, random) };
}

/** Of so many arrivals the times are kept, drawn evenly from all. */
const KEPT = 500_000;

class Sample {
  readonly values: number[] = [];
  count = 0;

  add(value: number): void {
    this.count++;
    if (this.values.length < KEPT) this.values.push(value);
    else {
      const place = Math.floor(random() * this.count);
      if (place < KEPT) this.values[place] = value;
    }
  }
}

const counted = new Counted();
const answers = new Sample();
const arrivals = { healthy: new Sample(), slow: new Sample(), dead: new Sample() };
const waiting = { healthy: 0, slow: 0, dead: 0 };
const receivers = { healthy: 0, slow: 0, dead: 0 };
let published = 0;
let mostCouriers = 0;
let busiest = 0;

/** @param rate its events a second */
function live(count: number, rate: number): void {
  const clock = new SimulatedClock();
  const all = Array.from({ length: count }, () => {
    const to = receiver();
    receivers[to.kind]++;
    return new SimulatedEndpoint(clock, counted, random, to, (delivery, at) => {
      arrivals[to.kind].add(at - delivery.publishedAt);
    });
  });
  const stream = new SimulatedStream(clock, counted, random, all, (ms) => answers.add(ms));
  busiest = Math.max(busiest, rate);
  const next = () => {
    // Publishes come at random, as of many who know nothing of each other.
    clock.after((-Math.log(1 - random()) * 1000) / rate, () => {
      if (clock.now > seconds * 1000) return;
      published++;
      stream.publish(Math.floor(random() * count));
      next();
    });
  };
  next();
  clock.run(seconds * 1000);
  for (const endpoint of all) {
    waiting[endpoint.receiver.kind] += endpoint.waiting;
    mostCouriers += endpoint.couriers;
  }
}

const weights = Array.from({ length: workspaces }, (_, index) => (index + 1) ** -SKEW);
const weight = weights.reduce((sum, each) => sum + each, 0);
const began = performance.now();
let toldAt = began;
for (const [index, own] of weights.entries()) {
  live(Math.ceil(endpoints / workspaces), (rate * own) / weight);
  if (performance.now() - toldAt > 5000) {
    toldAt = performance.now();
    console.error(`${index + 1} of ${workspaces} workspaces, ${published} events`);
  }
}

const kinds = ["healthy", "slow", "dead"] as const;
console.log(
  `${workspaces} workspaces, ${receivers.healthy + receivers.slow + receivers.dead} endpoints, ${published} events in ${seconds} s, the busiest workspace ${number(busiest)} a second`,
);
console.log(
  aligned([
    ["receivers", "endpoints", "arrived", "p50", "p95", "p99", "waiting at the end"],
    ...kinds.map((kind) => {
      const { p50, p95, p99 } = percentiles(arrivals[kind].values);
      return [
        kind,
        String(receivers[kind]),
        String(arrivals[kind].count),
        ...[p50, p95, p99].map((each) => number(each)),
        String(waiting[kind]),
      ];
    }),
  ]),
);
const answered = percentiles(answers.values);
const delivered = arrivals.healthy.count + arrivals.slow.count;
console.log(`from the publish to the 202: p50 ${number(answered.p50)} ms, p99 ${number(answered.p99)} ms`);
console.log(
  aligned([
    ["a second, of all", "requests", "calls", "alarms", "rows", "objects awake", "couriers at the most"],
    [
      "",
      ...[counted.requests, counted.calls, counted.alarms, counted.rows, counted.activeMs / 1000].map((each) =>
        number(each / seconds),
      ),
      String(mostCouriers),
    ],
  ]),
);
console.log(`$${number((counted.dollars / delivered) * 1_000_000, 2)} for a million deliveries`);
