import type { CallbackRequest, Source, Surroundings } from "../../src/inbound/provider.ts";
import { utf8 } from "../../src/lib/bytes.ts";

/** Callbacks of providers, as tests make them. */

export const CALLBACK_URL = "https://hooks.example.com/in/provider/abc";
export const FORM = { "content-type": "application/x-www-form-urlencoded" };
export const JSON_TYPE = { "content-type": "application/json" };

type Given = { method?: string; url?: string; query?: string; headers?: Record<string, string>; body?: string };

/** A POST where there is a body, and else a GET. */
export const callback = ({ method, url = CALLBACK_URL, query, headers = {}, body }: Given): CallbackRequest => ({
  method: method ?? (body === undefined ? "GET" : "POST"),
  url: query === undefined ? url : `${url}?${query}`,
  headers: new Headers(headers),
  body: utf8(body ?? ""),
});

export const sourceWith = (credentials: unknown, options: unknown = {}, callbackUrl = CALLBACK_URL): Source => ({
  credentials,
  options,
  callbackUrl,
});

/**
 * @param now unix seconds
 * @param taken keys of what was taken before; what is asked for is added to it
 */
export const surroundings = (now = 0, taken: Set<string> = new Set()): Surroundings => ({
  now,
  fetchCertificate: async () => {
    throw new Error("There are no certificates here.");
  },
  seenBefore: async (key) => taken.has(key) || !taken.add(key),
});
