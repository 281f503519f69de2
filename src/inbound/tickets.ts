import * as z from "zod";
import type { Auto, AutoKind, InboundRecord } from "./provider.ts";

/** How an email is known to belong to a ticket. */

const PLACE = "{ticket}";
const Pattern = z
  .string()
  .max(200)
  .refine((pattern) => pattern.split(PLACE).length === 2, `It must have ${PLACE} in it, once`);

/** Options of sources that emails come to; without them only the thread tells. */
export const TicketOptions = z.object({
  /** Of an address that the mail went to, such as `reply+{ticket}@in.example.com`. */
  ticket_address: Pattern.optional(),
  /** Of a part of the subject, such as `[#{ticket}]`. */
  ticket_subject: Pattern.optional(),
  /** Whether an automatic answer that belongs to a ticket becomes its message. */
  ticket_auto: z.boolean().optional(),
});
export type TicketOptions = z.infer<typeof TicketOptions>;

/**
 * A source's options, parted: those about tickets, and its provider's own.
 * @throws ZodError for patterns that are none: they were checked when they were stored
 */
export function splitOptions(options: unknown): { tickets: TicketOptions; own: Record<string, unknown> } {
  const given = typeof options === "object" && options !== null ? { ...options } : {};
  const own: Record<string, unknown> = { ...given };
  const named: Record<string, unknown> = {};
  for (const name of Object.keys(TicketOptions.shape)) {
    if (own[name] !== undefined) named[name] = own[name];
    delete own[name];
  }
  return { tickets: TicketOptions.parse(named), own };
}

/** What a program has written for whoever wrote to it; people write to lists, and something for many may be a ticket. */
const AUTOMATIC: ReadonlySet<AutoKind> = new Set<AutoKind>([
  "out_of_office",
  "auto_reply",
  "delivery_status",
  "read_receipt",
  "loop",
]);

/** Whether a mail becomes a message of the ticket that it belongs to. */
export const isForTicket = (auto: Auto | null | undefined, { ticket_auto }: TicketOptions): boolean =>
  ticket_auto === true || !auto || !AUTOMATIC.has(auto.kind);

/**
 * What made a mail, where its source is known: what a product has sent for the same source has come back.
 * @param sourceId the source that it came to
 */
export function autoFor({ auto, sent_for }: Pick<InboundRecord, "auto" | "sent_for">, sourceId: string): Auto | null {
  if (!sent_for || sent_for !== sourceId) return auto ?? null;
  return { auto_submitted: null, precedence: null, list: null, ...auto, kind: "loop" };
}

/** Ids that make it into addresses and subjects unharmed. */
const ID = "([A-Za-z0-9][A-Za-z0-9_-]{0,99})";

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function within(pattern: string, anchored: boolean): RegExp {
  const [before = "", after = ""] = pattern.split(PLACE).map(literally);
  const source = before + ID + after;
  return new RegExp(anchored ? `^${source}$` : source, "i");
}

/**
 * The ticket that a mail belongs to: by an address that it went to, else by its subject, else by the thread.
 * Any address that it went to counts, by its headers or by its envelope: behind a forward only one of them may name it. The
 * envelope counts first: a mail to two tickets comes twice.
 * @param known the ticket of an earlier mail, by its `Message-ID`
 */
export function ticketOf(
  mail: Pick<InboundRecord, "to" | "cc" | "envelope" | "delivered_to" | "subject" | "in_reply_to" | "references">,
  options: TicketOptions,
  known: (messageId: string) => string | undefined,
): string | null {
  const { ticket_address: address, ticket_subject: tag } = options;
  if (address !== undefined) {
    const form = within(address, true);
    const went = [mail.envelope?.to ?? [], mail.delivered_to ?? [], mail.to, mail.cc ?? []];
    for (const each of went.flat()) {
      const ticket = form.exec(each)?.[1];
      if (ticket !== undefined) return ticket;
    }
  }
  const tagged = tag === undefined ? undefined : within(tag, false).exec(mail.subject ?? "")?.[1];
  if (tagged !== undefined) return tagged;
  // The nearest ancestor first.
  const thread = [mail.in_reply_to, ...(mail.references ?? []).toReversed()];
  for (const id of thread) {
    // Until mails' ids had one form, those without brackets were remembered without.
    const ticket = id ? (known(id) ?? known(id.replace(/^<(.*)>$/, "$1"))) : undefined;
    if (ticket !== undefined) return ticket;
  }
  return null;
}
