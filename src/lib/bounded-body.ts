/** Bodies of somebody who might send without end, or something else than he announced: counted as they come. */

/**
 * The whole of a body.
 * @throws Error if it has more bytes than that, or breaks off
 */
export async function bytesAtMost(body: ReadableStream | null, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`There are more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return join(chunks, size);
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
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  try {
    while (reader && size < maxBytes) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) break;
      const part = value.subarray(0, maxBytes - size);
      chunks.push(part);
      size += part.length;
    }
  } catch {
    // The deadline, or the sender hung up: what he said until then is what he said.
  } finally {
    if (!ended) reader?.cancel().catch(() => {});
  }
  return join(chunks, size);
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
