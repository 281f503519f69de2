import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LIBRARIES, librariesAccepting } from "../support/signatures.ts";
import { BEHAVIOURS, type BehaviourName } from "./behaviours.ts";
import type { Ledger } from "./ledger.ts";

/** What a webhook's customer knows: how to answer, and what may have signed. */
export interface Customer {
  behaves: BehaviourName;
  /** The newest first, and until when each may sign, in milliseconds since 1970. */
  secrets: { text: string; until: number }[];
}

/** What was signed in time has so long to arrive, in milliseconds. */
const ON_ITS_WAY_MS = 2000;

/** All customers' servers: each webhook has a path of its own. */
export class Receivers {
  readonly customers = new Map<string, Customer>();
  readonly #ledger: Ledger;
  readonly #random: () => number;
  readonly #server = createServer((request, response) => {
    // A sender that goes away in the middle is not the receiver's failure.
    this.#take(request, response).catch(() => response.destroy());
  });
  url = "";

  constructor(ledger: Ledger, random: () => number) {
    this.#ledger = ledger;
    this.#random = random;
  }

  async listen(): Promise<void> {
    this.#server.keepAliveTimeout = 0;
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = request.url ?? "";
    const customer = this.customers.get(path);
    if (!customer) {
      this.#ledger.wrong.push(`A request to ${path}, which is nobody's`);
      return void response.writeHead(404).end();
    }
    const fitting = customer.secrets.filter(
      ({ text }) => librariesAccepting(text, { headers: request.headers, body }).length === LIBRARIES.length,
    );
    if (fitting.length === 0) this.#ledger.wrong.push(`${path}: a signature that fits no secret`);
    if (fitting.some(({ until }) => at > until + ON_ITS_WAY_MS)) {
      this.#ledger.wrong.push(`${path}: a secret that had ended signed along`);
    }
    const { data } = JSON.parse(body.toString()) as { data: { n: number } };
    const delivery = String(request.headers["webhook-id"]);
    const arrived = { webhook: path, n: data.n, delivery, status: null as number | null, at };
    this.#ledger.arrived.push(arrived);
    arrived.status = await BEHAVIOURS[customer.behaves](request, response, this.#random);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}
