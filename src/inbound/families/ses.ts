import { fromBase64, utf8 } from "../../lib/bytes.ts";
import { joined } from "../../lib/joined.ts";
import type { Json } from "../../systems/event-type.ts";
import { withReports } from "../delivery-report.ts";
import { unreadMember } from "../members.ts";
import { authenticated, dkimOf, spamOf } from "../parsing/authentication.ts";
import { fromNobody, madeBy } from "../parsing/auto.ts";
import type { Pair } from "../parsing/form.ts";
import { at, isObject, type JsonObject, jsonObjectOf, objectsAt, textAt, textsAt } from "../parsing/json.ts";
import { parseMail } from "../parsing/mime.ts";
import { isoOf } from "../parsing/times.ts";
import {
  type AuthenticationResult,
  type InboundRecord,
  MalformedCallback,
  type Reported,
  type SenderChecks,
  type Status,
  type StatusRecord,
} from "../provider.ts";

/**
 * What Amazon SES says of mail that it sends or takes in, as SNS brings it.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
 */

type Kind = {
  status: Status;
  /** The event's own part. */
  part: string;
  /** Whom of the mail's recipients it is about, where that is told: a list in the event's own part. */
  recipients?: string;
  /** It is about one of the mail's recipients, of whom SES does not tell which: of several, none is named. */
  ofOne?: true;
};

const KINDS: Readonly<Record<string, Kind>> = {
  Send: { status: "sent", part: "send" },
  Delivery: { status: "delivered", part: "delivery", recipients: "recipients" },
  Bounce: { status: "bounced", part: "bounce", recipients: "bouncedRecipients" },
  Complaint: { status: "complained", part: "complaint", recipients: "complainedRecipients" },
  Reject: { status: "dropped", part: "reject" },
  Open: { status: "opened", part: "open", ofOne: true },
  Click: { status: "clicked", part: "click", ofOne: true },
  "Rendering Failure": { status: "failed", part: "failure" },
  DeliveryDelay: { status: "deferred", part: "deliveryDelay", recipients: "delayedRecipients" },
  Subscription: { status: "unsubscribed", part: "subscription", ofOne: true },
};

/** What SES sends as plain text when a topic is chosen. */
const VALIDATED = /^Successfully validated SNS topic for Amazon SES/;

/**
 * One record for each recipient. Two are the same that come in one message of SNS, whose repetitions keep its id
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html), and are about one recipient. An event that
 * SES publishes to two topics comes twice, as two messages.
 * @param notificationId SNS's id, the same for every repetition
 * @throws MalformedCallback for what SES has not written
 */
export async function normaliseSes(message: string, notificationId: string): Promise<Reported[]> {
  if (VALIDATED.test(message)) return [{ type: "ignored", reason: "topic validated", dedup_key: notificationId }];
  const event = jsonObjectOf(message);
  const name = textAt(event, "eventType") ?? textAt(event, "notificationType");
  if (name === null) throw new MalformedCallback("It is no event of SES.");
  if (name === "Received") return withReports([await received(event)]);
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (!kind) return [{ type: "ignored", reason: name, dedup_key: notificationId }];
  if (!isObject(at(event, "mail"))) throw new MalformedCallback("It is about no mail.");
  if (name === "Subscription" && !isOptOut(at(event, "subscription", "newTopicPreferences"))) {
    return [{ type: "ignored", reason: "a subscription without an opt-out", dedup_key: notificationId }];
  }
  if (isNotSpam(event)) {
    return [{ type: "ignored", reason: "a recipient says that it is not spam", dedup_key: notificationId }];
  }
  return statuses(event, isSuppressed(event) ? { ...kind, status: "dropped" } : kind, notificationId);
}

/**
 * A report that a mail is no spam, of which SES makes a complaint (RFC 6430, 2).
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
const isNotSpam = (event: JsonObject): boolean =>
  textAt(event, "complaint", "complaintFeedbackType")?.toLowerCase() === "not-spam";

const SUPPRESSED: readonly (string | null)[] = ["Suppressed", "OnAccountSuppressionList"];

/**
 * Whether SES itself has held the mail back, as it calls a bounce or a complaint of an address that it keeps on a list.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-types
 * and https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Complaint.html
 */
const isSuppressed = (event: JsonObject): boolean =>
  textAt(event, "bounce", "bounceType") === "Permanent"
    ? SUPPRESSED.includes(textAt(event, "bounce", "bounceSubType"))
    : textAt(event, "complaint", "complaintSubType") === "OnAccountSuppressionList";

const isOptOut = (preferences: Json | undefined): boolean =>
  at(preferences, "unsubscribeAll") === true ||
  objectsAt(preferences, "topicSubscriptionStatus").some((topic) => topic.subscriptionStatus === "OptOut");

/**
 * More than a mail of SES has recipients (50: https://docs.aws.amazon.com/ses/latest/dg/quotas.html), and more than an event
 * and its part have names. Of each recipient's record both are copied.
 */
const MOST_RECIPIENTS = 1000;
const MOST_NAMES = 200;

function statuses(event: JsonObject, kind: Kind, notificationId: string): Reported[] {
  const part = at(event, kind.part);
  const told = kind.recipients === undefined ? undefined : at(part, kind.recipients);
  const all = textsAt(event, "mail", "destination");
  // What SES has sent, rejected or could not write was so for all of the mail's recipients.
  const whole: readonly Json[] = kind.ofOne && new Set(all).size > 1 ? [] : all;
  const about: readonly Json[] = Array.isArray(told) ? told : whole;
  const names = Object.keys(event).length + (isObject(part) ? Object.keys(part).length : 0);
  const list = kind.recipients === undefined ? "mail.destination" : `${kind.part}.${kind.recipients}`;
  const some = about.slice(0, MOST_RECIPIENTS);
  // The others who bounced are none of this one's business.
  const ownWords = (one: Json): Json =>
    some.length > 0 && Array.isArray(told) && kind.recipients !== undefined && isObject(part)
      ? { ...event, [kind.part]: { ...part, [kind.recipients]: [one] } }
      : event;
  const records = new Map<string | null, StatusRecord>();
  const unread: Reported[] = [];
  for (const [index, one] of some.length > 0 ? some.entries() : [[0, null] as const]) {
    const recipient = typeof one === "string" ? one : textAt(one, "emailAddress");
    if (recipient === null && some.length > 0) {
      unread.push(unreadMember(`${list}[${index}]`, "It names no recipient.", notificationId + JSON.stringify(one)));
      continue;
    }
    const error = errorOf(kind, part, one);
    records.set(recipient, {
      type: "status",
      channel: "email",
      status: kind.status,
      message_id: textAt(event, "mail", "messageId"),
      recipient,
      ...(kind.status === "bounced" ? softOf(textAt(part, "bounceType")) : {}),
      ...(error ? { error } : {}),
      occurred_at: isoOf(at(part, "timestamp")) ?? isoOf(at(event, "mail", "timestamp")),
      dedup_key: recipient === null ? notificationId : joined([notificationId, recipient]),
      ...(names > MOST_NAMES ? { raw: null, truncated: ["raw"] } : { raw: ownWords(one) }),
    });
  }
  if (about.length > some.length) {
    const range = `${list}[${MOST_RECIPIENTS}…${about.length - 1}]`;
    unread.push(
      unreadMember(range, `No event of SES is about more than ${MOST_RECIPIENTS}.`, `${notificationId}|more`),
    );
  }
  return [...records.values(), ...unread];
}

/** Of an `Undetermined` bounce SES knows neither: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Bounce.html */
const softOf = (type: string | null) =>
  type === "Transient" || type === "Permanent" ? { soft: type === "Transient" } : {};

function errorOf(kind: Kind, part: Json | undefined, one: Json) {
  switch (kind.status) {
    case "bounced":
    case "dropped": {
      if (kind.part === "reject") return { code: null, text: textAt(part, "reason") };
      if (kind.part === "complaint") return { code: textAt(part, "complaintSubType"), text: null };
      const types = [textAt(part, "bounceType"), textAt(part, "bounceSubType")].filter((each) => each !== null);
      const text = textAt(one, "diagnosticCode") ?? (types.join(": ") || null);
      return { code: textAt(one, "status") ?? textAt(part, "bounceSubType"), text };
    }
    case "deferred":
      return { code: textAt(one, "status"), text: textAt(one, "diagnosticCode") ?? textAt(part, "delayType") };
    case "failed":
      return { code: null, text: textAt(part, "errorMessage") };
    default:
      return null;
  }
}

/**
 * Two mails are the same that have one id of SES and came for the same recipients by the same way. Each rule with an action
 * notifies by itself, of those recipients that it matched, with the mail (SNS) or with the place where it lies (S3):
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
 */
function keyOf(event: JsonObject, id: string, recipients: readonly string[]): string {
  const isWhole = typeof at(event, "content") === "string";
  const action = at(event, "receipt", "action");
  const way = isWhole ? [] : ["type", "bucketName", "objectKey"].map((name) => textAt(action, name));
  return joined([id, joined(recipients.toSorted(), ","), ...way]);
}

async function received(event: JsonObject): Promise<InboundRecord> {
  const id = textAt(event, "mail", "messageId");
  if (id === null) throw new MalformedCallback("It is a mail without an id.");
  const mail = await mailOf(event);
  // The empty reverse path (RFC 5321, 4.5.5), without or with its brackets.
  const isNobodys = ["", "<>"].some((path) => at(event, "mail", "source") === path);
  const source = isNobodys ? null : textAt(event, "mail", "source");
  const from = mail.from ?? source;
  if (from === null && !isNobodys) throw new MalformedCallback("It is a mail without a sender.");
  // Those that it was delivered for, whatever its headers say.
  const recipients = textsAt(event, "receipt", "recipients");
  const { content: _, ...raw } = event;
  return {
    type: "inbound",
    channel: "email",
    ...mail,
    message_id: mail.message_id ?? id,
    from,
    to:
      mail.to.length > 0 ? mail.to : [...(recipients.length > 0 ? recipients : textsAt(event, "mail", "destination"))],
    envelope: { from: source, to: [...recipients] },
    ...(isNobodys ? { auto: fromNobody(mail) } : {}),
    ...senderChecks(event),
    ...storedAt(event),
    occurred_at: isoOf(at(event, "receipt", "timestamp")) ?? isoOf(at(event, "mail", "timestamp")),
    dedup_key: keyOf(event, id, recipients),
    raw,
  };
}

/**
 * What SES calls a verdict: gray where a domain has no SPF, no DKIM or no DMARC.
 * https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html#receiving-email-notifications-contents-receipt-object
 */
const VERDICTS: ReadonlyMap<string | null, AuthenticationResult> = new Map([
  ["PASS", "pass"],
  ["FAIL", "fail"],
  ["GRAY", "none"],
  ["PROCESSING_FAILED", "temperror"],
]);

function senderChecks(event: JsonObject): SenderChecks {
  const verdict = (name: string) => textAt(event, "receipt", name, "status");
  const result = (name: string) => VERDICTS.get(verdict(name)) ?? null;
  const spam = verdict("spamVerdict");
  return {
    ...authenticated(result("spfVerdict"), [dkimOf(result("dkimVerdict"), null)], result("dmarcVerdict")),
    ...spamOf(spam === "PASS" ? "no" : spam === "FAIL" ? "yes" : null, null),
  };
}

/** https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html#receiving-email-notifications-contents-action-object */
function storedAt(event: JsonObject): Pick<InboundRecord, "stored"> {
  const action = at(event, "receipt", "action");
  const [bucket, key] = [textAt(action, "bucketName"), textAt(action, "objectKey")];
  return bucket === null || key === null ? {} : { stored: { bucket, key } };
}

/** Of the headers that SES lists, those that a mail is known and answered by. */
const HEAD: ReadonlySet<string> = new Set([
  "to",
  "reply-to",
  "sender",
  "date",
  "in-reply-to",
  "references",
  "delivered-to",
  "x-original-to",
  "envelope-to",
]);

/** What the mail says; what SES says of its headers, where the mail itself lies in S3 and not in the notification. */
async function mailOf(event: JsonObject) {
  const content = at(event, "content");
  if (typeof content === "string") {
    const isBase64 = textAt(event, "receipt", "action", "encoding")?.toUpperCase() === "BASE64";
    const bytes = isBase64 ? fromBase64(content) : utf8(content);
    if (!bytes) throw new MalformedCallback("Its mail is no base64.");
    return parseMail(bytes);
  }
  const headers = at(event, "mail", "commonHeaders");
  const lines = [
    `From: ${textsAt(headers, "from").join(", ")}`,
    `Cc: ${textsAt(headers, "cc").join(", ")}`,
    `Subject: ${textAt(headers, "subject") ?? ""}`,
    `Message-ID: ${textAt(headers, "messageId") ?? ""}`,
  ];
  const listed = new Set<string>();
  for (const header of objectsAt(event, "mail", "headers")) {
    const name = textAt(header, "name");
    if (name === null || !HEAD.has(name.toLowerCase())) continue;
    listed.add(name.toLowerCase());
    lines.push(`${name}: ${textAt(header, "value") ?? ""}`);
  }
  // Of headers beyond 10 KB that list has only the first.
  const sender = textAt(headers, "sender");
  const date = textAt(headers, "date");
  for (const [name, values] of [
    ["To", textsAt(headers, "to")],
    ["Reply-To", textsAt(headers, "replyTo")],
    ["Sender", sender === null ? textsAt(headers, "sender") : [sender]],
    ["Date", date === null ? [] : [date]],
  ] as const) {
    if (!listed.has(name.toLowerCase()) && values.length > 0) lines.push(`${name}: ${values.join(", ")}`);
  }
  const unfolded = lines.map((line) => line.replaceAll(/[\r\n]+/g, " "));
  const mail = await parseMail(utf8(`${unfolded.join("\r\n")}\r\n\r\n`));
  const all = objectsAt(event, "mail", "headers").map((header): Pair => {
    return [textAt(header, "name") ?? "", textAt(header, "value") ?? ""];
  });
  return {
    ...mail,
    ...madeBy({ headers: all, subject: mail.subject, files: [], from: mail.from }),
    text: null,
    html: null,
    unsupported: true,
    ...cutShort(event),
  };
}

/** SES lists headers of 10 KB: https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html#receiving-email-notifications-contents-mail-object */
const cutShort = (event: JsonObject): Pick<InboundRecord, "truncated"> =>
  at(event, "mail", "headersTruncated") === true
    ? { truncated: ["auto", "delivered_to", "in_reply_to", "references"] }
    : {};
