import { Agent, request } from "node:http";
import { now } from "./clock.ts";

/** Where to publish. */
export interface Target {
  /** The full URL that takes the events of a workspace, or of another sender's tenant. */
  url: string;
  headers: Record<string, string>;
  /** Of another sender: its body, to be filled (peers/adapter.ts). */
  template?: string;
}

/** How a request ended. */
export interface Answered {
  /** 0 when no answer came. */
  status: number;
  /** When the answer was complete, in the shared clock. */
  at: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 512, scheduling: "lifo" });

/** Posts JSON and reads the answer to its end. Never throws, retries nothing. */
export function post({ url, headers: own }: Target, body: Buffer): Promise<Answered> {
  return new Promise((resolve) => {
    const headers = {
      ...own,
      "content-type": "application/json",
      "content-length": body.length,
    };
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, at: now() }));
      response.on("error", () => resolve({ status: 0, at: now() }));
    });
    sent.on("error", () => resolve({ status: 0, at: now() }));
    sent.end(body);
  });
}
