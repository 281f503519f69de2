import type { InboundRecord } from "../provider.ts";
import { addressesOf } from "./address.ts";
import type { Pair } from "./form.ts";
import { headerOf } from "./mail-headers.ts";

/** Where servers on its way write down whom they deliver a mail to. */
const DELIVERED: ReadonlySet<string> = new Set(["delivered-to", "x-original-to", "envelope-to"]);

/**
 * Whom a mail's headers name beside its author and its recipients.
 * @throws MalformedCallback for a header of more mailboxes than address.ts lets pass
 */
export function peopleOf(
  headers: readonly Pair[],
): Required<Pick<InboundRecord, "reply_to" | "sender" | "delivered_to">> {
  const delivered = headers.filter(([name]) => DELIVERED.has(name.toLowerCase()));
  return {
    reply_to: addressesOf(headerOf(headers, "Reply-To")),
    sender: addressesOf(headerOf(headers, "Sender"))[0] ?? null,
    delivered_to: [...new Set(delivered.flatMap(([, value]) => addressesOf(value).slice(0, 1)))],
  };
}
