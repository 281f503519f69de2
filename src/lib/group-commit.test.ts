import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GroupCommit } from "./group-commit.ts";

/** Lets everything go on that waits for nothing else. */
const settle = () => scheduler.wait(0);

/** Takes what is waiting, and is done when it is told to be. */
class Desk {
  waiting: number[] = [];
  readonly groups: number[][] = [];
  readonly #ends: (() => void)[] = [];
  readonly #commits = new GroupCommit(() => {
    this.groups.push(this.waiting);
    this.waiting = [];
    return new Promise((resolve) => this.#ends.push(resolve));
  });

  ask(request: number): void {
    this.waiting.push(request);
    this.#commits.request();
  }

  get underWay(): number {
    return this.#ends.length;
  }

  async end(): Promise<void> {
    this.#ends.shift()?.();
    await settle();
  }
}

describe("a group commit", () => {
  it("works the first request off at once, in the same breath", () => {
    const desk = new Desk();
    desk.ask(1);
    expect(desk.groups).toEqual([[1]]);
  });

  it("works off together what comes while another is under way, and only then", async () => {
    const desk = new Desk();
    for (const request of [1, 2, 3]) desk.ask(request);
    await settle();
    expect(desk.groups).toEqual([[1]]);
    await desk.end();
    expect(desk.groups).toEqual([[1], [2, 3]]);
    desk.ask(4);
    await desk.end();
    expect(desk.groups).toEqual([[1], [2, 3], [4]]);
  });

  it("does nothing where nothing was asked for, and begins anew when something is", async () => {
    const desk = new Desk();
    desk.ask(1);
    await desk.end();
    expect(desk).toMatchObject({ groups: [[1]], underWay: 0 });
    desk.ask(2);
    expect(desk.groups).toEqual([[1], [2]]);
  });

  it("hears what is asked for by the work itself", async () => {
    let times = 0;
    const commits: GroupCommit = new GroupCommit(async () => {
      if (++times < 3) commits.request();
    });
    commits.request();
    await settle();
    expect(times).toBe(3);
  });

  it("has one under way at a time, and works every request off once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (steps) => {
        const desk = new Desk();
        let asked = 0;
        for (const asks of steps) {
          if (asks) desk.ask(++asked);
          else await desk.end();
          expect(desk.underWay).toBeLessThanOrEqual(1);
          // Whatever waits, waits for one that is under way.
          if (desk.waiting.length > 0) expect(desk.underWay).toBe(1);
        }
        while (desk.underWay > 0) await desk.end();
        expect(desk.groups.flat()).toEqual(Array.from({ length: asked }, (_, number) => number + 1));
        expect(desk.groups).not.toContainEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
