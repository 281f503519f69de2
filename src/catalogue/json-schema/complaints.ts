/** What is wrong with a payload: where, as steps from its root, and a sentence. */
export type PayloadComplaint = { path: readonly string[]; message: string };

/** Of a name, and of a sentence, so many characters are told: payloads and schemas have longer ones. */
const LONGEST_STEP = 200;
const LONGEST_MESSAGE = 500;
const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text;

type Path = { above: Path; step: string } | null;

/** Collects complaints, up to a number; each place has its own door to the same list. */
export class Complaints {
  /** For what is tried and need not hold. */
  static readonly none = new Complaints([], 0, null);

  readonly #list: PayloadComplaint[];
  readonly #most: number;
  readonly #path: Path;

  private constructor(list: PayloadComplaint[], most: number, path: Path) {
    this.#list = list;
    this.#most = most;
    this.#path = path;
  }

  static upTo(most: number): Complaints {
    return new Complaints([], most, null);
  }

  get list(): readonly PayloadComplaint[] {
    return this.#list;
  }

  /** The place of a member or an item of this one. */
  at(step: string): Complaints {
    return this.#most === 0 ? this : new Complaints(this.#list, this.#most, { above: this.#path, step });
  }

  /**
   * @param message put together only where it is told, as it may repeat much of the schema
   * @returns false, as what is complained about is not valid
   */
  add(message: string | (() => string)): false {
    if (this.#list.length >= this.#most) return false;
    const path: string[] = [];
    for (let here = this.#path; here !== null; here = here.above) path.unshift(cut(here.step, LONGEST_STEP));
    const sentence = typeof message === "string" ? message : message();
    this.#list.push({ path, message: cut(sentence, LONGEST_MESSAGE) });
    return false;
  }
}
