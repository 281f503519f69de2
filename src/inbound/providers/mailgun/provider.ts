import * as z from "zod";
import { joined } from "../../../lib/joined.ts";
import type { Json } from "../../../systems/event-type.ts";
import { withReports } from "../../delivery-report.ts";
import { addressesOf, mailboxesOf } from "../../parsing/address.ts";
import { authenticated, dkimOf, resultOf, spamOf } from "../../parsing/authentication.ts";
import { fromNobody, madeBy } from "../../parsing/auto.ts";
import { bytesOfField, formOf, isForm, lastValues, type Pair } from "../../parsing/form.ts";
import { isObject, type JsonObject, jsonIn, jsonOf, listIn, objectIn, textAt } from "../../parsing/json.ts";
import { errorOf } from "../../parsing/kinds.ts";
import { contentIdOf, headerOf, messageIdsOf, threadOf } from "../../parsing/mail-headers.ts";
import { peopleOf } from "../../parsing/mail-people.ts";
import { type Mail, parseMail } from "../../parsing/mime.ts";
import { isMultipart, type Part, parseMultipart, textOfPart } from "../../parsing/multipart.ts";
import { isoOfSeconds } from "../../parsing/times.ts";
import {
  type CallbackRequest,
  defineProvider,
  EMAIL_BODY,
  MalformedCallback,
  type Media,
  type Reported,
  type SenderChecks,
  type Status,
} from "../../provider.ts";
import { isStale, rotating, Secret, tolerance } from "../../settings.ts";
import { signedByAny } from "../../signatures/hmac.ts";
import { guide } from "./guide.ts";

/**
 * A callback is repeated for 8 hours, with the same signature; its token is remembered for as long as the usual
 * tolerance would let it pass.
 */
const DAY_SECONDS = 86_400;

const STATUSES: ReadonlyMap<string | null, Status> = new Map([
  ["accepted", "queued"],
  ["delivered", "delivered"],
  ["rejected", "dropped"],
  ["opened", "opened"],
  ["clicked", "clicked"],
  ["complained", "complained"],
  ["unsubscribed", "unsubscribed"],
]);

/**
 * Mailgun: events as JSON (https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads), and the
 * mails of its routes as a form (…/receive-forward-store/receive-http). The signature, HMAC-SHA256 in hex, covers a
 * timestamp and a token and nothing of what is told (…/webhooks/securing-webhooks): each token is taken once.
 *
 * Two events are the same that have one token, which repetitions keep. Two mails are the same that have one `Message-Id`,
 * which names one version of one message (RFC 5322, 3.6.4), and came for one envelope.
 */
export const mailgun = defineProvider({
  name: "mailgun",
  guide,
  passesOn: false,
  bouncesLater: false,
  maxBody: EMAIL_BODY,
  retriesFor: DAY_SECONDS,
  credentials: z.strictObject({ signing_key: rotating(Secret) }),
  options: z.strictObject({ tolerance: tolerance(DAY_SECONDS) }),
  async verify(request, { credentials, options }, { now, seenBefore }) {
    const read = readOrNull(request);
    if (!read) return "malformed";
    if (read.marks.length === 0) return "missing_signature";
    const mark = await believed(read.marks, credentials.signing_key);
    if (!mark) return "bad_signature";
    const time = /^\d+$/.test(mark.timestamp) ? Number(mark.timestamp) : Number.NaN;
    if (isStale(time, now, options.tolerance)) return "stale";
    return (await seenBefore(mark.token)) ? "replayed" : "verified";
  },
  async normalise(request, { credentials }) {
    const read = readOf(request);
    const mark = (await believed(read.marks, credentials.signing_key)) ?? read.marks[0];
    if (!mark) throw new MalformedCallback("It has no signature");
    return read.kind === "event"
      ? [statusOf(read.event, mark)]
      : withReports([await inboundOf(read, mark, request.body)]);
  },
  // Any other refusal would be repeated for hours.
  refuse: () => ({ status: 406 }),
});

type Mark = { timestamp: string; token: string; signature: string };
type Form = { kind: "form"; fields: ReadonlyMap<string, string>; parts: readonly Part[] };
type Read = { marks: Mark[] } & (Form | { kind: "event"; event: JsonObject });

/** @throws MalformedCallback for what is neither JSON nor a form */
function readOf({ headers, body }: CallbackRequest): Read {
  if (isForm(headers)) {
    const fields = lastValues(formOf(body));
    return { kind: "form", fields, parts: [], marks: markOf(Object.fromEntries(fields)) };
  }
  if (isMultipart(headers)) {
    const parts = parseMultipart(headers.get("content-type"), body);
    const texts = parts.filter(({ filename }) => filename === null);
    const fields = new Map(texts.map((part) => [part.name, textOfPart(part)]));
    return { kind: "form", fields, parts, marks: markOf(Object.fromEntries(fields)) };
  }
  const whole = objectIn(jsonOf(body));
  // Where a subaccount's event comes to its parent, the parent's key has signed the second.
  const marks = [whole.signature, whole["parent-signature"]].flatMap((each) => markOf(objectIn(each)));
  return { kind: "event", event: objectIn(whole["event-data"]), marks };
}

function readOrNull(request: CallbackRequest): Read | null {
  try {
    return readOf(request);
  } catch (error) {
    if (error instanceof MalformedCallback) return null;
    throw error;
  }
}

function markOf(fields: JsonObject): Mark[] {
  const [timestamp, token, signature] = [fields.timestamp, fields.token, fields.signature].map((field) =>
    textAt(field),
  );
  return timestamp && token && signature ? [{ timestamp, token, signature }] : [];
}

async function believed(marks: readonly Mark[], keys: readonly string[]): Promise<Mark | undefined> {
  for (const mark of marks) {
    if (await signedByAny("SHA-256", keys, mark.timestamp + mark.token, [mark.signature], "hex")) return mark;
  }
  return undefined;
}

function statusOf(event: JsonObject, { token: dedup_key }: Mark): Reported {
  const name = textAt(event.event);
  const delivery = objectIn(event["delivery-status"]);
  const failed = name === "failed";
  const status = failed ? failureOf(event, delivery) : STATUSES.get(name);
  if (!status) return { type: "ignored", reason: `No status: ${name ?? "an event without a name"}`, dedup_key };
  const fault = errorOf(
    textAt(delivery.code) ?? textAt(event.reason),
    textAt(delivery.message) ?? textAt(delivery.description) ?? textAt(objectIn(event.reject).reason),
  );
  return {
    type: "status",
    channel: "email",
    status,
    message_id: textAt(objectIn(objectIn(event.message).headers)["message-id"]),
    recipient: textAt(event.recipient),
    ...(status === "bounced" ? { soft: false } : {}),
    ...(failed || status === "dropped" ? fault : {}),
    occurred_at: isoOfSeconds(event.timestamp),
    // The event's own id is unique only within a day.
    dedup_key,
    raw: event,
  };
}

/** A recipient that Mailgun itself holds back was never tried: its codes are from 600 up. */
function failureOf(event: JsonObject, delivery: JsonObject): Status {
  if (event.severity === "temporary") return "deferred";
  const suppressed = textAt(event.reason)?.startsWith("suppress-") || Number(delivery.code) >= 600;
  return suppressed ? "dropped" : "bounced";
}

async function inboundOf({ fields, parts }: Form, mark: Mark, body: Uint8Array): Promise<Reported> {
  const event = fields.get("event");
  // The form that events had until 2018; a route's mail names its sender.
  if (event && !fields.has("sender")) {
    return { type: "ignored", reason: `An event in the old form: ${event}`, dedup_key: mark.token };
  }
  // Where there are its bytes, its text may be in no charset that a field could be.
  const mime =
    parts.findLast(({ name }) => name === "body-mime")?.bytes ??
    (parts.length === 0 ? bytesOfField(body, "body-mime") : undefined);
  const mail = mime === undefined ? parsedMail(fields, parts) : await parseMail(mime, senderChecks);
  const sender = textAt(fields.get("sender"));
  const from = mail.from ?? sender;
  const delivered = addressesOf(fields.get("recipient"));
  const recipients = delivered.length > 0 ? delivered : mail.to;
  const isTold = from !== null || fields.get("sender") === "";
  if (!isTold || recipients.length === 0) throw new MalformedCallback("It has no sender, or no recipient");
  const { "body-mime": _, ...raw } = Object.fromEntries(fields);
  return {
    ...mail,
    type: "inbound",
    channel: "email",
    from,
    to: mail.to.length > 0 ? mail.to : recipients,
    envelope: { from: sender, to: delivered },
    ...(fields.get("sender") === "" ? { auto: fromNobody(mail) } : {}),
    occurred_at: isoOfSeconds(mark.timestamp),
    dedup_key: mail.message_id ? joined([mail.message_id, joined(recipients, ",")]) : mark.token,
    raw,
  };
}

function parsedMail(fields: ReadonlyMap<string, string>, parts: readonly Part[]): Omit<Mail, "occurred_at"> {
  const headers = listIn(jsonIn(fields.get("message-headers"))).flatMap(headerIn);
  const [from] = mailboxesOf(fields.get("from"));
  const media = [...filesOf(fields, parts), ...storedFilesOf(fields)];
  return {
    message_id: messageIdsOf(headerOf(headers, "Message-Id"))[0] ?? null,
    from: from?.address ?? null,
    from_name: from?.name ?? null,
    to: addressesOf(headerOf(headers, "To")),
    cc: addressesOf(headerOf(headers, "Cc")),
    subject: textAt(fields.get("subject")),
    text: textAt(fields.get("body-plain")),
    html: textAt(fields.get("body-html")),
    media,
    ...peopleOf(headers),
    ...madeBy({ headers, subject: fields.get("subject"), files: media, from: from?.address }),
    ...senderChecks(headers),
    ...threadOf(headers),
  };
}

/**
 * Headers that Mailgun adds to what it takes in, such as `X-Mailgun-Spf: Pass`, and `X-Mailgun-Sflag: Yes` where its spam filter
 * is on (https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/spam-filter).
 */
function senderChecks(headers: readonly Pair[]): SenderChecks {
  // Where a sender has written one, too, nobody can tell which of them is Mailgun's.
  const one = (name: string): string | null => {
    const all = new Set(headers.flatMap(([each, value]) => (each.toLowerCase() === name ? [value.trim()] : [])));
    return all.size === 1 ? ([...all][0] ?? null) : null;
  };
  const dkim = dkimOf(resultOf(one("x-mailgun-dkim-check-result")), null);
  return {
    ...authenticated(resultOf(one("x-mailgun-spf")), [dkim]),
    ...spamOf(one("x-mailgun-sflag"), one("x-mailgun-sscore")),
  };
}

function headerIn(pair: Json): Pair[] {
  const [name, value] = listIn(pair);
  return typeof name === "string" && typeof value === "string" ? [[name, value]] : [];
}

function filesOf(fields: ReadonlyMap<string, string>, parts: readonly Part[]): Media[] {
  const idsByName = new Map(
    Object.entries(objectIn(jsonIn(fields.get("content-id-map")))).map(([id, name]) => [textAt(name), id]),
  );
  return parts
    .filter(({ filename }) => filename !== null)
    .map(({ name, filename, contentType, bytes }) => {
      const id = idsByName.get(name);
      return {
        content_type: contentType,
        filename,
        ...(id ? { content_id: contentIdOf(id) } : {}),
        size: bytes.length,
        bytes,
      };
    });
}

/** Those of a mail that a route has stored, where Mailgun gives them out. */
function storedFilesOf(fields: ReadonlyMap<string, string>): Media[] {
  return listIn(jsonIn(fields.get("attachments")))
    .filter(isObject)
    .map(({ url, name, size, "content-type": type }) => ({
      content_type: textAt(type),
      filename: textAt(name),
      ...(typeof url === "string" ? { url } : {}),
      ...(typeof size === "number" ? { size } : {}),
    }));
}
