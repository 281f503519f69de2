import { AsyncLocalStorage } from "node:async_hooks";
import { ConnectionLimiter } from "./connection-limiter.ts";
import { chaotic, draw, type Named, watch } from "./control.ts";
import { Activity, ofClass } from "./counters.ts";
import { LIMITS } from "./figures.ts";
import { Pauses } from "./pauses.ts";

/** One invocation: of a handler of the Worker, or of a method of an object. */
export interface Invocation {
  /** The object; undefined in the Worker's handlers. */
  life: Life | undefined;
  connections: ConnectionLimiter;
  d1Connections: ConnectionLimiter;
  /** D1 statements so far. */
  d1Queries: number;
}

/** Which invocation the running code belongs to. */
export const invocations = new AsyncLocalStorage<Invocation>();

/** Requests that wait for headers, or for their turn; and D1's. */
export const connections = { fetch: { open: 0, waiting: 0 }, d1: { open: 0, waiting: 0 } };

const newLimiter = () => new ConnectionLimiter(LIMITS.connections, connections.fetch);
const newD1Slots = () => new ConnectionLimiter(LIMITS.d1Connections, connections.d1);

export const invocationOfWorker = (): Invocation => ({
  life: undefined,
  connections: newLimiter(),
  d1Connections: newD1Slots(),
  d1Queries: 0,
});

/** Before they are wrapped: the model's own pauses are nobody's activity. */
const wait = scheduler.wait.bind(scheduler);
const set = setTimeout.bind(globalThis);
const clear = clearTimeout.bind(globalThis);

/** @param ms nothing happens, not even a timer, where it is 0 */
export function pause(ms: number): Promise<void> | undefined {
  if (ms <= 0) return undefined;
  const life = invocations.getStore()?.life;
  return life ? life.pauses.pause(ms) : wait(ms);
}

/** What is said where a connection broke off: whatever was asked for may have been done. */
export const LOST = "Network connection lost.";

/** What the platform says where a deployment has reset an object. */
export const RESET = "Durable Object reset because its code was updated.";

/** An object from when it comes into memory until it leaves it. */
export class Life implements Named {
  readonly class: string;
  readonly name: string;
  readonly #state: DurableObjectState;
  readonly #abort: (reason: string) => void;
  readonly #sync: () => Promise<void>;
  readonly #activity: Activity;
  readonly #connections = newLimiter();
  readonly #d1Connections = newD1Slots();
  readonly pauses = new Pauses(set, clear);
  /** Up to when what it has written is not yet confirmed: milliseconds since 1970. */
  #durableAt = 0;
  #wroteAt = 0;
  /** Up to when calls keep it busy: milliseconds since 1970. */
  #freeAt = 0;
  #over = false;
  /** Before its constructor is done there is nothing that a reset could lose. */
  ready = false;

  constructor(className: string, state: DurableObjectState) {
    this.class = className;
    this.name = state.id.name ?? state.id.toString();
    this.#state = state;
    this.#abort = state.abort.bind(state);
    this.#sync = state.storage.sync.bind(state.storage);
    this.#activity = new Activity(className);
    ofClass(className).instances++;
  }

  invocation(): Invocation {
    return { life: this, connections: this.#connections, d1Connections: this.#d1Connections, d1Queries: 0 };
  }

  /** Counts the object as active until the work is done. */
  async during<T>(work: () => Promise<T> | T): Promise<T> {
    const end = this.#activity.begin();
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** Something that keeps the object active. @returns what ends it */
  begin(): () => void {
    return this.#activity.begin();
  }

  /** Something was written; what is written in one turn is one commit. */
  wrote(rows: number): void {
    ofClass(this.class).rowsWritten += rows;
    const now = Date.now();
    if (now === this.#wroteAt) return;
    this.#wroteAt = now;
    this.#durableAt = Math.max(this.#durableAt, now + draw("commit"));
  }

  /** A call has its turn: others that came before take their time one after another. */
  turn(ms: number): Promise<void> | undefined {
    if (ms <= 0) return undefined;
    const now = Date.now();
    this.#freeAt = Math.max(now, this.#freeAt) + ms;
    return pause(this.#freeAt - now);
  }

  /** The output gate: nothing leaves the object before what it has written is confirmed. */
  gate(): Promise<void> | undefined {
    return pause(this.#durableAt - Date.now());
  }

  /** Where something comes or goes. @throws Error where the object was reset */
  step(label: string): Promise<void> | undefined {
    if (!this.#passes(label)) return undefined;
    this.#over = true;
    // What it has told others rests on what it has written: that has to be there after the reset.
    return this.#sync().then(() => this.end(RESET));
  }

  /** A step of code that nothing comes in between of: what was written in this turn is lost with the object. */
  stepNow(label: string): void {
    if (this.#passes(label)) this.end(RESET);
  }

  #passes(label: string): boolean {
    if (this.#over) throw new Error(RESET);
    if (!this.ready) return false;
    return watch.passes(this, label) || chaotic.strikes("reset", `${this.class} ${label}`, this);
  }

  /** Takes the object out of memory, in the middle of whatever it does. To be called by its own code only. */
  end(reason: string): void {
    this.left();
    this.#abort.call(this.#state, reason);
  }

  /** It has left memory. */
  left(): void {
    this.#over = true;
    this.#activity.end();
  }
}

/**
 * Something that leaves the running object and comes back with an answer. Elsewhere than in an object it is just done.
 * @param label what it is, for the list of steps
 */
export async function outgoing<T>(label: string, work: () => Promise<T>): Promise<T> {
  const life = invocations.getStore()?.life;
  if (!life) return work();
  return life.during(async () => {
    // Where nothing is waited for, it leaves in the turn in which it was begun.
    const gate = life.gate();
    if (gate) await gate;
    const reset = life.step(label);
    if (reset) await reset;
    try {
      return await work();
    } finally {
      await life.step(`${label} returned`);
    }
  });
}
