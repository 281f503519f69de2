/**
 * Things that wait, in groups that take turns: the first of one group, then the first of the next. However large a group
 * is, a small one that comes later waits for no more than one thing of each.
 */
export class Turns<Group, Thing> {
  readonly #groups = new Map<Group, { things: Thing[]; next: number }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(group: Group, thing: Thing): void {
    const waiting = this.#groups.get(group);
    if (waiting) waiting.things.push(thing);
    else this.#groups.set(group, { things: [thing], next: 0 });
    this.#size++;
  }

  /** Takes the next one out. */
  take(): Thing | undefined {
    return this.takeSome(() => 1)[0];
  }

  /**
   * Takes the next ones out, all of one group, which has had its turn with that.
   * @param count how many it may be of a group in which so many wait, 1 or more; 0 passes it over, and the turn is the next
   *   one's; undefined ends it, and nothing is taken
   */
  takeSome(count: (waiting: number, group: Group) => number | undefined): Thing[] {
    for (const [group, waiting] of this.#groups) {
      const most = count(waiting.things.length - waiting.next, group);
      if (most === undefined) break;
      if (most === 0) continue;
      const things = waiting.things.slice(waiting.next, waiting.next + most);
      waiting.next += things.length;
      // A group goes behind the others with what is left of it.
      this.#groups.delete(group);
      if (waiting.next < waiting.things.length) this.#groups.set(group, waiting);
      this.#size -= things.length;
      return things;
    }
    return [];
  }
}
