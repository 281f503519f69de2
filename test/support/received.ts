import type { IncomingHttpHeaders } from "node:http";

/** One request, as it arrived. */
export interface Received {
  /** The path without the query. */
  path: string;
  query: URLSearchParams;
  method: string;
  headers: IncomingHttpHeaders;
  /** Names and values by turns, in the order and spelling of the wire. */
  rawHeaders: string[];
  body: Buffer;
  /** When the body was complete: milliseconds since 1970, with fractions. */
  at: number;
  /** The delivery id that the request carries in its headers, whatever the dialect calls it. */
  delivery: string | undefined;
}
