/** Work that is counted, and ends when it is too much. */

/** Thrown by {@link Budget.take} when nothing is left. */
export class OverBudget extends Error {
  override readonly name = "OverBudget";
}

/** A number of steps: a keyword applied to a value, a member looked at, sixteen characters read. Each is some 100 ns. */
export class Budget {
  /** How many were asked for so far, with those that were refused. */
  taken = 0;
  readonly #most: number;

  /** @param most that may be taken */
  constructor(most: number) {
    this.#most = most;
  }

  /** @throws OverBudget where there are not so many left */
  take(steps: number): void {
    this.taken += steps;
    if (this.taken > this.#most) throw new OverBudget();
  }
}

/** Characters that are read in one step. */
export const CHARACTERS_PER_STEP = 16;

/** What a text of so many characters takes to be read once. */
export const stepsFor = (length: number): number => 1 + Math.ceil(length / CHARACTERS_PER_STEP);
