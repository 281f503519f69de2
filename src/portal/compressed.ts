import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../api/context.ts";

/** What is shorter gains nothing, in characters. */
const WORTH_IT = 1000;

/**
 * Sends pages compressed. The runtime does it, for whatever bears this header
 * (https://developers.cloudflare.com/workers/runtime-apis/response/, `encodeBody`): a body that is compressed already
 * would be compressed twice.
 */
export const compressed = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  const { headers } = c.res;
  // What says so has seen to it itself.
  if (headers.has("Vary")) return;
  headers.append("Vary", "Accept-Encoding");
  const length = Number(headers.get("Content-Length") ?? WORTH_IT);
  if (/\bgzip\b/.test(c.req.header("Accept-Encoding") ?? "") && length >= WORTH_IT && c.res.body !== null) {
    headers.set("Content-Encoding", "gzip");
    headers.delete("Content-Length");
  }
});
