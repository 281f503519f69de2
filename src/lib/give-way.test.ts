import { expect, it } from "vitest";
import { giveWay } from "./give-way.ts";

/** A thread whose turns take as long as told, the last one again and again, in milliseconds. */
function thread(...delays: number[]) {
  let now = 0;
  let turns = 0;
  return {
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
  const idle = thread(0);
  await giveWay(idle);
  expect(idle.turns).toBe(1);
});

it("waits until turns are not late any more", async () => {
  const busy = thread(30, 12, 2, 1, 30);
  await giveWay(busy);
  expect(busy.turns).toBe(4);
});

it("gets on where they always are", async () => {
  const overloaded = thread(500);
  await giveWay(overloaded);
  expect(overloaded.turns).toBe(20);
});
