import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { now } from "./clock.ts";

/** What has not come to its end is given up after so long without an arrival, in milliseconds. */
const PATIENCE_MS = 30_000;

/** A receiver that answers after a millisecond and remembers no more than it has to. */
export class Counter {
  readonly #hits = new Map<string, number>();
  /** When each event of the other type arrived, by its number. */
  readonly others = new Map<number, number>();
  /** When a path was hit last. */
  lastAt = now();
  /** Requests to paths, each of them counted. */
  arrived = 0;
  readonly #server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      this.#take(request.url ?? "", body);
      setTimeout(() => response.end("ok"), 1);
    });
  });

  #take(path: string, body: string): void {
    if (path === "/other") {
      this.others.set((JSON.parse(body) as { data: { n: number } }).data.n, now());
      return;
    }
    this.#hits.set(path, (this.#hits.get(path) ?? 0) + 1);
    this.arrived++;
    this.lastAt = now();
  }

  /** Paths that were hit, and those that were hit more than once. */
  get reached(): number {
    return this.#hits.size;
  }

  get repeated(): number {
    return [...this.#hits.values()].filter((times) => times > 1).length;
  }

  forget(): void {
    this.#hits.clear();
    this.lastAt = now();
  }

  /** Resolves when so many requests have come, or none has for {@link PATIENCE_MS}. */
  async until(count: number): Promise<void> {
    while (this.arrived < count && now() - this.lastAt < PATIENCE_MS) await sleep(20);
  }

  /** Resolves when so many paths were hit, or none was for {@link PATIENCE_MS}. */
  async all(count: number, meanwhile: () => void): Promise<void> {
    while (this.reached < count && now() - this.lastAt < PATIENCE_MS) {
      await sleep(100);
      meanwhile();
    }
  }

  /** Resolves when so many requests have come, or none has for {@link PATIENCE_MS}. */
  async arrivals(count: number): Promise<void> {
    while (this.arrived < count && now() - this.lastAt < PATIENCE_MS) await sleep(100);
  }

  async listen(): Promise<string> {
    this.#server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
