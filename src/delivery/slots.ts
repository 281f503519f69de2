/**
 * Requests that wait for headers at once in one invocation. The platform lets six wait and queues the seventh in silence
 * (https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections); one is left for the queue
 * and the database.
 */
export const MAX_SLOTS = 5;
/** An endpoint holds no more than this while another one has work in the same invocation. */
const FAIR_SHARE = 2;

type Waiter = { owner: string; go: () => void };

/** Shares the slots among endpoints: in turn, and none may starve the others. */
export class Slots {
  /** Parcels of each endpoint that have work here. */
  readonly #present = new Map<string, number>();
  readonly #held = new Map<string, number>();
  #waiting: Waiter[] = [];
  #taken = 0;

  /**
   * Announces work of an endpoint, before it asks for a slot: whoever comes first must not take all of them because the
   * others were a moment later. To be taken back by {@link leave}.
   */
  enter(owner: string): void {
    this.#present.set(owner, (this.#present.get(owner) ?? 0) + 1);
  }

  leave(owner: string): void {
    const left = (this.#present.get(owner) ?? 1) - 1;
    if (left === 0) this.#present.delete(owner);
    else this.#present.set(owner, left);
    this.#grant();
  }

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

  /** The longest waiting of those whose owner holds the fewest; beyond its share only if nobody else is here. */
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
    return fewest >= FAIR_SHARE && this.#present.size > 1 ? undefined : best;
  }
}
