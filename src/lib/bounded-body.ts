/** Bodies of somebody who might send without end, or something else than he announced: counted as they come. */

/**
 * The whole of a body.
 * @param tooMany what is thrown if it has more bytes than that
 * @throws Error if it breaks off
 */
export async function bytesAtMost(
  body: ReadableStream | null,
  maxBytes: number,
  tooMany: () => Error = () => new Error(`There are more than ${maxBytes} bytes`),
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw tooMany();
    chunks.push(chunk);
  }
  return joined(chunks, size);
}

/**
 * The whole of an answer, as text.
 * @throws Error if it has more bytes than that, or breaks off
 */
export async function textAtMost(response: Response, maxBytes: number): Promise<string> {
  return new TextDecoder().decode(await bytesAtMost(response.body, maxBytes));
}

/**
 * The first bytes of an answer. `fetch` unpacks what is packed and keeps the length it had, so only what has come is
 * counted. What had come when it broke off is kept. Never throws.
 * @param maxBytes at most so many are read; the rest is refused
 */
export async function beginningOf(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = lengthOf(response);
  if (announced === 0 || !response.body) return new Uint8Array();
  const reader = response.body.getReader({ mode: "byob" });
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  let ended = false;
  try {
    while (!ended && size < maxBytes) {
      const { done, value } = await reader.read(new Uint8Array(Math.min(maxBytes - size, announced ?? CHUNK)));
      if (value && value.length > 0) chunks.push(value);
      size += value?.length ?? 0;
      // Its end need not be asked for.
      ended = done || size === announced;
    }
  } catch {
    // The deadline, or the sender hung up: what he said until then is what he said.
  } finally {
    if (!ended) reader.cancel().catch(() => {});
  }
  return joined(chunks, size);
}

/** Bytes that are read at once where nobody has said how many there are. */
const CHUNK = 4096;

/** How long an answer is that comes as it is, in bytes; undefined where that is not known before its end. */
function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get("content-length") ?? "";
  return /^\d{1,9}$/.test(length) && !headers.has("content-encoding") ? Number(length) : undefined;
}

/** @param size of all of them together, in bytes */
export function joined(chunks: readonly Uint8Array<ArrayBuffer>[], size: number): Uint8Array<ArrayBuffer> {
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
