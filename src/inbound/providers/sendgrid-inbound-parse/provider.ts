import * as z from "zod";
import { hex } from "../../../lib/bytes.ts";
import { joined } from "../../../lib/joined.ts";
import { withReports } from "../../delivery-report.ts";
import { addressesOf, mailboxesOf } from "../../parsing/address.ts";
import { authenticated, dkimOf, resultOf, spamOf } from "../../parsing/authentication.ts";
import { fromNobody, madeBy } from "../../parsing/auto.ts";
import type { Pair } from "../../parsing/form.ts";
import { type JsonObject, jsonIn, objectIn, textAt, textsIn } from "../../parsing/json.ts";
import { contentIdOf, headerOf, messageIdsOf, parseHeaders, threadOf } from "../../parsing/mail-headers.ts";
import { peopleOf } from "../../parsing/mail-people.ts";
import { parseMail } from "../../parsing/mime.ts";
import { type Part, parseMultipart, textOfPart } from "../../parsing/multipart.ts";
import { isoOfText } from "../../parsing/times.ts";
import {
  defineProvider,
  EMAIL_BODY,
  type InboundRecord,
  MalformedCallback,
  type Media,
  type SenderChecks,
} from "../../provider.ts";
import { rotating, tolerance } from "../../settings.ts";
import { digest } from "../../signatures/hmac.ts";
import { PublicKey } from "../../signatures/public-key.ts";
import { verifySendgrid } from "../../signatures/sendgrid-signature.ts";
import { guide } from "./guide.ts";

const THREE_DAYS_SECONDS = 259_200;

/**
 * SendGrid's Inbound Parse: one mail as `multipart/form-data`, parsed or, with `send_raw`, as it came
 * (https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook). It is signed
 * only where a security policy is attached to it; without a key here everything is refused, unless unsigned callbacks
 * are allowed.
 *
 * A call has no id. Two mails are the same that have one `Message-ID`, which names one version of one message (RFC 5322,
 * 3.6.4), and came for one envelope; without an id, that are the same bytes.
 */
export const sendgridInboundParse = defineProvider({
  name: "sendgrid-inbound-parse",
  guide,
  passesOn: false,
  bouncesLater: false,
  maxBody: EMAIL_BODY,
  // A mail is queued after a 5xx alone; after a 4xx it is thought to be lost.
  later: 503,
  retriesFor: THREE_DAYS_SECONDS,
  credentials: z.strictObject({ public_key: rotating(PublicKey).optional() }),
  options: z.strictObject({ tolerance: tolerance(0), allow_unsigned: z.boolean().default(false) }),
  async verify(request, { credentials: { public_key: keys }, options }, { now }) {
    if (keys) return verifySendgrid(request, keys, now, options.tolerance);
    return options.allow_unsigned ? "verified" : "missing_signature";
  },
  async normalise({ headers, body }) {
    const parts = parseMultipart(headers.get("content-type"), body);
    const fields = fieldsOf(parts);
    const raw = partNamed(parts, "email");
    const mail = raw ? await parseMail(raw.bytes) : parsedMail(fields, parts);
    const envelope = objectIn(jsonIn(fields.get("envelope")));
    const sender = textAt(envelope.from);
    const from = mail.from ?? mailboxesOf(fields.get("from"))[0]?.address ?? sender;
    const delivered = textsIn(envelope.to);
    const recipients = delivered.length > 0 ? delivered : mail.to;
    const isTold = from !== null || envelope.from === "";
    if (!isTold || recipients.length === 0) throw new MalformedCallback("It has no sender, or no recipient");
    const dedup_key = mail.message_id
      ? joined([mail.message_id, joined(recipients, ",")])
      : hex(await digest("SHA-256", new Uint8Array(body)));
    return withReports([
      {
        ...mail,
        ...senderChecks(fields),
        type: "inbound",
        channel: "email",
        from,
        to: mail.to.length > 0 ? mail.to : recipients,
        envelope: { from: sender, to: [...delivered] },
        ...(envelope.from === "" ? { auto: fromNobody(mail) } : {}),
        dedup_key,
        raw: Object.fromEntries(fields),
      },
    ]);
  },
});

/** `dkim` is such as `{@example.com : pass, @example.org : fail}`, or `none`. */
function senderChecks(fields: ReadonlyMap<string, string>): SenderChecks {
  const signatures = (fields.get("dkim") ?? "")
    .replaceAll(/[{}]/g, "")
    .split(",")
    .map((each) => {
      const [domain, result] = each.includes(":") ? each.split(":") : [null, each];
      return dkimOf(resultOf(result), domain);
    });
  return { ...authenticated(resultOf(fields.get("SPF")), signatures), ...spamOf(null, fields.get("spam_score")) };
}

type ParsedMail = Omit<InboundRecord, "type" | "channel" | "from" | "dedup_key" | "raw"> & { from: string | null };

function parsedMail(fields: ReadonlyMap<string, string>, parts: readonly Part[]): ParsedMail {
  const headers: Pair[] = parseHeaders(fields.get("headers") ?? "");
  const [from] = mailboxesOf(fields.get("from"));
  const media = mediaOf(fields, parts);
  return {
    message_id: messageIdsOf(headerOf(headers, "Message-ID"))[0] ?? null,
    from: from?.address ?? null,
    from_name: from?.name ?? null,
    to: addressesOf(fields.get("to")),
    cc: addressesOf(fields.get("cc")),
    subject: textAt(fields.get("subject")),
    text: textAt(fields.get("text")),
    html: textAt(fields.get("html")),
    media,
    ...peopleOf(headers),
    ...madeBy({ headers, subject: fields.get("subject"), files: media, from: from?.address }),
    ...threadOf(headers),
    occurred_at: isoOfText(headerOf(headers, "Date")),
  };
}

const partNamed = (parts: readonly Part[], name: string): Part | undefined => parts.find((part) => part.name === name);

/** All that is text, each by the charset that the mail had it in. */
function fieldsOf(parts: readonly Part[]): ReadonlyMap<string, string> {
  const told = partNamed(parts, "charsets");
  const charsets = objectIn(jsonIn(told && textOfPart(told)));
  const texts = parts.filter(({ name, filename }) => filename === null && name !== "email");
  // Of two parts of a name the first counts: reversed, it is the last that is set.
  return new Map(texts.reverse().map((part) => [part.name, textOfPart(part, textAt(charsets[part.name]))]));
}

function mediaOf(fields: ReadonlyMap<string, string>, parts: readonly Part[]): Media[] {
  const told = objectIn(jsonIn(fields.get("attachment-info")));
  const idsByName = new Map(
    Object.entries(objectIn(jsonIn(fields.get("content-ids")))).map(([id, name]) => [textAt(name), id]),
  );
  return parts
    .filter(({ filename }) => filename !== null)
    .map((part) => {
      const info: JsonObject = objectIn(told[part.name]);
      const id = textAt(info["content-id"]) ?? idsByName.get(part.name);
      return {
        content_type: textAt(info.type) ?? part.contentType,
        filename: textAt(info.filename) ?? textAt(info.name) ?? part.filename,
        ...(id ? { content_id: contentIdOf(id) } : {}),
        size: part.bytes.length,
        bytes: part.bytes,
      };
    });
}
