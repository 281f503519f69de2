import * as z from "zod";
import { fromBase64 } from "../../../lib/bytes.ts";
import { sameText } from "../../../lib/constant-time.ts";
import { joined } from "../../../lib/joined.ts";
import { withReports } from "../../delivery-report.ts";
import { addressesOf } from "../../parsing/address.ts";
import { authenticated, dkimOf, resultOf, spamOf } from "../../parsing/authentication.ts";
import { madeBy } from "../../parsing/auto.ts";
import type { Pair } from "../../parsing/form.ts";
import { isObject, type JsonObject, jsonOf, listIn, objectIn, textAt, without } from "../../parsing/json.ts";
import { errorOf } from "../../parsing/kinds.ts";
import { contentIdOf, headerOf, messageIdsOf, threadOf } from "../../parsing/mail-headers.ts";
import { peopleOf } from "../../parsing/mail-people.ts";
import { isoOfText } from "../../parsing/times.ts";
import {
  defineProvider,
  EMAIL_BODY,
  MalformedCallback,
  type Media,
  type Reported,
  type SenderChecks,
  type Status,
  type StatusRecord,
} from "../../provider.ts";
import { rotating, Secret } from "../../settings.ts";
import { guide } from "./guide.ts";

const HeaderName = z
  .string()
  .max(256)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "It must be the name of a header");
const Username = z
  .string()
  .max(256)
  .regex(/^[^:]+$/, "It must not be empty, nor have a colon in it");

/** The longest that an inbound mail is repeated: ten times, over ten and a half hours. */
const RETRIES_SECONDS = 38_000;

/**
 * Postmark: one event as JSON (https://postmarkapp.com/developer/webhooks/webhooks-overview). There is no signature: the
 * header that Postmark was told to send, or the Basic credentials of its URL, is all the proof.
 */
export const postmark = defineProvider({
  name: "postmark",
  guide,
  passesOn: false,
  bouncesLater: false,
  maxBody: EMAIL_BODY,
  retriesFor: RETRIES_SECONDS,
  signed: false,
  credentials: z.union(
    [
      z.strictObject({ header: HeaderName, value: rotating(Secret) }),
      z.strictObject({ username: Username, password: rotating(Secret) }),
    ],
    "They must be a header and its value, or a username and a password",
  ),
  options: z.strictObject({
    tolerance: z.literal(0, "Postmark signs no time: it can only be 0").default(0),
  }),
  async verify({ headers }, { credentials }) {
    const header = "header" in credentials ? credentials.header : "Authorization";
    const given = headers.get(header);
    if (given === null) return "missing_signature";
    const [shown, expected] =
      "header" in credentials
        ? [given, credentials.value]
        : [basicOf(given), credentials.password.map((password) => `${credentials.username}:${password}`)];
    if (shown === null) return "bad_signature";
    const same = expected.map((each) => sameText(shown, each));
    return same.includes(true) ? "verified" : "bad_signature";
  },
  async normalise({ body }) {
    const event = jsonOf(body);
    if (!isObject(event)) throw new MalformedCallback("It is no event");
    return withReports([recordOf(event)]);
  },
  // After anything else it would come again.
  refuse: () => ({ status: 403 }),
});

/** User and password as they stand in Basic credentials (RFC 7617). */
function basicOf(header: string): string | null {
  const encoded = /^basic +(\S+)$/i.exec(header)?.[1];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  return bytes ? new TextDecoder().decode(bytes) : null;
}

/**
 * What a bounce is, by its `Type` (https://postmarkapp.com/developer/api/bounce-api#bounce-types). Left out are the
 * answers of machines, and what is none of a recipient.
 */
const BOUNCES: ReadonlyMap<string | null, Status> = new Map([
  ["HardBounce", "bounced"],
  ["SoftBounce", "bounced"],
  ["VirusNotification", "bounced"],
  ["Unknown", "bounced"],
  ["Transient", "deferred"],
  ["DnsError", "deferred"],
  ["Unsubscribe", "unsubscribed"],
  ["SpamNotification", "complained"],
  ["SpamComplaint", "complained"],
  ["BadEmailAddress", "dropped"],
  ["ManuallyDeactivated", "dropped"],
  ["Unconfirmed", "dropped"],
  ["Blocked", "dropped"],
  ["DMARCPolicy", "dropped"],
  ["SMTPApiError", "failed"],
  ["TemplateRenderingFailed", "failed"],
]);
const FAULTS: readonly Status[] = ["deferred", "bounced", "dropped", "failed"];

/** Why an address was suppressed, where it was not by its owner's wish. */
const SUPPRESSIONS: ReadonlyMap<string | null, Status> = new Map([
  ["HardBounce", "bounced"],
  ["SpamComplaint", "complained"],
]);

function recordOf(event: JsonObject): Reported {
  const kind = textAt(event.RecordType);
  const type = textAt(event.Type);
  switch (kind) {
    case "Delivery":
      return status(event, "delivered", event.DeliveredAt);
    case "Open":
      return status(event, "opened", event.ReceivedAt);
    case "Click":
      return status(event, "clicked", event.ReceivedAt);
    case "SpamComplaint":
      return status(event, "complained", event.BouncedAt);
    case "Bounce": {
      const bounced = BOUNCES.get(type);
      return bounced
        ? status(event, bounced, event.BouncedAt)
        : ignored(event, `No status: a bounce of the type ${type ?? "unknown"}`);
    }
    case "SubscriptionChange":
      return event.SuppressSending === true
        ? status(event, SUPPRESSIONS.get(textAt(event.SuppressionReason)) ?? "unsubscribed", event.ChangedAt)
        : ignored(event, "No status: mails are sent to this address again");
    case "Inbound":
    case null:
      return inboundOf(event);
    default:
      return ignored(event, `No status: ${kind}`);
  }
}

function status(event: JsonObject, what: Status, time: unknown): StatusRecord {
  return {
    type: "status",
    channel: "email",
    status: what,
    message_id: textAt(event.MessageID),
    recipient: recipientOf(event),
    // Postmark could not classify it.
    ...(what === "bounced" && event.Type !== "Unknown" ? { soft: event.Type === "SoftBounce" } : {}),
    ...(FAULTS.includes(what)
      ? errorOf(
          textAt(event.Type) ?? textAt(event.SuppressionReason),
          textAt(event.Details) ?? textAt(event.Description),
        )
      : {}),
    occurred_at: isoOfText(time),
    dedup_key: keyOf(event),
    raw: event,
  };
}

const ignored = (event: JsonObject, reason: string): Reported => ({
  type: "ignored",
  reason,
  dedup_key: keyOf(event),
});

const recipientOf = (event: JsonObject): string | null => textAt(event.Recipient) ?? textAt(event.Email);

/**
 * Bounces and complaints have ids, of one series: a complaint is a bounce of its own type
 * (https://postmarkapp.com/developer/api/bounce-api#bounce-types). Two other events are the same of one kind, message,
 * recipient and time, and of clicks one link: each link that somebody follows is an event
 * (https://postmarkapp.com/developer/webhooks/click-webhook). A mail is the same that has one `MessageID`, which Postmark
 * gives it (https://postmarkapp.com/developer/webhooks/inbound-webhook).
 */
function keyOf(event: JsonObject): string {
  const { DeliveredAt, ReceivedAt, ChangedAt, BouncedAt } = event;
  const time = textAt(DeliveredAt ?? ReceivedAt ?? ChangedAt ?? BouncedAt);
  const link = event.RecordType === "Click" ? textAt(event.OriginalLink) : null;
  const parts = [textAt(event.RecordType), textAt(event.MessageID), recipientOf(event), time];
  return textAt(event.ID) ?? joined(link === null ? parts : [...parts, link]);
}

function inboundOf(event: JsonObject): Reported {
  const from = objectIn(event.FromFull);
  const address = textAt(from.Email) ?? textAt(event.From);
  const original = textAt(event.OriginalRecipient);
  const shown = emailsIn(event.ToFull);
  const to = shown.length > 0 ? shown : original ? [original] : [];
  const id = textAt(event.MessageID);
  if ((address === null && event.From !== "") || !id || to.length === 0)
    throw new MalformedCallback("It is neither an event nor a mail");
  const attachments = listIn(event.Attachments).filter(isObject);
  const headers = listIn(event.Headers)
    .map(objectIn)
    .map(({ Name, Value }) => [textAt(Name) ?? "", textAt(Value) ?? ""] as const);
  const people = peopleOf(headers);
  const media = attachments.map(mediaOf);
  const replyTo = addressesOf(textAt(event.ReplyTo));
  return {
    type: "inbound",
    channel: "email",
    message_id: id,
    mail_id: messageIdsOf(headerOf(headers, "Message-ID"))[0] ?? null,
    from: address,
    from_name: textAt(from.Name) ?? textAt(event.FromName),
    to,
    envelope: { from: addressesOf(headerOf(headers, "Return-Path"))[0] ?? null, to: original ? [original] : [] },
    ...people,
    ...madeBy({ headers, subject: textAt(event.Subject), files: media, from: address }),
    ...senderChecks(headers),
    reply_to: people.reply_to.length > 0 ? people.reply_to : replyTo,
    cc: emailsIn(event.CcFull),
    subject: textAt(event.Subject),
    text: textAt(event.TextBody),
    html: textAt(event.HtmlBody),
    media,
    ...threadOf(headers),
    occurred_at: isoOfText(event.Date),
    dedup_key: id,
    raw: {
      ...event,
      ...(attachments.length > 0 ? { Attachments: attachments.map((each) => without(each, "Content", "Data")) } : {}),
    },
  };
}

/**
 * Headers that Postmark's SpamAssassin adds (https://postmarkapp.com/developer/user-guide/inbound/parse-an-email), whose tests
 * tell of signatures: https://spamassassin.apache.org/full/4.0.x/doc/Mail_SpamAssassin_Plugin_DKIM.html
 */
function senderChecks(headers: readonly Pair[]): SenderChecks {
  const tests = new Set(headerOf(headers, "X-Spam-Tests")?.split(/[\s,]+/));
  const dkim = tests.has("DKIM_VALID") ? "pass" : tests.has("DKIM_SIGNED") ? "fail" : null;
  const spf = headerOf(headers, "Received-SPF")
    ?.trim()
    .split(/[\s(;]/, 1)[0];
  return {
    ...authenticated(resultOf(spf), [dkimOf(dkim, null)]),
    ...spamOf(headerOf(headers, "X-Spam-Status"), headerOf(headers, "X-Spam-Score")),
  };
}

const emailsIn = (list: JsonObject[string] | undefined): string[] =>
  listIn(list).flatMap((each) => textAt(objectIn(each).Email) ?? []);

function mediaOf(attachment: JsonObject): Media {
  // The documents say `Content`; test payloads have `Data`.
  const bytes = fromBase64(textAt(attachment.Content) ?? textAt(attachment.Data) ?? "");
  const id = textAt(attachment.ContentID);
  return {
    content_type: textAt(attachment.ContentType),
    filename: textAt(attachment.Name),
    ...(id ? { content_id: contentIdOf(id) } : {}),
    ...(bytes ? { size: bytes.length, bytes } : {}),
  };
}
