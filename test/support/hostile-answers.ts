import type { Socket } from "node:net";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { pour, type RawAnswer } from "./raw-receiver.ts";

/** Answers that no honest receiver gives. Each says what must become of it, by HTTP's own rules. */
export interface HostileAnswer {
  name: string;
  answer: RawAnswer;
  /**
   * The status that the log must show: the one that was sent, where a whole head came (RFC 9112, section 8, what follows may
   * be incomplete); null where none did; undefined where the head is one that HTTP leaves to the reader to refuse or repair.
   */
  status: number | null | undefined;
  /** What the kept body must begin with, where the answer says so plainly. */
  begins?: string;
}

const MB = 1_000_000;
const CRLF = "\r\n";

const head = (status: string, ...headers: string[]): string => [`HTTP/1.1 ${status}`, ...headers, "", ""].join(CRLF);

/** Sends a head and a body, and hangs up. */
const say =
  (start: string, body: string | Buffer = ""): RawAnswer =>
  (socket) =>
    void socket.end(Buffer.concat([Buffer.from(start), Buffer.from(body)]));

/** Sends the beginning, and cuts the connection as a crash does. */
const breakOff =
  (start: string): RawAnswer =>
  (socket) =>
    void socket.write(start, () => socket.resetAndDestroy());

const X = Buffer.alloc(16_384, "x");
const CONTROLS = Buffer.alloc(16_384, 1);
const flood =
  (start: string, bytes: number, chunk = X): RawAnswer =>
  async (socket) => {
    socket.write(start);
    await pour(socket, bytes, chunk);
    socket.end();
  };

const sized = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(bytes.length.toString(16) + CRLF), bytes, Buffer.from(CRLF)]);
const LAST_CHUNK = "0\r\n\r\n";
const chunkedFlood =
  (start: string, bytes: number, chunk = X): RawAnswer =>
  async (socket) => {
    socket.write(start);
    const framed = sized(chunk);
    await pour(socket, Math.ceil(bytes / chunk.length) * framed.length, framed);
    socket.end(LAST_CHUNK);
  };

const packed = (encoding: string, bytes: Buffer): RawAnswer =>
  say(head("200 OK", `Content-Encoding: ${encoding}`, `Content-Length: ${bytes.length}`), bytes);
const packedChunks = (encoding: string, bytes: Buffer): RawAnswer =>
  say(
    head("200 OK", `Content-Encoding: ${encoding}`, "Transfer-Encoding: chunked"),
    Buffer.concat([sized(bytes), Buffer.from(LAST_CHUNK)]),
  );

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 24 } };

/** All of them, made anew: some hundred kilobytes that unpack to a gigabyte. */
export function hostileAnswers(): HostileAnswer[] {
  const zeros = Buffer.alloc(250 * MB);
  const gzip = gzipSync(zeros);
  const brotli = brotliCompressSync(zeros, quick);
  const ok = 200;
  return [
    { name: "brotli of 250 MB, its length below 256", answer: packed("br", brotli), status: ok, begins: "\0\0\0" },
    { name: "brotli of 250 MB, chunked", answer: packedChunks("br", brotli), status: ok, begins: "\0\0\0" },
    { name: "gzip of 250 MB", answer: packed("gzip", gzip), status: ok, begins: "\0\0\0" },
    { name: "gzip of 250 MB, chunked", answer: packedChunks("gzip", gzip), status: ok, begins: "\0\0\0" },
    { name: "gzip in gzip", answer: packed("gzip, gzip", gzipSync(gzip)), status: ok },
    { name: "brotli in gzip", answer: packed("br, gzip", gzipSync(brotli)), status: ok },
    { name: "gzip under two headers", answer: packed(`gzip${CRLF}Content-Encoding: br`, gzip), status: ok },
    { name: "deflate of 250 MB", answer: packed("deflate", deflateSync(zeros)), status: ok },
    { name: "gzip that is none", answer: packed("gzip", Buffer.from("plain text")), status: ok },
    { name: "gzip that breaks off", answer: packed("gzip", gzip.subarray(0, 200)), status: ok },
    {
      name: "a length of 2 beside 12 MB of chunks",
      answer: chunkedFlood(head("200 OK", "Content-Length: 2", "Transfer-Encoding: chunked"), 12 * MB),
      status: undefined,
    },
    {
      name: "a length of 2 behind 16 MB of chunks of control characters",
      answer: chunkedFlood(head("200 OK", "Transfer-Encoding: chunked", "Content-Length: 2"), 16 * MB, CONTROLS),
      status: undefined,
    },
    {
      name: "two lengths",
      answer: say(head("200 OK", "Content-Length: 2", "Content-Length: 9"), "four"),
      status: undefined,
    },
    {
      name: "a length that is no number",
      answer: say(head("200 OK", "Content-Length: 1e9"), "body"),
      status: undefined,
    },
    { name: "a length below zero", answer: say(head("200 OK", "Content-Length: -1"), "body"), status: undefined },
    {
      name: "a length of 100 that ends at 50",
      answer: say(head("200 OK", "Content-Length: 100"), "y".repeat(50)),
      status: ok,
      begins: "y".repeat(50),
    },
    {
      name: "a length of 5,000 that ends at 4,000",
      answer: say(head("200 OK", "Content-Length: 5000"), "y".repeat(4000)),
      status: ok,
      begins: "y".repeat(4000),
    },
    {
      name: "chunks without a last one",
      answer: say(head("200 OK", "Transfer-Encoding: chunked"), sized(Buffer.from("some"))),
      status: ok,
      begins: "some",
    },
    {
      name: "a reset in the middle",
      answer: breakOff(`${head("200 OK", "Content-Length: 100")}some`),
      status: undefined,
    },
    {
      name: "a chunk larger than there are numbers",
      answer: say(head("200 OK", "Transfer-Encoding: chunked"), "f".repeat(30) + CRLF),
      status: undefined,
    },
    { name: "16 MB", answer: flood(head("200 OK", `Content-Length: ${16 * MB}`), 16 * MB), status: ok, begins: "xxx" },
    { name: "64 MB", answer: flood(head("200 OK", `Content-Length: ${64 * MB}`), 64 * MB), status: ok, begins: "xxx" },
    { name: "64 MB that only hanging up ends", answer: flood(head("200 OK"), 64 * MB), status: ok, begins: "xxx" },
    {
      name: "64 MB of chunks",
      answer: chunkedFlood(head("200 OK", "Transfer-Encoding: chunked"), 64 * MB),
      status: ok,
      begins: "xxx",
    },
    {
      name: "64 MB of chunks of control characters",
      answer: chunkedFlood(head("200 OK", "Transfer-Encoding: chunked"), 64 * MB, CONTROLS),
      status: ok,
      begins: "\u0001\u0001",
    },
    {
      name: "5,000 bytes that are not UTF-8",
      answer: say(head("200 OK", "Content-Length: 5000"), Buffer.alloc(5000, 255)),
      status: ok,
      begins: "\u{fffd}\u{fffd}",
    },
    {
      name: "headers without end",
      answer: flood(`HTTP/1.1 200 OK${CRLF}`, 64 * MB, Buffer.from(`X-More: ${"h".repeat(1000)}${CRLF}`)),
      status: null,
    },
    { name: "a header of 16 MB", answer: flood(`HTTP/1.1 200 OK${CRLF}X-Long: `, 16 * MB), status: null },
    { name: "a status line of 16 MB", answer: flood("HTTP/1.1 200 ", 16 * MB), status: null },
    {
      name: "1,000 cookies",
      answer: say(
        head("200 OK", "Content-Length: 2", ...Array.from({ length: 1000 }, (_, n) => `Set-Cookie: c${n}=${n}`)),
        "ok",
      ),
      status: ok,
      begins: "ok",
    },
    {
      name: "2,000 headers",
      answer: say(head("200 OK", "Content-Length: 2", ...Array.from({ length: 2000 }, (_, n) => `X-${n}: ${n}`)), "ok"),
      status: ok,
      begins: "ok",
    },
    {
      name: "a patience of 5,000 digits",
      answer: say(head("429 Too Many Requests", "Content-Length: 0", `Retry-After: ${"9".repeat(5000)}`)),
      status: 429,
    },
    {
      name: "10,000 interim answers",
      answer: say("HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000) + head("200 OK", "Content-Length: 2"), "ok"),
      status: undefined,
    },
    { name: "a status that there is not", answer: say(head("999 Odd", "Content-Length: 2"), "ok"), status: undefined },
    { name: "a hang up without a word", answer: (socket: Socket) => void socket.destroy(), status: null },
    { name: "bytes that are no HTTP", answer: flood("", 16 * MB, Buffer.alloc(16_384, 0)), status: null },
  ];
}
