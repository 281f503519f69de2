import { describe, expect, it } from "vitest";
import { MAX_SLOTS, Slots } from "./slots.ts";

/** Asks for slots and notes who got one. */
function bench() {
  const slots = new Slots();
  const running: string[] = [];
  return {
    running,
    ask: (owner: string) => slots.acquire(owner).then(() => running.push(owner)),
    end: (owner: string) => {
      running.splice(running.indexOf(owner), 1);
      slots.release(owner);
    },
    settled: () => scheduler.wait(0),
    count: (owner: string) => running.filter((each) => each === owner).length,
  };
}

describe("slots", () => {
  it("lets an endpoint that is alone have all of them, and no more", async () => {
    const { ask, running, settled } = bench();
    for (let request = 0; request < 8; request++) void ask("a");
    await settled();
    expect(running).toHaveLength(MAX_SLOTS);
  });

  it("gives no endpoint more than two while another one waits", async () => {
    const { ask, count, end, settled } = bench();
    for (let request = 0; request < 8; request++) void ask("hanging");
    for (let request = 0; request < 8; request++) void ask("healthy");
    await settled();
    // The first five went to the endpoint that was alone when it asked; the ones that end go to the other.
    for (let request = 0; request < 3; request++) end("hanging");
    await settled();
    expect(count("hanging")).toBe(2);
    expect(count("healthy")).toBe(2);
  });

  it("leaves room: two that share do not take the slot that a third may need", async () => {
    const { ask, count, end, settled } = bench();
    for (const owner of ["a", "b"]) for (let request = 0; request < 8; request++) void ask(owner);
    await settled();
    for (let request = 0; request < 3; request++) end("a");
    await settled();
    void ask("c");
    await settled();
    expect(count("c")).toBe(1);
  });

  it("gives everybody a turn", async () => {
    const { ask, end, running, settled } = bench();
    const owners = ["a", "b", "c", "d", "e", "f", "g"];
    for (const owner of owners) for (let request = 0; request < 3; request++) void ask(owner);
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
