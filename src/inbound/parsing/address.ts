import { addressParser } from "postal-mime";
import { wordsInUtf8 } from "./encoded-words.ts";

/** Of one header, in characters. */
const MAX_HEADER = 512 * 1024;
/** Of one header so many are read: one more than is kept (`bounds.ts`), so that what is missing is told. */
export const MAX_MAILBOXES = 5001;

export type Mailbox = { name: string | null; address: string };

/**
 * The mailboxes of a `From`, `To` or `Cc` (RFC 5322, 3.4), those of groups among them, with names decoded.
 * Of a header that is longer than any, those at its beginning: {@link MAX_MAILBOXES} at most.
 */
export function mailboxesOf(header: string | null | undefined): Mailbox[] {
  if (!header) return [];
  return addressParser(wordsInUtf8(beginningOf(header)), { flatten: true })
    .flatMap(({ name, address }) => (address ? [{ name: name === "" ? null : name, address: quoted(address) }] : []))
    .slice(0, MAX_MAILBOXES);
}

/** Characters of a local part without quotes (RFC 5322, 3.2.3; RFC 6532, 3.2). */
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-\\u0080-\\uffff]+";
const DOT_ATOM = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`);

/** An address whose quotes the parser has taken away, with them: without, it may look like several, or like another. */
export function quoted(address: string): string {
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  // Dots that stand together are no atoms either, and are written without quotes by some.
  if (at <= 0 || DOT_ATOM.test(local.replaceAll(/\.+/g, ".").replaceAll(/^\.|\.$/g, ""))) return address;
  if (/^".*"$/s.test(local)) return address;
  return `"${local.replaceAll(/["\\]/g, "\\$&")}"${address.slice(at)}`;
}

/** Whole mailboxes, where none has a comma in its name. */
function beginningOf(header: string): string {
  if (header.length <= MAX_HEADER) return header;
  return header.slice(0, Math.max(0, header.lastIndexOf(",", MAX_HEADER)));
}

export const addressesOf = (header: string | null | undefined): string[] =>
  mailboxesOf(header).map(({ address }) => address);
