/**
 * Requests that wait for headers at once in one invocation. The platform lets six wait and queues the seventh in silence
 * (https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections); one is left for the queue
 * and the database.
 */
export const MAX_SLOTS = 5;
/** An endpoint holds no more than this while another one of the same invocation waits. */
const FAIR_SHARE = 2;

type Waiter = { owner: string; go: () => void };

/** Shares the slots among endpoints: in turn, and none may starve the others. */
export class Slots {
  readonly #held = new Map<string, number>();
  #waiting: Waiter[] = [];
  #taken = 0;

  /** Resolves when the owner has a slot; to be given back by {@link release}. */
  async acquire(owner: string): Promise<void> {
    await new Promise<void>((go) => {
      this.#waiting.push({ owner, go });
      this.#grant();
    });
  }

  release(owner: string): void {
    this.#taken--;
    const held = (this.#held.get(owner) ?? 1) - 1;
    if (held === 0) this.#held.delete(owner);
    else this.#held.set(owner, held);
    this.#grant();
  }

  #grant(): void {
    while (this.#taken < MAX_SLOTS) {
      const next = this.#next();
      if (!next) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#taken++;
      this.#held.set(next.owner, (this.#held.get(next.owner) ?? 0) + 1);
      next.go();
    }
  }

  /** The longest waiting of those whose owner holds the fewest; beyond its share only if nobody else waits. */
  #next(): Waiter | undefined {
    let best: Waiter | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiting) {
      const held = this.#held.get(waiter.owner) ?? 0;
      if (held < fewest) {
        best = waiter;
        fewest = held;
      }
    }
    if (best && fewest >= FAIR_SHARE && this.#waiting.some((waiter) => waiter.owner !== best.owner)) return undefined;
    return best;
  }
}
