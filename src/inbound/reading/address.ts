import { addressParser } from "postal-mime";
import { MalformedCallback } from "../provider.ts";

/** Of one header, in characters. */
const MAX_HEADER = 512 * 1024;
/** Of one header. Providers take a thousand recipients at most. */
export const MAX_MAILBOXES = 5000;

export const tooManyMailboxes = (): MalformedCallback =>
  new MalformedCallback(`A header names more than ${MAX_MAILBOXES} mailboxes.`);

export type Mailbox = { name: string | null; address: string };

/**
 * The mailboxes of a `From`, `To` or `Cc` (RFC 5322, 3.4), those of groups among them, with names decoded.
 * @throws MalformedCallback for more than {@link MAX_MAILBOXES}
 */
export function mailboxesOf(header: string | null | undefined): Mailbox[] {
  if (!header) return [];
  if (header.length > MAX_HEADER) throw tooManyMailboxes();
  const all = addressParser(header, { flatten: true }).flatMap(({ name, address }) =>
    address ? [{ name: name === "" ? null : name, address }] : [],
  );
  if (all.length > MAX_MAILBOXES) throw tooManyMailboxes();
  return all;
}

export const addressesOf = (header: string | null | undefined): string[] =>
  mailboxesOf(header).map(({ address }) => address);
