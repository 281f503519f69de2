import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { INITIAL_WIDTH, newLimit } from "../lib/limit.ts";
import { CALLS_AT_ONCE, LENGTH_UNDER_WAY } from "./calls.ts";
import { type Place, Places } from "./places.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

const settle = async () => {
  for (let tick = 0; tick < 10; tick++) await undefined;
};

/** Many who ask for a place, and those who have one. */
async function world(count: number, length = 10) {
  const places = new Places(newLimit());
  const has: (Place & { number: number })[] = [];
  for (let number = 0; number < count; number++)
    void places.take(length).then((place) => has.push({ number, ...place }));
  await settle();
  return { has };
}

describe("places", () => {
  it("are few at first, and given in the order of asking as others leave", async () => {
    const { has } = await world(15);
    expect(has.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(has).toHaveLength(INITIAL_WIDTH);
    has[3]?.leave(false);
    await settle();
    expect(has.at(-1)?.number).toBe(10);
    expect(has).toHaveLength(11);
    // Said again it changes nothing.
    has[3]?.leave(true);
    await settle();
    expect(has).toHaveLength(11);
  });

  it("become more while what is called takes no longer than before, up to a bound", async () => {
    const { has } = await world(3000);
    for (let round = 0, from = 0; round < 12 && from < has.length; round++) {
      vi.setSystemTime(Date.now() + 60);
      const to = has.length;
      for (const place of has.slice(from, to)) {
        place.called();
        place.leave(true);
      }
      from = to;
      await settle();
      expect(has.length - from).toBeLessThanOrEqual(CALLS_AT_ONCE);
      if (round === 7) expect(has.length - from).toBe(CALLS_AT_ONCE);
    }
  });

  it("are given to no more than memory has room for what they carry, until the calls are over", async () => {
    const { has } = await world(5, LENGTH_UNDER_WAY / 2);
    expect(has).toHaveLength(2);
    has[0]?.called();
    has[0]?.called();
    await settle();
    expect(has).toHaveLength(3);
  });
});
