import { addressParser } from "postal-mime";

export type Mailbox = { name: string | null; address: string };

/** The mailboxes of a `From`, `To` or `Cc` (RFC 5322, 3.4), those of groups among them, with names decoded. */
export function mailboxesOf(header: string | null | undefined): Mailbox[] {
  if (!header) return [];
  return addressParser(header, { flatten: true }).flatMap(({ name, address }) =>
    address ? [{ name: name === "" ? null : name, address }] : [],
  );
}

export const addressesOf = (header: string | null | undefined): string[] =>
  mailboxesOf(header).map(({ address }) => address);
