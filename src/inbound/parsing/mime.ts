import type { Address, Attachment } from "postal-mime";
import type { InboundRecord, Media, SenderChecks } from "../provider.ts";
import { MAX_MAILBOXES, quoted } from "./address.ts";
import { madeBy } from "./auto.ts";
import type { Pair } from "./form.ts";
import { contentIdOf, messageIdsOf } from "./mail-headers.ts";
import { peopleOf } from "./mail-people.ts";
import { parseMime } from "./mime-parser.ts";
import { isoOfText } from "./times.ts";

/** What a mail itself says; who it really went to and came from, only its envelope knows. */
export type Mail = Required<
  Pick<
    InboundRecord,
    | "message_id"
    | "from_name"
    | "to"
    | "cc"
    | "reply_to"
    | "sender"
    | "auto"
    | "delivered_to"
    | "subject"
    | "text"
    | "html"
    | "media"
    | "in_reply_to"
    | "references"
    | "occurred_at"
  >
> & { from: string | null } & Pick<InboundRecord, "sent_for"> &
  SenderChecks;

/**
 * A raw mail (RFC 5322, MIME). Mails within it stay files, so that their words are not taken for this one's. The
 * bytes of a file are exact where it is encoded; of one that stands in lines as it is, the lines end in LF.
 * @param senderChecks reads what the provider says of its sender in headers
 * @throws MalformedCallback for one that has more of something than mail-bounds.ts lets pass
 */
export async function parseMail(
  raw: Uint8Array,
  senderChecks: (headers: readonly Pair[]) => SenderChecks = () => ({}),
): Promise<Mail> {
  const mail = await parseMime(raw);
  const [from] = mailboxes(mail.from ? [mail.from] : []);
  const headers = mail.headers.map(({ key, value }) => [key, value] as const);
  const media = mail.attachments.map(mediaOf);
  return {
    message_id: messageIdsOf(mail.messageId)[0] ?? null,
    from: from?.address ?? null,
    from_name: from?.name || null,
    to: mailboxes(mail.to).map(({ address }) => address),
    cc: mailboxes(mail.cc).map(({ address }) => address),
    ...peopleOf(headers),
    ...madeBy({ headers, subject: mail.subject, files: media, from: from?.address }),
    ...senderChecks(headers),
    subject: mail.subject ?? null,
    text: mail.text ?? null,
    html: mail.html ?? null,
    media,
    in_reply_to: messageIdsOf(mail.inReplyTo)[0] ?? null,
    references: messageIdsOf(mail.references),
    occurred_at: isoOfText(mail.date),
  };
}

function mailboxes(addresses: readonly Address[] = []) {
  return addresses
    .flatMap((each) => each.group ?? [each])
    .flatMap(({ name, address }) => (address ? [{ name, address: quoted(address) }] : []))
    .slice(0, MAX_MAILBOXES);
}

const encoder = new TextEncoder();

function mediaOf({ filename, mimeType, contentId, content }: Attachment): Media {
  const bytes = typeof content === "string" ? encoder.encode(content) : new Uint8Array(content);
  return {
    content_type: mimeType,
    filename,
    ...(contentId ? { content_id: contentIdOf(contentId) } : {}),
    size: bytes.length,
    bytes,
  };
}
