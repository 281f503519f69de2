/**
 * Tells somebody elsewhere of what comes, several at a time: what comes while the last ones are being told of goes together, next.
 */
export class Words<Word> {
  readonly #tell: (words: Word[]) => void | Promise<void>;
  #untold: { word: Word; told: () => void; failed: (error: unknown) => void }[] = [];
  #telling = false;
  /** Why nobody listens any more. */
  #over: { error: unknown } | undefined;

  constructor(tell: (words: Word[]) => void | Promise<void>) {
    this.#tell = tell;
  }

  /** @throws what telling threw before */
  check(): void {
    if (this.#over) throw this.#over.error;
  }

  /**
   * Resolves when it is told.
   * @throws what telling throws, or has thrown before
   */
  async say(word: Word): Promise<void> {
    this.check();
    const answer = new Promise<void>((told, failed) => this.#untold.push({ word, told, failed }));
    if (!this.#telling) void this.#go();
    return answer;
  }

  async #go(): Promise<void> {
    this.#telling = true;
    while (this.#untold.length > 0) {
      const some = this.#untold;
      this.#untold = [];
      try {
        await this.#tell(some.map(({ word }) => word));
        for (const { told } of some) told();
      } catch (error) {
        this.#over ??= { error };
        for (const { failed } of some) failed(error);
        for (const { failed } of this.#untold.splice(0)) failed(error);
      }
    }
    this.#telling = false;
  }
}
