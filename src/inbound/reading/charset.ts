const utf8 = new TextDecoder();

/**
 * Bytes as text, by the label of an encoding (https://encoding.spec.whatwg.org/#names-and-labels). Without a label, or
 * with one that nobody knows, they are UTF-8; what does not fit becomes U+FFFD.
 */
export function decodeText(bytes: Uint8Array, label?: string | null): string {
  if (!label) return utf8.decode(bytes);
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return utf8.decode(bytes);
  }
}
