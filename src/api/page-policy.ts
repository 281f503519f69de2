import { base64 } from "../lib/bytes.ts";
import type { AppContext } from "./context.ts";

/** The Content-Security-Policy of what is no page: a browser that shows it all the same runs and loads nothing. */
export const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** The same for a file that strangers have sent, which may be a page of theirs. */
export const FILE_POLICY = `sandbox; ${API_POLICY}`;

/** For the `nonce` attribute of every script and style of a page: one without it does not run. Anew for each request. */
export function nonceOf(c: AppContext): string {
  const known = c.get("nonce");
  if (known !== undefined) return known;
  const nonce = base64(crypto.getRandomValues(new Uint8Array(16)));
  c.set("nonce", nonce);
  return nonce;
}

/**
 * The Content-Security-Policy of a page of ours: what it loads is its own, what it runs bears its nonce.
 * @param framedBy the origins whose pages may show it in a frame
 */
export const pagePolicy = (nonce: string, framedBy: readonly string[] = []): string =>
  policyOf(`'nonce-${nonce}'`, framedBy);

/**
 * The same for a page in which nothing stands that anybody has written, and that is kept: a nonce would be another each
 * time, and could be read in what was kept. It runs this service's own files, and nothing that is written into it.
 */
export const STANDING_PAGE_POLICY = policyOf("'self'", []);

function policyOf(source: string, framedBy: readonly string[]): string {
  return [
    "default-src 'none'",
    `script-src ${source}`,
    `style-src ${source}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${framedBy.length === 0 ? "'none'" : framedBy.join(" ")}`,
  ].join("; ");
}
