import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** Answers one request with bytes of its own choosing; the connection is its to end, or not. */
export type RawAnswer = (socket: Socket, path: string) => void | Promise<void>;

/** A server below HTTP: it says what no HTTP library would. */
export interface RawReceiver {
  /** Where it listens, without a trailing slash. */
  url: string;
  /** Says how a path answers from now on, whatever stands behind it. */
  on(path: string, answer: RawAnswer): void;
  /** How often each path was asked. */
  asked(path: string): number;
  close(): Promise<void>;
}

const HEAD_ENDS = "\r\n\r\n";
const LENGTH = /^content-length:\s*(\d+)\s*$/im;

/** Starts it on a free port of 127.0.0.1. One request a connection: what follows the first is not read. */
export async function startRawReceiver(): Promise<RawReceiver> {
  const answers = new Map<string, RawAnswer>();
  const asked = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // The sender hangs up on much of this, and is right to.
    socket.on("error", () => socket.destroy());
    let taken = Buffer.alloc(0);
    let answered = false;
    socket.on("data", (chunk: Buffer) => {
      if (answered) return;
      taken = Buffer.concat([taken, chunk]);
      const headEnds = taken.indexOf(HEAD_ENDS);
      if (headEnds < 0) return;
      const head = taken.subarray(0, headEnds).toString("latin1");
      const length = Number(LENGTH.exec(head)?.[1] ?? 0);
      if (taken.length < headEnds + HEAD_ENDS.length + length) return;
      answered = true;
      const [path = ""] = head.split(" ")[1]?.split("?") ?? [];
      asked.set(path, (asked.get(path) ?? 0) + 1);
      const answer = answers.get(path);
      if (!answer) socket.destroy();
      else Promise.resolve(answer(socket, head.split(" ")[1] ?? "")).catch(() => socket.destroy());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    on: (path, answer) => void answers.set(path, answer),
    asked: (path) => asked.get(path) ?? 0,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** Writes as fast as the other side takes it, until `bytes` have left or the other side has gone. */
export async function pour(socket: Socket, bytes: number, chunk: Buffer): Promise<void> {
  const gone = once(socket, "close");
  for (let left = bytes; left > 0 && !socket.destroyed; left -= chunk.length) {
    if (!socket.write(chunk.subarray(0, Math.min(left, chunk.length))))
      await Promise.race([once(socket, "drain"), gone]);
  }
}
