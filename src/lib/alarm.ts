import type { Sql } from "./sql.ts";

/**
 * An object's one alarm. Setting it is a billed row, so it only ever moves to an earlier time; what is due later is
 * found when the alarm rings.
 */
export class Alarm {
  readonly #storage: DurableObjectStorage;
  readonly #sql: Sql;
  #at: number | null = null;

  constructor(storage: DurableObjectStorage, sql: Sql) {
    this.#storage = storage;
    this.#sql = sql;
  }

  /** Learns what is set already. Call it once, before anything else comes in. */
  async load(): Promise<void> {
    this.#at = await this.#storage.getAlarm();
  }

  /** To be called first by the alarm handler: the alarm that rang is no longer set. */
  rang(): void {
    this.#at = null;
  }

  /** Rings at `at` (milliseconds since 1970) or earlier. */
  by(at: number): void {
    if (this.#at !== null && this.#at <= at) return;
    // Now itself can be lost inside an alarm handler (workerd issue 6866); a millisecond later is safe.
    this.#at = Math.max(at, Date.now() + 1);
    this.#sql.rowsWritten++;
    // Not awaited: the object's output gate holds every answer back until this write is durable, too.
    void this.#storage.setAlarm(this.#at);
  }
}
