/**
 * The first bytes of a body, of somebody who might send without end, or something else than he announced: `fetch`
 * unpacks what is packed and keeps the length it had, so only what has come is counted. What had come when it broke off
 * is kept. Never throws.
 * @param maxBytes at most so many are read; the rest is refused
 */
export async function beginningOf(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(maxBytes);
  const reader = response.body?.getReader();
  if (!reader) return bytes.subarray(0, 0);
  let size = 0;
  try {
    while (size < maxBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      const part = value.subarray(0, maxBytes - size);
      bytes.set(part, size);
      size += part.length;
    }
  } catch {
    // The deadline, or the sender hung up: what he said until then is what he said.
  } finally {
    reader.cancel().catch(() => {});
  }
  return bytes.subarray(0, size);
}
