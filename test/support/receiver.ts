import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { answer, type Handler } from "./behaviours.ts";
import { NEVER_MS } from "./eventually.ts";
import type { Received } from "./received.ts";

export * from "./behaviours.ts";
export type { Received } from "./received.ts";

/** What is done while waiting: a number of requests, or a condition over all that arrived so far. */
export type Condition = number | ((requests: readonly Received[]) => boolean);

/** A customer's server. */
export interface Receiver {
  /** Where it listens, without a trailing slash. */
  url: string;
  /** Every request so far, oldest first. */
  requests: Received[];
  /** Says how a path answers from now on. A path that nothing was said about answers 200. */
  on(path: string, handler: Handler): void;
  /**
   * Waits until the condition holds, looking again whenever a request arrives.
   * @throws Error, saying what had arrived, once nothing has for {@link NEVER_MS}
   */
  waitFor(condition: Condition): Promise<Received[]>;
  /** Stops listening and cuts every connection: from then on the port refuses. */
  close(): Promise<void>;
}

const DELIVERY_HEADERS = ["webhook-id", "x-webhook-delivery"];

function deliveryOf(headers: IncomingHttpHeaders): string | undefined {
  const value = DELIVERY_HEADERS.map((name) => headers[name]).find((header) => header !== undefined);
  return Array.isArray(value) ? value[0] : value;
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://receiver");
  return {
    path: pathname,
    query: searchParams,
    method: request.method ?? "",
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body: Buffer.concat(chunks),
    at: performance.timeOrigin + performance.now(),
    delivery: deliveryOf(request.headers),
  };
}

function describe(requests: readonly Received[]): string {
  const lines = requests.slice(-10).map((r) => `  ${r.method} ${r.path} ${r.delivery ?? ""} ${r.body.subarray(0, 80)}`);
  return `${requests.length} request(s) had arrived${lines.length ? `, the last of them:\n${lines.join("\n")}` : ""}`;
}

/**
 * Starts an HTTP server on 127.0.0.1 that records what it is sent and answers as it is told.
 * @param port the port to listen on, to come back where an earlier receiver was; a free one unless told
 * @param tls the key and certificate (PEM) of an HTTPS server; HTTP without them
 */
export async function startReceiver({
  port = 0,
  tls,
}: {
  port?: number;
  tls?: { key: string; cert: string };
} = {}): Promise<Receiver> {
  const requests: Received[] = [];
  const handlers = new Map<string, Handler>();
  const watchers = new Set<() => void>();

  async function take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(message);
    requests.push(request);
    const answering = (async () => (handlers.get(request.path) ?? answer(200))(request, response))();
    // Only now: whoever waits may ask what the handler has made of it.
    for (const look of [...watchers]) look();
    await answering;
  }

  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    // A sender that goes away in the middle is not the receiver's failure.
    take(message, response).catch(() => response.destroy());
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  // A connection that the server closed while the client was about to use it again would look like a fault.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    on(path, handler) {
      handlers.set(path, handler);
    },
    waitFor(condition) {
      const holds = () => (typeof condition === "number" ? requests.length >= condition : condition(requests));
      return new Promise((resolve, reject) => {
        const done = () => {
          clearTimeout(timer);
          watchers.delete(look);
        };
        const look = () => {
          try {
            timer.refresh();
            if (!holds()) return;
            resolve(requests);
          } catch (error) {
            reject(error);
          }
          done();
        };
        const timer = setTimeout(() => {
          done();
          const wanted = typeof condition === "number" ? `${condition} request(s)` : "the condition";
          reject(new Error(`Nothing has arrived for ${NEVER_MS} ms, waiting for ${wanted}: ${describe(requests)}`));
        }, NEVER_MS);
        watchers.add(look);
        look();
      });
    },
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
