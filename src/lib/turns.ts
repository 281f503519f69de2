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
    for (const [group, waiting] of this.#groups) {
      const thing = waiting.things[waiting.next++];
      // A group goes behind the others with what is left of it.
      this.#groups.delete(group);
      if (waiting.next < waiting.things.length) this.#groups.set(group, waiting);
      this.#size--;
      return thing;
    }
    return undefined;
  }
}
