/** Where an outbox's rows come from and where they go. */
export type Way<Row> = {
  /** Stored rows after a number, the oldest first; some of them, where there are many. */
  read(after: number): Row[];
  /**
   * Hands rows on. It must bear repetition: after a crash, and after it has thrown, they come again.
   * @throws what keeps them from going: the run ends, and the next one begins with them
   */
  handOver(rows: readonly Row[]): Promise<void>;
};

/**
 * Hands every stored row on, in the order of their numbers. Reads on from a cursor; each round takes all rows that have
 * come in the meantime, so rounds grow with the load and calls do not. The cursor is the owner's to keep: one that is
 * behind the truth repeats, and loses nothing.
 */
export class Outbox<Row extends { readonly seq: number }> {
  readonly #way: Way<Row>;
  #cursor: number;
  #newest: number;
  #running: Promise<void> | undefined;
  /** Rows just committed, so that they need not be read back. */
  #fresh: Row[] = [];

  /** @param newest the newest row there is */
  constructor(cursor: number, newest: number, way: Way<Row>) {
    this.#cursor = cursor;
    this.#newest = newest;
    this.#way = way;
  }

  /** Every row up to this one was handed on. */
  get cursor(): number {
    return this.#cursor;
  }

  get pending(): boolean {
    return this.#cursor < this.#newest;
  }

  /** Rows that are stored now and follow what was offered before. */
  offer(rows: readonly Row[]): void {
    this.#fresh.push(...rows);
    this.#newest = rows.at(-1)?.seq ?? this.#newest;
  }

  /** Works until the cursor has reached the newest row. Called again meanwhile, it is the same run. */
  run(): Promise<void> {
    this.#running ??= this.#rounds();
    return this.#running;
  }

  async #rounds(): Promise<void> {
    // The run must be known as under way before it can end.
    await undefined;
    try {
      for (;;) {
        const rows = this.#nextRows();
        const last = rows.at(-1);
        if (!last) return;
        await this.#way.handOver(rows);
        this.#cursor = last.seq;
      }
    } finally {
      // In the same step in which nothing was found: rows that come a moment later begin a run of their own.
      this.#running = undefined;
    }
  }

  #nextRows(): Row[] {
    const [first] = this.#fresh;
    if (first?.seq === this.#cursor + 1) return this.#fresh.splice(0);
    if (!this.pending) return [];
    // A round that failed has lost its rows from memory; storage has them all.
    this.#fresh = [];
    return this.#way.read(this.#cursor);
  }
}
