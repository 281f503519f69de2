import { describe, expect, it } from "vitest";
import type { Subscription } from "../config/endpoints.ts";
import type { EndpointId } from "../lib/ids.ts";
import { divided, type Member, type Sizes, sizes } from "./convoy.ts";
import { Way } from "./way.ts";

const SIZES: Sizes = { crowd: 5, least: 3, most: 10, relays: 4 };

function member(id: string, positions: readonly number[], upTo = 1): Member {
  const subscription: Subscription = {
    id: id as EndpointId,
    number: 1,
    version: 1,
    events: [],
    channels: [],
    createdAt: 0,
  };
  const arrivals = positions.map((position) => ({ position, text: "{}" }));
  return { way: new Way(subscription, 0, false), load: { arrivals, upTo, length: 2 * positions.length } };
}

const members = (count: number, positions: readonly number[], name = "wh"): Member[] =>
  Array.from({ length: count }, (_, n) => member(`${name}_${n}`, positions));

const idsOf = (ways: readonly Way[]) => ways.map(({ subscription }) => subscription.id);

describe("ways that wait with the same row", () => {
  it("go together where they are handed the same, and are as many as it takes", () => {
    const all = members(3, [7]);
    const { convoys, alone } = divided(all, 3, SIZES);
    expect(convoys).toEqual([{ arrivals: [{ position: 7, text: "{}" }], length: 2, members: all }]);
    expect(alone).toEqual([]);
  });

  it("go by themselves where they are too few for that", () => {
    const { convoys, alone } = divided(members(2, [7]), 2, SIZES);
    expect(convoys).toEqual([]);
    expect(idsOf(alone)).toEqual(["wh_0", "wh_1"]);
  });

  it("go apart where they are handed other events, however alike those are", () => {
    const [some, others, few] = [members(3, [1, 2, 4], "a"), members(4, [1, 3, 4], "b"), members(2, [1, 4], "c")];
    const mixed = [...some, ...few, ...others].toSorted((a, b) =>
      a.way.subscription.id.localeCompare(b.way.subscription.id),
    );
    const { convoys, alone } = divided([...mixed].reverse(), 9, SIZES);
    const sent = convoys.map(({ arrivals, members }) => [arrivals.map(({ position }) => position), members.length]);
    expect(sent).toEqual([
      [[1, 3, 4], 4],
      [[1, 2, 4], 3],
    ]);
    expect(idsOf(alone).toSorted()).toEqual(["c_0", "c_1"]);
  });

  it("keep the row that each is handed up to, which need not be the others'", () => {
    const all = [member("a", [1], 1), member("b", [1], 5), member("c", [1], 1)];
    expect(divided(all, 3, SIZES).convoys[0]?.members.map(({ load }) => load.upTo)).toEqual([1, 5, 1]);
  });

  it("that have nothing to be handed go by themselves: there is nobody to be called", () => {
    const { convoys, alone } = divided(members(5, []), 5, SIZES);
    expect([convoys.length, alone.length]).toEqual([0, 5]);
  });

  it("are divided among relays, of whom each has enough to do and none too much", () => {
    const sizesOf = (count: number, waiting: number) =>
      divided(members(count, [7]), waiting, SIZES).convoys.map(({ members }) => members.length);
    expect(sizesOf(5, 5)).toEqual([5]);
    expect(sizesOf(7, 7)).toEqual([3, 4]);
    // 24 for four relays.
    expect(sizesOf(10, 24)).toEqual([10]);
    expect(sizesOf(10, 20)).toEqual([5, 5]);
    expect(sizesOf(10, 1000)).toEqual([10]);
  });
});

describe("the sizes", () => {
  it("send no relay for a small workspace, and no more with one than it may carry", () => {
    expect(sizes(2500)).toEqual({ crowd: 2500, least: 200, most: 1000, relays: 100 });
    expect(sizes(2)).toMatchObject({ crowd: 2, least: 2 });
    // 28 of an id and what its name, version and position take, of 32 MiB beside what events may be.
    expect(sizes(2500).most * 100).toBeLessThan(1_000_000);
  });
});
