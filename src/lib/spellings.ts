import { base64, hex, utf8 } from "./bytes.ts";
import { spaceless, unescaped } from "./unescaped.ts";

/** How a text may be written where others repeat it, once escapes and white space are taken away (unescaped.ts). */

/** The characters of its base64 that are the same wherever in a longer text it stands: RFC 4648 packs three bytes in four. */
function inBase64(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((offset) => {
    const behind = new Uint8Array(offset + bytes.length);
    behind.set(bytes, offset);
    // Of six bits each; those at the ends hold bits of what stands beside it, too.
    return base64(behind).slice(Math.ceil((offset * 8) / 6), Math.floor((behind.length * 8) / 6));
  });
}

const forUrls = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_");

/** What is looked for: as it is written, or in either case. */
export type Spellings = { exact: string[]; anyCase: string[] };

/** A text as it is, in base64 (also within a longer text, both alphabets), and in hexadecimal. */
export function spellings(text: string): Spellings {
  const bytes = utf8(text);
  const packed = inBase64(bytes);
  const exact = [
    spaceless(text),
    // A form's (the URL standard, application/x-www-form-urlencoded).
    spaceless(text.replaceAll(" ", "+")),
    // One that looks escaped itself, and is escaped in another way, too. What only begins to look so is not cut for it.
    ...unescaped(text).flatMap(({ bytes, to }) => (to[bytes.length - 1] === text.length ? [bytes] : [])),
    ...packed,
    ...packed.map(forUrls),
  ];
  return { exact: [...new Set(exact)], anyCase: [hex(bytes)] };
}
