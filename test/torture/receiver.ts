import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { aheadMs, realNow, setAhead } from "../model/clock.ts";
import { LIBRARIES, librariesAccepting } from "../support/signatures.ts";
import { ANSWERS_FIRST, BEHAVIOURS, type Behaviour, type BehaviourName, type Said } from "./behaviours.ts";
import type { Journal } from "./journal.ts";
import { dataOf, EVENT, markIn } from "./marks.ts";

/** What a webhook's customer knows: how to answer, and what may have signed. */
export interface Customer {
  behaves: BehaviourName;
  /** How it behaves instead, where it matters what meets what. */
  script?: Behaviour | undefined;
  /** The newest first, and until when each may sign, in milliseconds since 1970 by the service's clock. */
  secrets: { text: string; until: number }[];
  /** Whether there may be a secret that nobody was told: the answer of who made it was lost. */
  unsure: boolean;
  /** The types that its webhook has subscribed to. */
  events: readonly string[];
  /** Changes of its webhook, which number themselves in a header, and when each was answered, in milliseconds since 1970. */
  changes: { answeredAt: number }[];
  /** When its deletion was answered, in milliseconds since 1970; undefined while there is a webhook. */
  deletedAt: number | undefined;
}

/** The header that says how often a webhook had been changed when a request to it was begun. */
export const CHANGED = "x-changed";
/** What was signed, or begun, in time has so long to arrive, in milliseconds. */
export const ON_ITS_WAY_MS = 2000;
/** A time that was signed may be that old, in milliseconds, by the clock of then. */
const OLD_MS = 60_000;
/** All customers' servers: each webhook has a path of its own. */
export class Receivers {
  readonly customers = new Map<string, Customer>();
  readonly #journal: Journal;
  readonly #random: () => number;
  readonly #server = createServer((request, response) => {
    this.#take(request, response).catch((error: unknown) => {
      response.destroy();
      // A sender that goes away in the middle is not the receiver's failure.
      if (!request.complete) return;
      this.#journal.wrong.add(`${request.url}: a request that could not be looked at: ${error}`);
    });
  });
  url = "";

  constructor(journal: Journal, random: () => number) {
    this.#journal = journal;
    this.#random = random;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = realNow();
    if (!this.#server.listening) response.shouldKeepAlive = false;
    const path = request.url ?? "";
    const customer = this.customers.get(path);
    const early = customer?.behaves === ANSWERS_FIRST ? this.#answer(customer, request, response) : undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const n = markIn(body.toString());
    if (!customer || n === undefined) {
      this.#journal.wrong.add(customer ? `${path}: no event: ${body}` : `A request to ${path}, which is nobody's`);
      return void response.writeHead(404).end();
    }
    if (customer.deletedAt !== undefined && at > customer.deletedAt + ON_ITS_WAY_MS) {
      this.#journal.wrong.add(`${path}: a request after it was deleted`);
    }
    this.#verify(path, customer, request, body);
    this.#lookAtChanges(path, customer, Number(request.headers[CHANGED] ?? 0), at);
    this.#look(path, customer, n, body);
    const delivery = String(request.headers["webhook-id"]);
    const arrived = { webhook: path, n, delivery, status: null as number | null, whole: false, at };
    this.#journal.arrived.push(arrived);
    Object.assign(arrived, await (early ?? this.#answer(customer, request, response)));
  }

  async #answer({ behaves, script }: Customer, request: IncomingMessage, response: ServerResponse): Promise<Said> {
    return (script ?? BEHAVIOURS[behaves])(request, response, this.#random);
  }

  /** It is what was published, and of a type that was subscribed to. */
  #look(path: string, { events }: Customer, n: number, body: Buffer): void {
    const type = this.#journal.published[n]?.type;
    const sent = JSON.parse(body.toString()) as { type: string; data: unknown };
    if (sent.type !== type || !events.includes(sent.type)) {
      this.#journal.wrong.add(`${path}: event ${n} is ${type} and came as ${sent.type}, for ${events.join()}`);
    }
    if (type === EVENT && !isDeepStrictEqual(sent.data, dataOf(n))) {
      this.#journal.wrong.add(`${path}: event ${n} came with ${JSON.stringify(sent.data)}`);
    }
  }

  /** It is sent as its webhook was at the last change that was answered, or by one that was asked for since. */
  #lookAtChanges(path: string, { changes }: Customer, changed: number, at: number): void {
    const passed = changes.slice(changed).filter(({ answeredAt }) => answeredAt < at - ON_ITS_WAY_MS).length;
    if (changed > changes.length || passed > 0) {
      this.#journal.wrong.add(`${path}: a request as it was after ${changed} changes, of ${changes.length}`);
    }
  }

  /** Nobody listens for so long, in milliseconds: connections are refused, but for those that are in use. */
  async refuseFor(ms: number): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    this.#server.close();
    await sleep(ms);
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  #verify(path: string, customer: Customer, { headers }: IncomingMessage, body: Buffer): void {
    const now = Date.now();
    const signedAt = Number(headers["webhook-timestamp"]) * 1000;
    if (this.#recentClocks().every((ahead) => Math.abs(realNow() + ahead - signedAt) > OLD_MS)) {
      this.#journal.wrong.add(`${path}: signed at ${signedAt}, received at ${now}`);
    }
    const fitting = customer.secrets.filter(({ text }) => fits(text, { headers, body }, signedAt));
    if (fitting.length === 0 && !customer.unsure) this.#journal.wrong.add(`${path}: a signature that fits no secret`);
    if (fitting.some(({ until }) => signedAt > until + ON_ITS_WAY_MS)) {
      this.#journal.wrong.add(`${path}: a secret that had ended signed along`);
    }
  }

  /** By how many milliseconds the service's clock is ahead, and was within as long as a signature may be old. */
  #recentClocks(): number[] {
    const clocks = [aheadMs()];
    for (const { at, ms } of this.#journal.jumps.toReversed()) {
      if (at < realNow() - OLD_MS) break;
      clocks.push((clocks.at(-1) ?? 0) - ms);
    }
    return clocks;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

/** Whether all libraries take it for genuine, by a clock that shows when it was signed: its age is looked at apart. */
function fits(secret: string, signed: Parameters<typeof librariesAccepting>[1], signedAt: number): boolean {
  const before = aheadMs();
  setAhead(signedAt - realNow());
  try {
    return librariesAccepting(secret, signed).length === LIBRARIES.length;
  } finally {
    setAhead(before);
  }
}
