import { describe, expect, it } from "vitest";
import { Pauses } from "./pauses.ts";

/** A clock that is moved by hand, and rings what was set. */
function handClock() {
  const set = new Map<number, { at: number; ring: () => void }>();
  const clock = {
    now: 0,
    timers: 0,
    set: (ring: () => void, ms: number) => {
      set.set(++clock.timers, { at: clock.now + ms, ring });
      return clock.timers as unknown as ReturnType<typeof setTimeout>;
    },
    clear: (id: ReturnType<typeof setTimeout>) => {
      set.delete(id as unknown as number);
    },
    pending: () => set.size,
    moveTo: async (now: number) => {
      clock.now = now;
      for (const [id, { at, ring }] of set) {
        if (at > now) continue;
        set.delete(id);
        ring();
      }
      await Promise.resolve();
    },
  };
  return clock;
}

describe("Pauses", () => {
  it("ends each in its time, whichever was begun first, with one timer at a time", async () => {
    const clock = handClock();
    const pauses = new Pauses(clock.set, clock.clear, () => clock.now);
    const over: number[] = [];
    for (const ms of [30, 10, 20, 10]) void pauses.pause(ms).then(() => over.push(ms));
    expect(clock.pending()).toBe(1);
    await clock.moveTo(9);
    expect(over).toEqual([]);
    await clock.moveTo(10);
    expect(over).toEqual([10, 10]);
    await clock.moveTo(40);
    expect(over).toEqual([10, 10, 20, 30]);
    expect(clock.pending()).toBe(0);
  });
});
