import { MalformedCallback } from "../provider.ts";

/** Form data and queries (`application/x-www-form-urlencoded`) with every value, in the order in which they came. */
export type Pair = readonly [name: string, value: string];

// What stands before the first name is part of it, and signed: a byte order mark, too.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/**
 * Decoded: `+` is a space, `%xx` a byte of UTF-8. What is no valid escape stays as it is.
 * @throws MalformedCallback for more than {@link MAX_FIELDS}
 */
export function parseForm(text: string): Pair[] {
  return rawPairs(text).map(([name, value]) => [decodeComponent(name), decodeComponent(value)] as const);
}

/** Of one form or query. Those that providers send have some hundred at most. */
export const MAX_FIELDS = 10_000;

/** How many `&` a text has, but no more than the bound: not a list of as many parts as somebody likes. */
function fieldsIn(text: string): number {
  let fields = 1;
  for (let at = text.indexOf("&"); at >= 0 && fields <= MAX_FIELDS; at = text.indexOf("&", at + 1)) fields++;
  return fields;
}

/** As {@link parseForm}, still encoded. */
export function rawPairs(text: string): Pair[] {
  if (fieldsIn(text) > MAX_FIELDS) throw new MalformedCallback(`It has more than ${MAX_FIELDS} fields.`);
  return text
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const cut = part.indexOf("=");
      return cut < 0 ? [part, ""] : [part.slice(0, cut), part.slice(cut + 1)];
    });
}

export const formOf = (body: Uint8Array): Pair[] => parseForm(decoder.decode(body));

/** A field's bytes, in whatever charset they are; undefined where there is none of this name. Of several the last. */
export function bytesOfField(body: Uint8Array, name: string): Uint8Array | undefined {
  const value = rawPairs(decoder.decode(body)).findLast(([each]) => decodeComponent(each) === name)?.[1];
  if (value === undefined) return undefined;
  const bytes = new TextEncoder().encode(value.replaceAll("+", " "));
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const pair = bytes[at] === 0x25 ? String.fromCharCode(...bytes.subarray(at + 1, at + 3)) : "";
    const escaped = /^[0-9a-f]{2}$/i.test(pair);
    bytes[length++] = escaped ? Number.parseInt(pair, 16) : (bytes[at] ?? 0);
    if (escaped) at += 2;
  }
  return bytes.subarray(0, length);
}

/** The query of a URL as it stands there, without its question mark. */
export function queryOf(url: string): string {
  const cut = url.indexOf("?");
  if (cut < 0) return "";
  const hash = url.indexOf("#", cut);
  return url.slice(cut + 1, hash < 0 ? undefined : hash);
}

/** The first value of a name. */
export const firstValue = (pairs: readonly Pair[], name: string): string | undefined =>
  pairs.find(([each]) => each === name)?.[1];

/** By name, the last value of each. */
export const lastValues = (pairs: readonly Pair[]): ReadonlyMap<string, string> => new Map(pairs);

function decodeComponent(text: string): string {
  return new URLSearchParams(`x=${text}`).get("x") ?? "";
}

/** Compares as most providers' code does: by UTF-16 code units, which for ASCII is by bytes. */
export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const isForm = (headers: Headers): boolean =>
  /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers.get("content-type") ?? "");
