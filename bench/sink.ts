import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { offer } from "./peer.ts";

/** A server that reads what it is given, answers 202 and does nothing else, in a process of its own. */

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.statusCode = 202;
    response.end();
  });
});
server.keepAliveTimeout = 0;

const methods = {
  /** @returns where it listens */
  listen: () =>
    new Promise<string>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    }),
};
export type SinkMethods = typeof methods;

offer(methods);
