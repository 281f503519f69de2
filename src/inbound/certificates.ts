import { textAtMost } from "../lib/bounded-body.ts";
import { refuseUrl } from "../targets/evaluate.ts";

/** Certificates that signatures are checked by, fetched once per URL. Whose they may be is the provider's to check. */

const MAX_BYTES = 16_384;
const TIMEOUT_MS = 5000;
/** Certificates change once a year; their URL changes with them. */
const LIVES_MS = 24 * 3600 * 1000;
const MAX_KEPT = 50;

type Kept = { pem: Promise<string>; until: number };

/** Isolate-wide. */
const kept = new Map<string, Kept>();

/**
 * @returns PEM text
 * @throws Error where it cannot be had now
 */
export function fetchCertificate(env: Env, url: string): Promise<string> {
  const now = Date.now();
  const known = kept.get(url);
  if (known && known.until > now) return known.pem;
  const pem = download(env, url);
  kept.delete(url);
  const [oldest] = kept.keys();
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(url, { pem, until: now + LIVES_MS });
  // A failure is not remembered.
  pem.catch(() => kept.delete(url));
  return pem;
}

async function download(env: Env, url: string): Promise<string> {
  const refusal = await refuseUrl(env, url);
  if (refusal) throw new Error(refusal.reason);
  const response = await fetch(url, {
    headers: { "accept-encoding": "identity" },
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`The certificate was answered with status ${response.status}`);
  }
  return textAtMost(response, MAX_BYTES);
}
