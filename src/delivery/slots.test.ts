import { describe, expect, it } from "vitest";
import { MAX_SLOTS, Slots } from "./slots.ts";

/** Asks for slots and notes who got one. */
function bench(...present: string[]) {
  const slots = new Slots();
  const running: string[] = [];
  for (const owner of present) slots.enter(owner);
  return {
    running,
    ask: (owner: string, times: number) => {
      for (let request = 0; request < times; request++) slots.acquire(owner).then(() => running.push(owner));
    },
    end: (owner: string) => {
      running.splice(running.indexOf(owner), 1);
      slots.release(owner);
    },
    leave: (owner: string) => slots.leave(owner),
    settled: () => scheduler.wait(0),
    count: (owner: string) => running.filter((each) => each === owner).length,
  };
}

describe("slots", () => {
  it("lets an endpoint that is alone have all of them, and no more", async () => {
    const { ask, running, settled } = bench("a");
    ask("a", 8);
    await settled();
    expect(running).toHaveLength(MAX_SLOTS);
  });

  it("gives no endpoint more than two while another one has work, even if it asks first", async () => {
    const { ask, count, settled } = bench("hanging", "healthy");
    ask("hanging", 8);
    await settled();
    expect(count("hanging")).toBe(2);
    ask("healthy", 8);
    await settled();
    expect(count("hanging")).toBe(2);
    expect(count("healthy")).toBe(2);
  });

  it("gives the rest to who stays when the others have left", async () => {
    const { ask, count, leave, settled } = bench("a", "b");
    ask("a", 8);
    await settled();
    leave("b");
    await settled();
    expect(count("a")).toBe(MAX_SLOTS);
  });

  it("leaves room: two that share do not take the slot that a third may need", async () => {
    const { ask, count, settled } = bench("a", "b", "c");
    ask("a", 8);
    ask("b", 8);
    ask("c", 8);
    await settled();
    expect([count("a"), count("b"), count("c")]).toEqual([2, 2, 1]);
  });

  it("gives everybody a turn", async () => {
    const owners = ["a", "b", "c", "d", "e", "f", "g"];
    const { ask, end, running, settled } = bench(...owners);
    for (const owner of owners) ask(owner, 3);
    const seen = new Set<string>();
    for (let turn = 0; turn < 12; turn++) {
      await settled();
      for (const owner of running) seen.add(owner);
      const [first] = running;
      if (first) end(first);
    }
    expect([...seen].sort()).toEqual(owners);
  });
});
