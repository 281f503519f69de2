import * as z from "zod";
import { fromBase64, hex, utf8 } from "../../../lib/bytes.ts";
import { joined } from "../../../lib/joined.ts";
import type { Json } from "../../../systems/event-type.ts";
import { withReports } from "../../delivery-report.ts";
import { membersOf } from "../../members.ts";
import { authenticated, dkimOf, resultOf, spamOf } from "../../parsing/authentication.ts";
import { fromNobody, isReport, madeBy } from "../../parsing/auto.ts";
import { byCodeUnits, formOf, lastValues, type Pair, queryOf } from "../../parsing/form.ts";
import { isObject, type JsonObject, jsonOf, listIn, objectIn, textAt, textsIn, without } from "../../parsing/json.ts";
import { errorOf } from "../../parsing/kinds.ts";
import { contentIdOf, headerOf, messageIdsOf, threadOf } from "../../parsing/mail-headers.ts";
import { peopleOf } from "../../parsing/mail-people.ts";
import { parseMail } from "../../parsing/mime.ts";
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
import { rotating, Secret } from "../../settings.ts";
import { digest, signedByAny } from "../../signatures/hmac.ts";
import { guide } from "./guide.ts";

/** How long a callback is repeated is not documented; two days are thought to be enough. */
const RETRIES_SECONDS = 172_800;

const STATUSES: ReadonlyMap<string | null, Status> = new Map([
  ["send", "sent"],
  ["deferral", "deferred"],
  ["delivered", "delivered"],
  ["hard_bounce", "bounced"],
  ["soft_bounce", "bounced"],
  ["reject", "dropped"],
  ["open", "opened"],
  ["click", "clicked"],
  ["spam", "complained"],
  ["unsub", "unsubscribed"],
]);
const FAULTS: readonly Status[] = ["deferred", "bounced", "dropped"];

/**
 * Mandrill: a form with a list of events as JSON in one field
 * (https://mailchimp.com/developer/transactional/docs/webhooks/), signed by HMAC-SHA1 in base64 over the URL as Mandrill
 * was given it and then each field's name and decoded value, sorted by name
 * (…/guides/track-respond-activity-webhooks/#authenticating-webhook-requests).
 */
export const mandrill = defineProvider({
  name: "mandrill",
  guide,
  passesOn: false,
  bouncesLater: false,
  // Mails come with their files, of which base64 within a form makes more.
  maxBody: EMAIL_BODY,
  retriesFor: RETRIES_SECONDS,
  credentials: z.strictObject({ webhook_key: rotating(Secret) }),
  options: z.strictObject({}),
  async verify(request, { credentials, callbackUrl }) {
    const mark = request.headers.get("X-Mandrill-Signature");
    if (!mark) return "missing_signature";
    const fields = [...formOf(request.body)].sort(([a], [b]) => byCodeUnits(a, b));
    const tail = fields.map(([name, value]) => name + value).join("");
    for (const url of urlsOf(request, callbackUrl)) {
      if (await signedByAny("SHA-1", credentials.webhook_key, url + tail, [mark], "base64")) return "verified";
    }
    return "bad_signature";
  },
  // It asks so before the webhook exists, and with it the key to sign by.
  handshake: async ({ method }) => (method === "HEAD" ? { status: 200 } : null),
  async normalise({ body }) {
    const events = lastValues(formOf(body)).get("mandrill_events");
    if (events === undefined) throw new MalformedCallback("It has no mandrill_events");
    const list = jsonOf(events);
    if (!Array.isArray(list)) throw new MalformedCallback("Its mandrill_events is no list");
    if (list.length === 0) return [{ type: "ignored", reason: "It has no events", dedup_key: null }];
    return membersOf("mandrill_events", list, async (event) => withReports([await recordOf(event)]));
  },
});

/** As it was given, alone or with the query that came; and as the runtime shows it. */
function urlsOf({ url }: CallbackRequest, callbackUrl: string): ReadonlySet<string> {
  const query = queryOf(url);
  return new Set([callbackUrl, ...(query === "" ? [] : [`${callbackUrl}?${query}`]), url]);
}

async function recordOf(event: Json): Promise<Reported> {
  if (!isObject(event)) throw new MalformedCallback("It is no event");
  const name = textAt(event.event);
  const message = objectIn(event.msg);
  if (name === "inbound") return inboundOf(event, message);
  const status = STATUSES.get(name);
  // The lists of allowed and denied addresses tell of their changes without a name.
  const kind = name ?? textAt(event.type) ?? "an event without a name";
  if (!status) return { type: "ignored", reason: `No status: ${kind}`, dedup_key: null };
  const id = textAt(message._id) ?? textAt(event._id);
  return {
    type: "status",
    channel: "email",
    status,
    message_id: id,
    recipient: textAt(message.email),
    ...(status === "bounced" ? { soft: name === "soft_bounce" } : {}),
    ...(FAULTS.includes(status) ? faultOf(message) : {}),
    occurred_at: isoOfSeconds(event.ts),
    dedup_key: keyOf(event, id),
    raw: event,
  };
}

/**
 * Two events are the same of one name, message and second, and of clicks one URL: Mandrill gives events no id
 * (https://mailchimp.com/developer/transactional/docs/webhooks/). A message has one recipient, by whose `_id` it is known;
 * a mail is the same that has one `Message-Id` and came for one envelope.
 */
function keyOf(event: JsonObject, id: string | null): string {
  const url = event.event === "click" ? textAt(event.url) : null;
  return joined([textAt(event.event), id, textAt(event.ts), ...(url === null ? [] : [url])]);
}

function faultOf(message: JsonObject) {
  const lastTry = objectIn(listIn(message.smtp_events).at(-1));
  const code = textAt(message.bounce_description) ?? textAt(objectIn(message.reject).reason);
  return errorOf(code, textAt(message.diag) ?? textAt(lastTry.diag));
}

/** By what Mandrill has parsed of it. */
async function inboundOf(event: JsonObject, message: JsonObject): Promise<Reported> {
  const sender = textAt(message.sender);
  const from = textAt(message.from_email) ?? sender;
  const delivered = textsIn(message.email);
  const to = addressesIn(message.to);
  const recipients = delivered.length > 0 ? delivered : to;
  const isTold = from !== null || message.sender === "";
  if (!isTold || recipients.length === 0) throw new MalformedCallback("A mail in it has no sender, or no recipient");
  const headers = headersOf(objectIn(message.headers));
  const [id] = messageIdsOf(headerOf(headers, "Message-Id"));
  const media = [
    ...filesIn(message.attachments).map(([, file]) => mediaOf(file)),
    ...filesIn(message.images).map(([name, file]) => ({ ...mediaOf(file), content_id: contentIdOf(name) })),
  ];
  const parsed = madeBy({ headers, subject: textAt(message.subject), files: media, from });
  const isNobodys = message.sender === "";
  const auto = isNobodys ? fromNobody({ auto: parsed.auto, media }) : parsed.auto;
  const raw = textAt(message.raw_msg);
  // Of what it has taken apart, a report may be left out.
  const hasReport = auto?.kind !== "delivery_status" || raw === null || media.some(isReport);
  const files = hasReport
    ? media
    : await parseMail(utf8(raw)).then(
        (mail) => mail.media,
        // What was taken apart has to do where the whole cannot be read.
        (error: unknown) => {
          if (error instanceof MalformedCallback) return media;
          throw error;
        },
      );
  return {
    type: "inbound",
    channel: "email",
    message_id: id ?? null,
    from,
    from_name: textAt(message.from_name),
    to: to.length > 0 ? to : [...recipients],
    envelope: { from: sender, to: [...delivered] },
    cc: addressesIn(message.cc),
    subject: textAt(message.subject),
    text: textAt(message.text),
    html: textAt(message.html),
    media: files,
    ...peopleOf(headers),
    ...parsed,
    auto,
    ...senderChecks(message),
    ...threadOf(headers),
    occurred_at: isoOfSeconds(event.ts),
    dedup_key: joined([id ?? hex(await digest("SHA-256", JSON.stringify(event))), joined(recipients, ",")]),
    raw: { ...event, msg: withoutContents(message) },
  };
}

/** https://mailchimp.com/developer/transactional/docs/inbound-email/#inbound-events-format */
function senderChecks(message: JsonObject): SenderChecks {
  const { signed, valid } = objectIn(message.dkim);
  const dkim = typeof signed !== "boolean" ? null : !signed ? "none" : valid === true ? "pass" : "fail";
  return {
    ...authenticated(resultOf(textAt(objectIn(message.spf).result)), [dkimOf(dkim, null)]),
    ...spamOf(null, textAt(objectIn(message.spam_report).score)),
  };
}

/** Addresses are pairs with names. */
const addressesIn = (pairs: Json | undefined): string[] =>
  listIn(pairs).flatMap((pair) => textAt(listIn(pair)[0]) ?? []);

const headersOf = (headers: JsonObject): Pair[] =>
  Object.entries(headers).flatMap(([name, values]) => textsIn(values).map((value) => [name, value] as const));

const filesIn = (files: Json | undefined): [string, JsonObject][] =>
  Object.entries(objectIn(files)).map(([name, file]) => [name, objectIn(file)]);

function withoutContents(message: JsonObject): JsonObject {
  const bare = (files: Json | undefined) =>
    Object.fromEntries(filesIn(files).map(([name, file]) => [name, without(file, "content")]));
  return {
    ...without(message, "raw_msg"),
    ...(message.attachments === undefined ? {} : { attachments: bare(message.attachments) }),
    ...(message.images === undefined ? {} : { images: bare(message.images) }),
  };
}

function mediaOf(file: JsonObject): Media {
  const content = typeof file.content === "string" ? file.content : "";
  const type = textAt(file.type);
  // Sometimes not told: then only text stands as it is.
  const encoded = typeof file.base64 === "boolean" ? file.base64 : !type?.startsWith("text/");
  const bytes = (encoded ? fromBase64(content) : undefined) ?? utf8(content);
  return { content_type: type, filename: textAt(file.name), size: bytes.length, bytes };
}
