import * as z from "zod";
import { joined } from "../../../lib/joined.ts";
import type { Json } from "../../../systems/event-type.ts";
import { addressesOf, mailboxesOf } from "../../parsing/address.ts";
import { madeBy } from "../../parsing/auto.ts";
import type { Pair } from "../../parsing/form.ts";
import { isObject, type JsonObject, jsonOf, listIn, objectIn, textAt, textsIn } from "../../parsing/json.ts";
import { errorOf } from "../../parsing/kinds.ts";
import { contentIdOf, headerOf, messageIdsOf, threadOf } from "../../parsing/mail-headers.ts";
import { peopleOf } from "../../parsing/mail-people.ts";
import { isoOfText } from "../../parsing/times.ts";
import { defineProvider, MalformedCallback, type Media, type Reported, type Status } from "../../provider.ts";
import { rotating, tolerance } from "../../settings.ts";
import { misspelt, StandardSecret, standardId, verifyStandardWebhooks } from "../../signatures/standard-webhooks.ts";
import { guide } from "./guide.ts";

/** A callback is repeated after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h, with some to spare. */
const RETRIES_SECONDS = 108_000;
const USUAL_TOLERANCE_SECONDS = 300;

const STATUSES: ReadonlyMap<string | null, Status> = new Map([
  ["email.scheduled", "queued"],
  ["email.sent", "sent"],
  ["email.delivery_delayed", "deferred"],
  ["email.delivered", "delivered"],
  ["email.bounced", "bounced"],
  ["email.complained", "complained"],
  ["email.opened", "opened"],
  ["email.clicked", "clicked"],
  ["email.failed", "failed"],
  ["email.suppressed", "dropped"],
]);

/**
 * Resend (https://resend.com/docs/webhooks/event-types): one event as JSON, signed by Standard Webhooks. Two are the same
 * that have one `svix-id`, which repetitions keep (https://docs.svix.com/receiving/verifying-payloads/how-manual).
 */
export const resend = defineProvider({
  name: "resend",
  guide,
  passesOn: false,
  bouncesLater: false,
  retriesFor: RETRIES_SECONDS,
  credentials: z.strictObject({ signing_secret: rotating(StandardSecret) }),
  options: z.strictObject({ tolerance: tolerance(USUAL_TOLERANCE_SECONDS) }),
  misspelt: ({ signing_secret }) => misspelt("signing_secret", signing_secret),
  verify: (request, { credentials, options }, { now }) =>
    verifyStandardWebhooks(request, credentials.signing_secret, now, options.tolerance),
  async normalise({ headers, body }) {
    const event = jsonOf(body);
    if (!isObject(event)) throw new MalformedCallback("It is no event");
    return [recordOf(event, standardId(headers))];
  },
});

function recordOf(event: JsonObject, id: string | null): Reported {
  const name = textAt(event.type);
  const data = objectIn(event.data);
  const emailId = textAt(data.email_id);
  const dedup_key = id ?? joined([name, emailId, textAt(event.created_at)]);
  if (name === "email.received") return inboundOf(event, data, dedup_key);
  const status = STATUSES.get(name);
  if (!status) return { type: "ignored", reason: `No status: ${name ?? "an event without a name"}`, dedup_key };
  const recipients = textsIn(data.to);
  return {
    type: "status",
    channel: "email",
    status,
    message_id: emailId,
    // An event of several does not tell which it is about.
    recipient: recipients.length === 1 ? (mailboxesOf(recipients[0])[0]?.address ?? null) : null,
    ...(status === "bounced" ? softOf(textAt(objectIn(data.bounce).type)) : {}),
    ...faultOf(data),
    occurred_at: isoOfText(event.created_at),
    dedup_key,
    raw: event,
  };
}

/** Permanent, Transient or Undetermined, which is neither: https://resend.com/docs/dashboard/emails/email-bounces */
const softOf = (type: string | null) =>
  type === "Transient" || type === "Permanent" ? { soft: type === "Transient" } : {};

function faultOf(data: JsonObject) {
  const [bounce, failed, suppressed] = [data.bounce, data.failed, data.suppressed].map(objectIn);
  return errorOf(
    textAt(bounce?.subType) ?? textAt(bounce?.type) ?? textAt(failed?.reason) ?? textAt(suppressed?.type),
    textAt(bounce?.message) ?? textAt(failed?.reason) ?? textAt(suppressed?.message),
  );
}

/** Only what its headers and its envelope say: text and files are fetched by `message_id`. */
function inboundOf(event: JsonObject, data: JsonObject, dedup_key: string): Reported {
  const [from] = mailboxesOf(textAt(data.from));
  const delivered = textsIn(data.received_for).flatMap((each) => addressesOf(each));
  const to = textsIn(data.to).flatMap((each) => addressesOf(each));
  const recipients = to.length > 0 ? to : delivered;
  const headers = headersOf(data.headers);
  const people = peopleOf(headers);
  const media = listIn(data.attachments).filter(isObject).map(mediaOf);
  const replyTo = (Array.isArray(data.reply_to) ? textsIn(data.reply_to) : [textAt(data.reply_to)]).flatMap((each) =>
    addressesOf(each),
  );
  if (!from || recipients.length === 0) throw new MalformedCallback("It has no sender, or no recipient");
  return {
    type: "inbound",
    channel: "email",
    message_id: textAt(data.email_id),
    mail_id: messageIdsOf(textAt(data.message_id))[0] ?? null,
    from: from.address,
    from_name: from.name,
    to: recipients,
    envelope: { from: addressesOf(headerOf(headers, "Return-Path"))[0] ?? null, to: delivered },
    ...people,
    ...madeBy({ headers, subject: textAt(data.subject), files: media, from: from?.address }),
    reply_to: replyTo.length > 0 ? replyTo : people.reply_to,
    ...threadOf(headers),
    cc: textsIn(data.cc).flatMap((each) => mailboxesOf(each).map(({ address }) => address)),
    subject: textAt(data.subject),
    text: null,
    html: null,
    media,
    occurred_at: isoOfText(event.created_at),
    dedup_key,
    raw: event,
  };
}

/** Where they are told: by name, or as a list of names and values. */
const headersOf = (headers: Json | undefined): Pair[] =>
  Array.isArray(headers)
    ? headers.map(objectIn).map(({ name, value }) => [textAt(name) ?? "", textAt(value) ?? ""] as const)
    : Object.entries(objectIn(headers)).map(([name, value]) => [name, textAt(value) ?? ""] as const);

function mediaOf({ id, filename, content_type, content_id, size }: JsonObject): Media {
  const [mediaId, contentId] = [textAt(id), textAt(content_id)];
  return {
    content_type: textAt(content_type),
    filename: textAt(filename),
    ...(mediaId ? { provider_media_id: mediaId } : {}),
    ...(contentId ? { content_id: contentIdOf(contentId) } : {}),
    ...(typeof size === "number" ? { size } : {}),
  };
}
