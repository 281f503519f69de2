import { MalformedCallback } from "../provider.ts";
import type { Pair } from "./form.ts";

/** Of one mail, or of one part, in characters. */
const MAX_HEADERS = 512 * 1024;

/**
 * Headers of a mail (RFC 5322, 2.2), in their order; what is folded is unfolded.
 * @throws MalformedCallback for more than 512 KB of them
 */
export function parseHeaders(text: string): Pair[] {
  if (text.length > MAX_HEADERS) throw new MalformedCallback(`It has more than ${MAX_HEADERS} characters of headers.`);
  return text
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/)
    .flatMap((line) => {
      const cut = line.indexOf(":");
      return cut <= 0 ? [] : [[line.slice(0, cut).trim(), line.slice(cut + 1).trim()] as const];
    });
}

/** The first header of a name, in whatever case; null where there is none. */
export const headerOf = (headers: readonly Pair[], name: string): string | null =>
  headers.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1] ?? null;

/**
 * The message ids of a header, as they stand there (RFC 5322, 3.6.4: in brackets). Some mailers leave the brackets out:
 * beside ids that have them, a word counts that has an `@`; without any, every word does.
 */
export function messageIdsOf(header: string | null | undefined): string[] {
  if (!header) return [];
  if (!/<[^<>]+>/.test(header)) return header.split(/\s+/).filter((id) => id !== "");
  const words = header.match(/<[^<>]+>|[^\s<>,;()"]+/g) ?? [];
  return words.filter((word) => word.includes("@") || word.startsWith("<")).map((id) => id.replace(/\s+/g, ""));
}

const BARE_ID = /^[^\s<>@]+@[^\s<>@]+$/;

/** A message id in its one form, in brackets. What is none of RFC 5322, such as a provider's own id, stays as it is. */
export const canonicalId = (id: string): string => (BARE_ID.test(id) ? `<${id}>` : id);

/** A `Content-ID` as HTML refers to it, without brackets. */
export const contentIdOf = (header: string): string => header.trim().replace(/^<(.*)>$/s, "$1");

/** Which messages this one answers. */
export function threadOf(headers: readonly Pair[]): { in_reply_to: string | null; references: string[] } {
  return {
    in_reply_to: messageIdsOf(headerOf(headers, "In-Reply-To"))[0] ?? null,
    references: messageIdsOf(headerOf(headers, "References")),
  };
}
