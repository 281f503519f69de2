import { fromBase64, hex, utf8 } from "./bytes.ts";
import { isCredential, MASK } from "./mask-header.ts";
import { spellings } from "./spellings.ts";
import { type Unescaped, unescaped } from "./unescaped.ts";

/** What is shorter stands in many a text by chance, and is no secret to speak of. In characters. */
const LEAST = 6;

/** Escapes are this much longer than the byte that they stand for: `\u0041`, `&#x41;`. */
const PER_BYTE = 6;

/** Receivers answer with the same few headers again and again: so many texts, up to so long, are looked through once. */
const REMEMBERED = { texts: 200, length: 100 };

/** Hides secrets in what others wrote: receivers echo what they are sent, and not always as it came. */
export class Redactor {
  readonly #exact: readonly string[];
  /** Those of them that are looked for where a text breaks off. */
  readonly #begun: ReadonlySet<string>;
  /** In lower case. */
  readonly #anyCase: readonly string[];
  /**
   * How long a secret may be where it is repeated, in bytes: who keeps the beginning of a text must have so much more of it,
   * or a secret across its end would be kept in part.
   */
  readonly reach: number;
  readonly #shownBefore = new Map<string, string>();
  readonly #touchedBefore = new Map<string, boolean>();

  /** @param secrets in the clear; those shorter than six characters are not looked for */
  constructor(secrets: Iterable<string>) {
    const long = [...new Set(secrets)].filter(({ length }) => length >= LEAST);
    const all = long.map((text) => ({ text, ...spellings(text) }));
    const distinct = (needles: string[]) => [...new Set(needles)].filter(({ length }) => length >= LEAST);
    this.#exact = distinct(all.flatMap(({ exact }) => exact));
    this.#anyCase = distinct(all.flatMap(({ anyCase }) => anyCase));
    // `Bearer` and `whsec_` are the beginning of many a secret, and no secret: what follows them is looked for by itself.
    const bare = all.filter(({ text }) => !long.some((end) => end !== text && text.endsWith(end)));
    this.#begun = new Set(bare.flatMap(({ exact, anyCase }) => [...exact, ...anyCase]));
    this.reach = PER_BYTE * Math.max(0, ...long.map((secret) => utf8(secret).length));
  }

  /** The text with each secret masked, in whichever spelling. */
  hide(text: string): string {
    return remembered(this.#shownBefore, text, () => this.#shown(text, text.length));
  }

  /**
   * The beginning of a text that may not be whole: it is masked before it is cut.
   * @param bytes what there is of it, {@link reach} more than what is kept if there was so much
   * @param maxBytes so many of them are kept, and what is kept has no more in UTF-8; what is not UTF-8 becomes U+FFFD
   */
  beginning(bytes: Uint8Array, maxBytes: number): string {
    const text = new TextDecoder().decode(bytes);
    // A character that the cut goes through is left out.
    const kept =
      bytes.length > maxBytes ? new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true }) : text;
    return cutToBytes(this.#shown(text, kept.length), maxBytes);
  }

  /** Whether a name has a secret in it, in any case: names of headers are shown in lower case, however they came. */
  touches(name: string): boolean {
    return remembered(this.#touchedBefore, name, () => this.#touches(name));
  }

  #touches(name: string): boolean {
    const needles = [...this.#exact, ...this.#anyCase].map((needle) => needle.toLowerCase());
    return unescaped(name.toLowerCase()).some(({ bytes }) => needles.some((needle) => bytes.includes(needle)));
  }

  #shown(text: string, end: number): string {
    if (this.#exact.length === 0 || text.length < LEAST) return text.slice(0, end);
    const hidden = new Uint8Array(text.length);
    for (const view of unescaped(text)) {
      hideIn(view, this.#exact, this.#begun, hidden);
      hideIn({ ...view, bytes: view.bytes.toLowerCase() }, this.#anyCase, this.#begun, hidden);
    }
    let shown = "";
    for (let at = 0; at < end; ) {
      const masked = hidden[at] === 1;
      const next = hidden.indexOf(masked ? 0 : 1, at);
      const until = next < 0 || next > end ? end : next;
      shown += masked ? MASK : text.slice(at, until);
      at = until;
    }
    return shown;
  }
}

/** What was made of a short text before, or is made of it now. */
function remembered<T>(before: Map<string, T>, text: string, make: () => T): T {
  if (text.length > REMEMBERED.length) return make();
  const known = before.get(text);
  if (known !== undefined) return known;
  const made = make();
  if (before.size >= REMEMBERED.texts) before.clear();
  before.set(text, made);
  return made;
}

/**
 * @param begun the needles of which a beginning counts at the end of the text
 * @param hidden for each unit of the text; those that say a needle are set
 */
function hideIn(
  { bytes, from, to }: Unescaped,
  needles: readonly string[],
  begun: ReadonlySet<string>,
  hidden: Uint8Array,
): void {
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + needle.length)) {
      hidden.fill(1, from[at], to[at + needle.length - 1]);
    }
    // Where the sender broke off within a secret.
    const matched = begun.has(needle) ? overlap(bytes, needle) : 0;
    if (matched >= LEAST) hidden.fill(1, from[bytes.length - matched]);
  }
}

/**
 * How many characters at the end of a text are the beginning of a needle: by its prefix function (Knuth, Morris and Pratt,
 * 1977), linear in the needle's length.
 */
function overlap(text: string, needle: string): number {
  const from = Math.max(0, text.length - needle.length + 1);
  // Almost always: nothing there begins like it, and nothing need be reckoned.
  if (text.indexOf(needle.slice(0, LEAST), from) < 0) return 0;
  const borders = new Uint32Array(needle.length);
  const after = (matched: number, unit: string): number => {
    let length = matched;
    while (length > 0 && needle[length] !== unit) length = borders[length - 1] ?? 0;
    return needle[length] === unit ? length + 1 : 0;
  };
  for (let at = 1, matched = 0; at < needle.length; at++) {
    matched = after(matched, needle.charAt(at));
    borders[at] = matched;
  }
  let matched = 0;
  for (let at = from; at < text.length; at++) matched = after(matched, text.charAt(at));
  return matched;
}

/** A text that has at most so many bytes in UTF-8, no character cut. */
export function cutToBytes(text: string, maxBytes: number): string {
  // No UTF-16 unit takes more than three.
  if (text.length * 3 <= maxBytes) return text;
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(maxBytes)).read);
}

/** The secrets in headers that are credentials: their values, also without the scheme, and what Basic wraps. */
export function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (!isCredential(name, value)) return [];
    const [, scheme = "", bare = ""] = /^(\S+)\s+(\S.*)$/.exec(value) ?? [];
    return [value, bare, ...(scheme.toLowerCase() === "basic" ? basic(bare) : [])];
  });
}

/** RFC 7617: user and password, apart by the first colon. */
function basic(encoded: string): string[] {
  const bytes = fromBase64(encoded);
  if (!bytes) return [];
  const pair = new TextDecoder().decode(bytes);
  return [pair, pair.slice(pair.indexOf(":") + 1)];
}

/**
 * A signing secret, and how else the same may be written: without the prefix by which Standard Webhooks marks one, without
 * the padding of its base64, in the alphabet for URLs; and the bytes that it stands for, in hexadecimal.
 */
export function secretForms(secret: string): string[] {
  const bare = secret.replace(/^whsec_/, "").replace(/={1,2}$/, "");
  const key = secret.startsWith("whsec_") ? fromBase64(bare) : undefined;
  const digits = key ? hex(key) : "";
  return [secret, bare, bare.replaceAll("+", "-").replaceAll("/", "_"), digits, digits.toUpperCase()];
}
