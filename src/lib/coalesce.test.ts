import { describe, expect, it } from "vitest";
import { Coalescer } from "./coalesce.ts";

function scene() {
  let time = 0;
  const timers: { at: number; callback: () => void }[] = [];
  const runs: number[] = [];
  const clock = {
    now: () => time,
    after: (ms: number, callback: () => void) => timers.push({ at: time + ms, callback }),
  };
  const work = { left: true };
  const flush = () => {
    runs.push(time);
    return work.left;
  };
  const coalescer = new Coalescer(10, flush, clock);
  const until = (end: number) => {
    for (; time < end; time++) for (const timer of timers) if (timer.at === time) timer.callback();
  };
  return { coalescer, runs, until, work };
}

describe("coalescing", () => {
  it("waits for nothing when idle", () => {
    const { coalescer, runs, until } = scene();
    coalescer.request();
    until(50);
    coalescer.request();
    expect(runs).toEqual([0, 50]);
  });

  it("makes one run of everything that comes within the interval", () => {
    const { coalescer, runs, until } = scene();
    coalescer.request();
    for (let ms = 1; ms < 10; ms++) {
      until(ms);
      coalescer.request();
    }
    until(30);
    expect(runs).toEqual([0, 10]);
  });

  it("keeps runs an interval apart under constant load, and forgets no request", () => {
    const { coalescer, runs, until } = scene();
    for (let ms = 0; ms < 100; ms++) {
      until(ms);
      coalescer.request();
    }
    until(120);
    expect(runs).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  });

  it("makes nobody wait for a run that had nothing to do", () => {
    const { coalescer, runs, until, work } = scene();
    work.left = false;
    coalescer.request();
    until(3);
    work.left = true;
    coalescer.request();
    expect(runs).toEqual([0, 3]);
  });
});
