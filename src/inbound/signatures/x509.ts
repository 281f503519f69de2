import { fromBase64 } from "../../lib/bytes.ts";

/** X.509 certificates (RFC 5280, 4.1), of which WebCrypto reads nothing but the key within. */

const SEQUENCE = 0x30;
/** The version, which a certificate of version 1 leaves out. */
const VERSION = 0xa0;
/** Serial number, signature algorithm, issuer, validity, subject: what stands before the key. */
const BEFORE_KEY = 5;

/** An element of DER: where it starts, where its content does, and where both end. */
type Element = { tag: number; start: number; content: number; end: number };

/**
 * The SubjectPublicKeyInfo of the first certificate in a PEM text, as `importKey` takes it for "spki". Nothing else of
 * the certificate is looked at: neither who has signed it nor until when it is valid.
 * @throws RangeError for what is no certificate, or is cut short
 */
export function publicKeyOf(pem: string): Uint8Array<ArrayBuffer> {
  const armoured = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.[1];
  const der = armoured === undefined ? undefined : fromBase64(armoured);
  if (!der) throw new RangeError("It is no certificate in PEM.");
  const certificate = sequenceAt(der, 0, der.length);
  const signed = sequenceAt(der, certificate.content, certificate.end);
  let at = signed.content;
  const first = elementAt(der, at, signed.end);
  if (first.tag === VERSION) at = first.end;
  for (let passed = 0; passed < BEFORE_KEY; passed++) at = elementAt(der, at, signed.end).end;
  const key = sequenceAt(der, at, signed.end);
  return der.slice(key.start, key.end);
}

function sequenceAt(der: Uint8Array, start: number, limit: number): Element {
  const element = elementAt(der, start, limit);
  if (element.tag !== SEQUENCE) throw new RangeError("There is something else where a sequence should be.");
  return element;
}

/** Definite lengths of up to 3 bytes, which are those that a certificate has (X.690, 8.1.3). */
function elementAt(der: Uint8Array, start: number, limit: number): Element {
  const short = byteAt(der, start + 1, limit);
  const more = short < 0x80 ? 0 : short - 0x80;
  if (short === 0x80 || more > 3) throw new RangeError("A length is written in a way that DER has not.");
  let length = more === 0 ? short : 0;
  for (let index = 0; index < more; index++) length = length * 256 + byteAt(der, start + 2 + index, limit);
  const content = start + 2 + more;
  if (content + length > limit) throw new RangeError("An element ends beyond what it is part of.");
  return { tag: byteAt(der, start, limit), start, content, end: content + length };
}

function byteAt(der: Uint8Array, index: number, limit: number): number {
  const byte = index < limit ? der[index] : undefined;
  if (byte === undefined) throw new RangeError("It ends too early.");
  return byte;
}
