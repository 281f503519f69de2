import { setTimeout as sleep } from "node:timers/promises";
import { residentMegabytes } from "../cpu.ts";

const EVERY_MS = 250;

/** Looks at a service's resident memory while something goes on, in megabytes. */
export class MemoryWatch {
  readonly seen: number[] = [];
  #running = true;
  readonly #watching: Promise<void>;

  constructor(pid: number) {
    this.#watching = this.#watch(pid);
  }

  async #watch(pid: number): Promise<void> {
    while (this.#running) {
      this.seen.push(residentMegabytes(pid));
      await sleep(EVERY_MS);
    }
  }

  get most(): number {
    return Math.max(0, ...this.seen);
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#watching;
  }
}
