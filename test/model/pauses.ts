/**
 * Waits of one object. The emulation rings an object's timers one by one, no more than some 750 a second; a model that takes
 * several for each call would be the slower for it. Here one timer is set, and rings for all whose time has come.
 */
export class Pauses {
  /** The latest first. */
  readonly #waiting: { until: number; resolve: () => void }[] = [];
  #timer: { rings: number; id: ReturnType<typeof setTimeout> } | undefined;
  readonly #set: (ring: () => void, ms: number) => ReturnType<typeof setTimeout>;
  readonly #clear: (id: ReturnType<typeof setTimeout>) => void;
  readonly #now: () => number;

  constructor(
    set: (ring: () => void, ms: number) => ReturnType<typeof setTimeout>,
    clear: (id: ReturnType<typeof setTimeout>) => void,
    now: () => number = Date.now,
  ) {
    this.#set = set;
    this.#clear = clear;
    this.#now = now;
  }

  /** @param ms milliseconds from now */
  pause(ms: number): Promise<void> {
    // Timers and clock know whole milliseconds.
    const until = Math.ceil(this.#now() + ms);
    return new Promise((resolve) => {
      const later = this.#waiting.findLastIndex((each) => each.until > until);
      this.#waiting.splice(later + 1, 0, { until, resolve });
      this.#arm();
    });
  }

  #arm(): void {
    const next = this.#waiting.at(-1);
    if (!next || (this.#timer && this.#timer.rings <= next.until)) return;
    if (this.#timer) this.#clear(this.#timer.id);
    this.#timer = { rings: next.until, id: this.#set(() => this.#ring(), Math.max(0, next.until - this.#now())) };
  }

  #ring(): void {
    this.#timer = undefined;
    const now = this.#now();
    for (let next = this.#waiting.at(-1); next && next.until <= now; next = this.#waiting.at(-1)) {
      this.#waiting.pop();
      next.resolve();
    }
    this.#arm();
  }
}
