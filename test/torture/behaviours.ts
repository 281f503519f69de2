import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** What a receiver has said: null for nothing; and whether it has said it to the end. */
export interface Said {
  status: number | null;
  whole: boolean;
}

/** How receivers misbehave. Each answers one request. */
export type Behaviour = (
  request: IncomingMessage,
  response: ServerResponse,
  random: () => number,
) => Said | Promise<Said>;

export function answer(
  response: ServerResponse,
  status: number,
  body = "",
  headers: Record<string, string> = {},
): Said {
  response.writeHead(status, headers).end(body);
  return { status, whole: true };
}

const NOTHING: Said = { status: null, whole: false };
const broken = (status: number): Said => ({ status, whole: false });

/** Statuses that say yes, no, and things that no receiver should say. */
const STATUSES = [200, 201, 204, 301, 400, 404, 408, 418, 500, 502, 503, 599];
/** What no parser should take, and what one may. */
const MALFORMED = [
  "HTTP/1.1 abc OK\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
  "not HTTP at all\r\n\r\n",
  "HTTP/1.1 200 OK\r\nX-\0: 1\r\n\r\n",
];

/** The one that is asked before the request is read. */
export const ANSWERS_FIRST = "answers before it reads";

export const BEHAVIOURS = {
  "answers well": (_, response) => answer(response, 200, "ok"),
  "takes its time": async (request, response, random) => {
    await sleep(300 + random() * 500);
    return request.socket.destroyed ? NOTHING : answer(response, 200);
  },
  "fails a third": (_, response, random) => answer(response, random() < 1 / 3 ? 500 : 200),
  "fails all": (_, response) => answer(response, 503),
  "answers anything": (_, response, random) =>
    answer(response, STATUSES[Math.floor(random() * STATUSES.length)] ?? 200, "", { location: "/elsewhere" }),
  "asks to wait": (_, response, random) =>
    random() < 0.5 ? answer(response, 200) : answer(response, 429, "", { "retry-after": "1" }),
  resets: (request) => {
    request.socket.resetAndDestroy();
    return NOTHING;
  },
  hangs: () => NOTHING,
  "closes in the middle": (request, response) => {
    response.writeHead(200, { "content-length": "1000" }).write("half of it", () => request.socket.destroy());
    return broken(200);
  },
  drips: (request, response) => {
    response.writeHead(200).flushHeaders();
    const timer = setInterval(() => response.write("."), 100);
    request.socket.on("close", () => clearInterval(timer));
    return broken(200);
  },
  "says that it goes on": (request, response, random) => {
    response.writeProcessing();
    if (random() < 0.5) return answer(response, 200);
    request.socket.destroy();
    return NOTHING;
  },
  "answers at length": (_, response) => answer(response, 200, "x".repeat(100_000), { "x-long": "y".repeat(10_000) }),
  "answers what is no HTTP": (request, _, random) => {
    request.socket.end(MALFORMED[Math.floor(random() * MALFORMED.length)] ?? "");
    return broken(200);
  },
  [ANSWERS_FIRST]: (_, response) => answer(response, 200, "ok"),
  "says that it is gone": (_, response) => answer(response, 410),
} satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof BEHAVIOURS;
export const BEHAVIOUR_NAMES = Object.keys(BEHAVIOURS) as BehaviourName[];
