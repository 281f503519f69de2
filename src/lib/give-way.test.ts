import { expect, it } from "vitest";
import { giveWay } from "./give-way.ts";

/** A thread whose turns take as long as told, the last one again and again, and have taken so long at the least; in milliseconds. */
function thread(leastMs: number, ...delays: number[]) {
  let now = 0;
  let turns = 0;
  return {
    leastMs,
    now: () => now,
    turn: async () => {
      now += delays[Math.min(turns++, delays.length - 1)] ?? 0;
    },
    get turns() {
      return turns;
    },
  };
}

it("takes one turn of a thread that has little to do", async () => {
  const idle = thread(0, 0);
  await giveWay(idle);
  expect(idle.turns).toBe(1);
});

it("waits until turns are not late any more", async () => {
  const busy = thread(0, 30, 12, 2, 1, 30);
  await giveWay(busy);
  expect(busy.turns).toBe(4);
});

it("gets on where they always are", async () => {
  const overloaded = thread(0, 500);
  await giveWay(overloaded);
  expect(overloaded.turns).toBe(20);
});

it("takes what a turn takes at the least for no delay", async () => {
  const slow = thread(Number.POSITIVE_INFINITY, 15);
  await giveWay(slow);
  expect([slow.turns, slow.leastMs]).toEqual([1, 15]);
  const busy = thread(15, 40, 17, 16);
  await giveWay(busy);
  expect([busy.turns, busy.leastMs]).toEqual([3, 15]);
});
