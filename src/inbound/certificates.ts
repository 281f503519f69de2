/** Certificates that signatures are checked by, fetched once per URL. The URL's rules are the provider's to check. */

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
export function fetchCertificate(url: string): Promise<string> {
  const now = Date.now();
  const known = kept.get(url);
  if (known && known.until > now) return known.pem;
  const pem = download(url);
  kept.delete(url);
  const [oldest] = kept.keys();
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(url, { pem, until: now + LIVES_MS });
  // A failure is not remembered.
  pem.catch(() => kept.delete(url));
  return pem;
}

async function download(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.status !== 200) throw new Error(`The certificate was answered with status ${response.status}`);
  const chunks: string[] = [];
  const decoder = new TextDecoder();
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`The certificate has more than ${MAX_BYTES} bytes`);
    chunks.push(decoder.decode(chunk, { stream: true }));
  }
  return chunks.join("") + decoder.decode();
}
