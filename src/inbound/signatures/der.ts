const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * An ECDSA signature as WebCrypto wants it, r and s one after the other (IEEE P1363), from its DER form (RFC 3279,
 * 2.2.3: a SEQUENCE of two INTEGERs). Undefined for what is not exactly that: DER (X.690, 10.1 and 8.3.2) has one form
 * only for each signature, so longer lengths, needless zeros, negative numbers and bytes behind the end are refused.
 * @param size bytes of each of r and s: 32 for P-256. Up to 60, for the whole must fit a length of one byte.
 */
export function rawFromDer(der: Uint8Array, size = 32): Uint8Array<ArrayBuffer> | undefined {
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2 || der[1] >= 0x80) return undefined;
  const r = integerAt(der, 2, size);
  const s = r && integerAt(der, r.end, size);
  if (!s || s.end !== der.length) return undefined;
  const raw = new Uint8Array(2 * size);
  raw.set(r.value, size - r.value.length);
  raw.set(s.value, 2 * size - s.value.length);
  return raw;
}

/** The number that begins there, without its leading zero. */
function integerAt(der: Uint8Array, at: number, size: number): { value: Uint8Array; end: number } | undefined {
  const length = der[at + 1];
  if (der[at] !== INTEGER || length === undefined || length === 0 || length >= 0x80) return undefined;
  const start = at + 2;
  const end = start + length;
  const [first = 0, second = 0] = der.subarray(start, end);
  const needlessZero = length > 1 && first === 0 && second < 0x80;
  if (end > der.length || first >= 0x80 || needlessZero) return undefined;
  const value = der.subarray(first === 0 ? start + 1 : start, end);
  return value.length <= size ? { value, end } : undefined;
}
