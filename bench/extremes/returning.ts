import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { now } from "../clock.ts";

/** What it takes to answer, in milliseconds. */
const ANSWER_MS = 5;
/** Requests a second are counted for so long after it came back. */
const SECONDS_COUNTED = 5;

/** A customer's server of which one path is away and comes back, and another one, `/other`, is well all the time. */
export class Returning {
  /** When each event of the healthy path arrived first, by its number. */
  readonly others = new Map<number, number>();
  /** Numbers that were answered with success, in their order. */
  readonly arrived: number[] = [];
  /** Requests in vain. */
  refused = 0;
  /** Requests open at once since it came back: at the most, and while so many had arrived. */
  mostOpen = 0;
  mostOpenAtFirst = 0;
  readonly perSecond: number[] = Array(SECONDS_COUNTED).fill(0);
  readonly #inOrder: number;
  /** Undefined while it is away. */
  #backAt: number | undefined = now();
  #open = 0;
  readonly #server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => this.#take(request, response, (JSON.parse(body) as { data: { n: number } }).data.n));
  });

  /** @param inOrder so many arrivals are expected one after another */
  constructor(inOrder: number) {
    this.#inOrder = inOrder;
  }

  #take(request: IncomingMessage, response: ServerResponse, n: number): void {
    if (request.url === "/other") {
      if (!this.others.has(n)) this.others.set(n, now());
      setTimeout(() => response.end("ok"), 1);
    } else if (this.#backAt === undefined) {
      this.refused++;
      response.writeHead(503).end("away");
    } else this.#serve(response, n, this.#backAt);
  }

  #serve(response: ServerResponse, n: number, backAt: number): void {
    this.#open++;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    if (this.arrived.length < this.#inOrder) this.mostOpenAtFirst = Math.max(this.mostOpenAtFirst, this.#open);
    const second = Math.floor((now() - backAt) / 1000);
    if (second < SECONDS_COUNTED) this.perSecond[second] = (this.perSecond[second] ?? 0) + 1;
    setTimeout(() => {
      this.#open--;
      this.arrived.push(n);
      response.end("ok");
    }, ANSWER_MS);
  }

  goAway(): void {
    this.#backAt = undefined;
  }

  /** What was counted before counts no more. */
  comeBack(): void {
    this.#backAt = now();
    this.arrived.length = 0;
    this.mostOpen = 0;
    this.mostOpenAtFirst = 0;
    this.perSecond.fill(0);
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
