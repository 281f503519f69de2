import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SimulatedClock } from "../../bench/simulation/clock.ts";
import { Counted } from "../../bench/simulation/costs.ts";
import { type Delivery, type Receiver, SimulatedEndpoint } from "../../bench/simulation/endpoint.ts";
import { SimulatedStream } from "../../bench/simulation/stream.ts";
import { seeded } from "../support/random.ts";

/** What the simulation of docs/scale.md does, where the outcome is known without it. */

it("lets everything happen in the order of its time, and of what was told first", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (delays) => {
      const clock = new SimulatedClock();
      const happened: { at: number; number: number }[] = [];
      for (const [number, delay] of delays.entries()) {
        clock.after(delay, () => {
          expect(clock.now).toBe(delay);
          happened.push({ at: delay, number });
        });
      }
      clock.run(100);
      const expected = delays.map((at, number) => ({ at, number })).sort((a, b) => a.at - b.at || a.number - b.number);
      expect(happened).toEqual(expected);
    }),
  );
});

/** Publishes so many events, one every `everyMs`, each to the next endpoint in turn, and lets an hour pass. */
function simulate(receivers: readonly Receiver[], events: number, everyMs: number) {
  const clock = new SimulatedClock();
  const counted = new Counted();
  const random = seeded(7);
  const arrived: { to: number; delivery: Delivery; at: number }[] = [];
  const endpoints = receivers.map(
    (receiver, to) =>
      new SimulatedEndpoint(clock, counted, random, receiver, (delivery, at) => arrived.push({ to, delivery, at })),
  );
  let answered = 0;
  const stream = new SimulatedStream(clock, counted, random, endpoints, () => answered++);
  for (let event = 0; event < events; event++) {
    clock.after(event * everyMs, () => stream.publish(event % receivers.length));
  }
  clock.run(3_600_000);
  return { arrived, counted, endpoints, answered };
}

const healthy: Receiver = { kind: "healthy", answerMs: () => 50 };
const dead: Receiver = { kind: "dead", answerMs: () => 15_000 };

describe("in an hour", () => {
  it.each([1, 3, 40])("everything arrives, once each, with %i events a second and more", (each) => {
    const { arrived, endpoints, answered, counted } = simulate([healthy, healthy], 2000, 1000 / each);
    expect(answered).toBe(2000);
    expect(new Set(arrived.map(({ delivery }) => delivery)).size).toBe(2000);
    expect(arrived).toHaveLength(2000);
    expect(endpoints.map(({ waiting }) => waiting)).toEqual([0, 0]);
    expect(counted.requests).toBe(2000);
  });

  it("what is for a dead one waits, and the other one notices nothing", () => {
    const { arrived, endpoints } = simulate([healthy, dead], 2000, 10);
    expect(arrived.every(({ to }) => to === 0)).toBe(true);
    expect(endpoints.map(({ waiting }) => waiting)).toEqual([0, 1000]);
    const middle = (all: typeof arrived) => {
      const times = all.map(({ delivery, at }) => at - delivery.publishedAt).sort((a, b) => a - b);
      return times[Math.floor(times.length / 2)] ?? Number.NaN;
    };
    // Other times are drawn, as the dead one has its own of them; in simulated time, so that no clock decides.
    expect(middle(arrived)).toBeLessThan(1.2 * middle(simulate([healthy], 1000, 20).arrived));
  });

  it("a hundred that come together for a dead one wait, each of them", () => {
    const { endpoints, arrived } = simulate([dead], 300, 0);
    expect(endpoints.map(({ waiting }) => waiting)).toEqual([300]);
    expect(arrived).toEqual([]);
  });

  it("a parcel that comes together is one row, and those that come alone are one each", () => {
    const together = simulate([healthy], 1000, 0);
    const alone = simulate([healthy], 1000, 1000);
    // One in the stream, one in the log; and the stream's alarms.
    expect(alone.counted.rows).toBeGreaterThanOrEqual(2000);
    expect(together.counted.rows).toBeLessThan(500);
  });
});
