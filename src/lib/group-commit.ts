/**
 * Groups by what is under way, and not by a clock: the first request is worked off at once, and what comes while that is
 * under way is worked off together, next. Idle, nothing waits; busy, groups grow by themselves.
 */
export class GroupCommit {
  readonly #work: () => Promise<void>;
  #underWay = false;
  #asked = false;

  /** @param work takes all there is in one step, and says when the next may begin; it must not reject */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  request(): void {
    if (this.#underWay) this.#asked = true;
    else void this.#run();
  }

  async #run(): Promise<void> {
    this.#underWay = true;
    do {
      this.#asked = false;
      await this.#work();
    } while (this.#asked);
    this.#underWay = false;
  }
}
