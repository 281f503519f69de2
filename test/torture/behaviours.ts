import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** How receivers misbehave. Each answers one request, and says what it has answered: null for nothing. */
export type Behaviour = (
  request: IncomingMessage,
  response: ServerResponse,
  random: () => number,
) => number | null | Promise<number | null>;

function answer(response: ServerResponse, status: number, body = "", headers: Record<string, string> = {}): number {
  response.writeHead(status, headers).end(body);
  return status;
}

/** Statuses that say yes, no, and things that no receiver should say. */
const STATUSES = [200, 201, 204, 301, 400, 404, 408, 418, 500, 502, 503, 599];

export const BEHAVIOURS = {
  "answers well": (_, response) => answer(response, 200, "ok"),
  "takes its time": async (request, response, random) => {
    await sleep(300 + random() * 500);
    return request.socket.destroyed ? null : answer(response, 200);
  },
  "fails a third": (_, response, random) => answer(response, random() < 1 / 3 ? 500 : 200),
  "answers anything": (_, response, random) =>
    answer(response, STATUSES[Math.floor(random() * STATUSES.length)] ?? 200, "", { location: "/elsewhere" }),
  "asks to wait": (_, response, random) =>
    random() < 0.5 ? answer(response, 200) : answer(response, 429, "", { "retry-after": "1" }),
  resets: (request) => {
    request.socket.resetAndDestroy();
    return null;
  },
  hangs: () => null,
  "closes in the middle": (request, response) => {
    response.writeHead(200, { "content-length": "1000" }).write("half of it", () => request.socket.destroy());
    return 200;
  },
  drips: (request, response) => {
    response.writeHead(200).flushHeaders();
    const timer = setInterval(() => response.write("."), 100);
    request.socket.on("close", () => clearInterval(timer));
    return 200;
  },
  "answers at length": (_, response) => {
    return answer(response, 200, "x".repeat(100_000), { "x-long": "y".repeat(10_000) });
  },
  "says that it is gone": (_, response) => answer(response, 410),
} satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof BEHAVIOURS;
export const BEHAVIOUR_NAMES = Object.keys(BEHAVIOURS) as BehaviourName[];
