/** The time of a simulation: what is to happen, in its order. A binary heap by time; what is due at once keeps its order. */

type Due = { at: number; order: number; happen: () => void };

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export class SimulatedClock {
  /** In milliseconds from the beginning. */
  now = 0;
  readonly #heap: Due[] = [];
  #order = 0;

  after(ms: number, happen: () => void): void {
    const due = { at: this.now + Math.max(0, ms), order: this.#order++, happen };
    const heap = this.#heap;
    let place = heap.push(due) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(due, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = due;
  }

  #next(): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || first === last) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      const least = a && b && isBefore(b, a) ? left + 1 : left;
      const below = heap[least];
      if (!below || !isBefore(below, last)) break;
      heap[place] = below;
      place = least;
    }
    heap[place] = last;
    return first;
  }

  /** Lets happen what is due up to a time, in milliseconds. */
  run(until: number): void {
    while ((this.#heap[0]?.at ?? Number.POSITIVE_INFINITY) <= until) {
      const due = this.#next();
      if (!due) return;
      this.now = due.at;
      due.happen();
    }
    this.now = until;
  }
}
