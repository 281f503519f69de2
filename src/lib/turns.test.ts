import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

function takeAll<Thing>(turns: Turns<string, Thing>): Thing[] {
  const taken: Thing[] = [];
  while (turns.size > 0) {
    const thing = turns.take();
    if (thing !== undefined) taken.push(thing);
  }
  return taken;
}

describe("turns", () => {
  it("are taken by the groups, one thing each", () => {
    const turns = new Turns<string, string>();
    for (const thing of ["a1", "a2", "a3", "b1", "c1", "c2"]) turns.add(thing.slice(0, 1), thing);
    expect(takeAll(turns)).toEqual(["a1", "b1", "c1", "a2", "c2", "a3"]);
  });

  it("come soon for a small group that comes behind a large one", () => {
    const turns = new Turns<string, string>();
    for (let number = 0; number < 1000; number++) turns.add("large", `large ${number}`);
    expect(turns.take()).toBe("large 0");
    turns.add("small", "small 0");
    expect([turns.take(), turns.take(), turns.take()]).toEqual(["large 1", "small 0", "large 2"]);
  });

  it("are no sooner for a group that has had its turn and comes again", () => {
    const turns = new Turns<string, string>();
    for (const thing of ["a1", "b1", "b2"]) turns.add(thing.slice(0, 1), thing);
    expect(turns.take()).toBe("a1");
    turns.add("a", "a2");
    expect(takeAll(turns)).toEqual(["b1", "a2", "b2"]);
  });

  it("are counted, and there is nothing to take where there are none", () => {
    const turns = new Turns<string, number>();
    expect([turns.size, turns.take(), turns.size]).toEqual([0, undefined, 0]);
    turns.add("a", 1);
    turns.add("a", 2);
    expect([turns.size, turns.take(), turns.size]).toEqual([2, 1, 1]);
    expect([turns.take(), turns.take(), turns.size]).toEqual([2, undefined, 0]);
    turns.add("a", 3);
    expect([turns.size, turns.take()]).toEqual([1, 3]);
  });
});

describe("several things of a group", () => {
  const filled = () => {
    const turns = new Turns<string, string>();
    for (const thing of ["a1", "b1", "b2", "b3", "c1", "a2"]) turns.add(thing.slice(0, 1), thing);
    return turns;
  };

  it("are one turn of it", () => {
    const turns = filled();
    expect(turns.take()).toBe("a1");
    expect(turns.takeSome(() => 2)).toEqual(["b1", "b2"]);
    expect(turns.size).toBe(3);
    expect(takeAll(turns)).toEqual(["c1", "a2", "b3"]);
  });

  it("are no more than wait, and the group is asked for by how many do", () => {
    const asked: [number, string][] = [];
    const turns = filled();
    turns.take();
    const some = turns.takeSome((waiting, group) => {
      asked.push([waiting, group]);
      return waiting > 2 ? 10 : 0;
    });
    expect(asked).toEqual([[3, "b"]]);
    expect(some).toEqual(["b1", "b2", "b3"]);
    expect(takeAll(turns)).toEqual(["c1", "a2"]);
  });

  it("leave a group that is passed over where it was", () => {
    const turns = filled();
    expect(turns.takeSome((_, group) => (group === "c" ? 1 : 0))).toEqual(["c1"]);
    expect(turns.takeSome(() => 0)).toEqual([]);
    expect(takeAll(turns)).toEqual(["a1", "b1", "a2", "b2", "b3"]);
  });

  it("are none where it is ended, though others wait behind", () => {
    const turns = filled();
    expect(turns.takeSome((_, group) => (group === "a" ? undefined : 1))).toEqual([]);
    expect(turns.size).toBe(6);
  });
});

/** Null takes, a letter adds to that group. */
const steps = fc.array(fc.option(fc.constantFrom("a", "b", "c", "d"), { freq: 3 }), { maxLength: 120 });
type Thing = { group: string; number: number };

describe("whatever is added and taken", () => {
  it("nothing is lost or comes twice, and each group's things come in their order", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const turns = new Turns<string, Thing>();
        const added: Thing[] = [];
        const taken: Thing[] = [];
        for (const [number, group] of all.entries()) {
          if (group !== null) {
            added.push({ group, number });
            turns.add(group, { group, number });
          } else {
            const thing = turns.take();
            expect(thing === undefined).toBe(added.length === taken.length);
            if (thing) taken.push(thing);
          }
          expect(turns.size).toBe(added.length - taken.length);
        }
        taken.push(...takeAll(turns));
        for (const group of ["a", "b", "c", "d"]) {
          const of = (things: readonly Thing[]) => things.filter((each) => each.group === group);
          expect(of(taken)).toEqual(of(added));
        }
      }),
    );
  });

  it("no group has two turns while another waits for its next one", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const turns = new Turns<string, Thing>();
        const waiting = new Map<string, number>();
        /** Turns that others have had since a group began to wait for its next one. */
        const passed = new Map<string, string[]>();
        const take = () => {
          const thing = turns.take();
          if (!thing) return;
          const left = (waiting.get(thing.group) ?? 0) - 1;
          waiting.set(thing.group, left);
          passed.delete(thing.group);
          for (const others of passed.values()) others.push(thing.group);
          if (left > 0) passed.set(thing.group, []);
          for (const others of passed.values()) expect(new Set(others).size).toBe(others.length);
        };
        for (const [number, group] of all.entries()) {
          if (group === null) take();
          else {
            turns.add(group, { group, number });
            waiting.set(group, (waiting.get(group) ?? 0) + 1);
            if (!passed.has(group)) passed.set(group, []);
          }
        }
        while (turns.size > 0) take();
      }),
    );
  });
});
