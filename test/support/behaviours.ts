import { once } from "node:events";
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Received } from "./received.ts";

/** Answers one request. */
export type Handler = (request: Received, response: ServerResponse) => void | Promise<void>;

/** Answers at once. */
export function answer(status: number, body: string | Buffer = "", headers: OutgoingHttpHeaders = {}): Handler {
  return (_, response) => {
    response.writeHead(status, headers).end(body);
  };
}

/** Answers the first `n` requests with a failure, and the later ones as `then` says. */
export function failTimes(n: number, status = 500, then: Handler = answer(200)): Handler {
  let left = n;
  const failure = answer(status);
  return (request, response) => (left-- > 0 ? failure : then)(request, response);
}

/** Fails a share `rate` (0 to 1) of the requests. Give a seeded `rng` where a run must repeat. */
export function randomly(rate: number, status = 500, rng = Math.random, then: Handler = answer(200)): Handler {
  const failure = answer(status);
  return (request, response) => (rng() < rate ? failure : then)(request, response);
}

/** Answers as `then` says, `ms` milliseconds later. */
export function delayed(ms: number, then: Handler = answer(200)): Handler {
  return async (request, response) => {
    await sleep(ms);
    await then(request, response);
  };
}

/** Never answers; the connection stays open. */
export function hang(): Handler {
  return () => {};
}

/** Answers 200 at once, and then sends one byte every `intervalMs` milliseconds until the client has enough. */
export function drip(intervalMs: number): Handler {
  return (_, response) => {
    response.writeHead(200).flushHeaders();
    const timer = setInterval(() => response.write("."), intervalMs);
    response.on("close", () => clearInterval(timer));
  };
}

/** Sends the client elsewhere. */
export function redirect(to: string, status = 302): Handler {
  return answer(status, "", { location: to });
}

/**
 * Answers 200 with a body of `bytes` bytes, as fast as the client takes them.
 * @returns the handler, and how many bytes have left this process so far, over all requests (the operating system's
 *   buffers hold up to a few hundred kilobytes that the client never read)
 */
export function huge(bytes: number): Handler & { taken(): number } {
  const chunk = Buffer.alloc(16_384, "x");
  let taken = 0;
  const handler: Handler = async (_, response) => {
    response.writeHead(200, { "content-length": bytes });
    const closed = once(response, "close");
    for (let left = bytes; left > 0 && !response.destroyed; left -= chunk.length) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      const more = response.write(part, (error) => {
        if (!error) taken += part.length;
      });
      if (!more) await Promise.race([once(response, "drain"), closed]);
    }
    response.end();
  };
  return Object.assign(handler, { taken: () => taken });
}

/** A handler that keeps every request open until the test lets go, and what it knows of them. */
export interface Holding {
  handler: Handler;
  /** Requests that are open now. */
  open(): number;
  /** How many were open at once, at the most. */
  most(): number;
  /** Requests that the client ended before they were answered. */
  givenUp(): number;
  /** Answers the request that has been open the longest. @throws Error if none is open */
  letOneGo(how?: Handler): Promise<void>;
  /** Answers what is open, and from now on everything at once. */
  letGo(how?: Handler): Promise<void>;
}

/** Holds requests open. Each ends when the test says so, and not by a clock. */
export function holding(): Holding {
  const held = new Map<ServerResponse, Received>();
  let then: Handler | undefined;
  let most = 0;
  let givenUp = 0;
  async function end(response: ServerResponse, request: Received, how: Handler): Promise<void> {
    held.delete(response);
    await how(request, response);
  }
  return {
    handler(request, response) {
      if (then) return then(request, response);
      held.set(response, request);
      most = Math.max(most, held.size);
      response.on("close", () => {
        if (held.delete(response)) givenUp++;
      });
    },
    open: () => held.size,
    most: () => most,
    givenUp: () => givenUp,
    async letOneGo(how = answer(200)) {
      const [first] = held;
      if (!first) throw new Error("No request is open");
      await end(...first, how);
    },
    async letGo(how = answer(200)) {
      then = how;
      for (const each of [...held]) await end(...each, how);
    },
  };
}
