import { vi } from "vitest";

/**
 * What an object has around it, moved by hand: the time, timers, and an alarm that is a variable. Its rows are real. So a
 * life of days with crashes in it passes in a millisecond, and the same way each time.
 */

/** Chains of promises are shorter than this: nothing of what they do needs the event loop. */
const TICKS = 100;

/** So many turns without the clock are more than anything needs. */
const MOST_TURNS = 1000;

const LOOP = scheduler;

type Timer = { at: number; ring: () => void };

/** The isolate's time and its timers: nothing moves unless it is moved. */
export class HandClock {
  now: number;
  readonly #timers = new Map<number, Timer>();
  #number = 0;

  /** Takes the place of the isolate's clock, until {@link letGo}. */
  constructor(now: number) {
    this.now = now;
    vi.useFakeTimers({ toFake: ["Date"], now });
    const set = (ring: () => void, ms = 0) => this.#set(ring, ms);
    vi.stubGlobal("setTimeout", set);
    vi.stubGlobal("clearTimeout", (number?: number) => this.#timers.delete(number ?? 0));
    vi.stubGlobal("scheduler", { wait: (ms: number) => new Promise<void>((resolve) => set(resolve, ms)) });
  }

  #set(ring: () => void, ms: number): number {
    this.#timers.set(++this.#number, { at: this.now + Math.max(0, ms), ring });
    return this.#number;
  }

  /** Begins anew, without a timer. */
  reset(now: number): void {
    this.forgetTimers();
    this.set(now);
  }

  /** The object has ended, and its timers with it. */
  forgetTimers(): void {
    this.#timers.clear();
  }

  set(now: number): void {
    this.now = now;
    vi.setSystemTime(now);
  }

  /** When the next timer rings, in milliseconds since 1970; undefined without any. */
  next(): number | undefined {
    let least: number | undefined;
    for (const { at } of this.#timers.values()) least = Math.min(least ?? at, at);
    return least;
  }

  /** Lets promises go on by so many steps. */
  async tick(count: number): Promise<void> {
    for (let tick = 0; tick < count; tick++) await undefined;
  }

  /** Lets promises and timers that are due go on until nothing moves any more. */
  async settle(): Promise<void> {
    for (let turn = 0; ; turn++) {
      if (turn > MOST_TURNS) throw new Error("It goes round in circles while the clock stands still");
      await this.tick(TICKS);
      const due = [...this.#timers].filter(([, { at }]) => at <= this.now);
      if (due.length === 0) return;
      for (const [number, { ring }] of due) if (this.#timers.delete(number)) ring();
    }
  }

  /** Lets the event loop have its turn, in which the runtime does what it has to do. */
  async breathe(): Promise<void> {
    await LOOP.wait(0);
  }

  letGo(): void {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  }
}

/** The state of an object whose alarm is a variable, and which has no event loop of its own to wait for. */
export class HandState {
  readonly state: DurableObjectState;
  readonly sql: SqlStorage;
  /** When the alarm rings, in milliseconds since 1970; null if none is set. */
  alarm: number | null = null;
  /** What must not happen and did. */
  faults: unknown[] = [];
  /** When the object lets calls in. */
  ready: unknown;
  /** Writes of a life that has ended reach nothing. */
  #life = 0;
  readonly #storage: DurableObjectStorage;

  constructor(state: DurableObjectState) {
    this.state = state;
    this.#storage = state.storage;
    this.sql = state.storage.sql;
    const shadows = {
      waitUntil: (work: Promise<unknown>) => void work.catch((error) => this.faults.push(error)),
      blockConcurrencyWhile: (work: () => unknown) => {
        this.ready = work();
      },
      abort: (why: unknown) => void this.faults.push(why),
    };
    for (const [name, value] of Object.entries(shadows)) Object.defineProperty(state, name, { value });
    this.begin();
  }

  /** From now on the rows are those of a new life of the object; an earlier one reaches them no more. */
  begin(): void {
    const life = ++this.#life;
    const sql = {
      exec: (...query: Parameters<SqlStorage["exec"]>) => {
        if (life !== this.#life) throw new Ended();
        return this.sql.exec(...query);
      },
      databaseSize: 0,
    };
    const value = {
      sql,
      transactionSync: <T>(work: () => T): T => this.#storage.transactionSync(work),
      sync: async () => {},
      getAlarm: async () => this.alarm,
      setAlarm: async (at: number) => {
        if (life === this.#life) this.alarm = at;
      },
    };
    Object.defineProperty(this.state, "storage", { value, configurable: true });
    this.faults = [];
  }

  /** An object that has never been. */
  empty(tables: readonly string[]): void {
    for (const table of tables) this.sql.exec(`DROP TABLE IF EXISTS ${table}`);
    this.alarm = null;
    this.begin();
  }

  /** @throws the first fault */
  check(): void {
    const fault = this.faults.find((each) => !(each instanceof Ended));
    if (fault !== undefined) throw fault;
  }
}

/** A life that has ended goes no further. */
class Ended extends Error {}

/** Time passes; timers and the alarm ring as they come. @param rest what is to be done after each */
export async function passTo(
  until: number,
  clock: HandClock,
  host: HandState,
  ring: () => Promise<void>,
  rest: () => Promise<void>,
): Promise<void> {
  for (;;) {
    const next = Math.min(host.alarm ?? Number.POSITIVE_INFINITY, clock.next() ?? Number.POSITIVE_INFINITY);
    if (next > until) break;
    clock.set(Math.max(clock.now, next));
    await clock.settle();
    if (host.alarm !== null && host.alarm <= clock.now) {
      host.alarm = null;
      await ring();
    }
    await rest();
  }
  clock.set(Math.max(clock.now, until));
  await rest();
}
