import { joined } from "../../lib/joined.ts";
import { type JsonObject, listIn, objectIn, textAt, without } from "../parsing/json.ts";
import { contentOf, errorOf, idsOf, kindOf } from "../parsing/kinds.ts";
import { locationOf } from "../parsing/location.ts";
import { isOptOut } from "../parsing/opt-out.ts";
import { isoTime } from "../parsing/times.ts";
import { signedUrls } from "../parsing/urls.ts";
import {
  type CallbackRequest,
  type Channel,
  type InboundRecord,
  MalformedCallback,
  type Media,
  type Reported,
  type Status,
  type Verdict,
} from "../provider.ts";
import { isStale } from "../settings.ts";
import { concat, digest, signedByAny } from "../signatures/hmac.ts";

/** Callbacks of Bird's notifications API (app.bird.com). */

/**
 * HMAC-SHA256 over the time, the whole URL, and the SHA-256 of the body as it is, line by line.
 * Source: https://docs.bird.com/api/notifications-api/api-reference/webhooks/verifying-a-webhook
 */
export async function verifyNotification(
  request: CallbackRequest,
  keys: readonly string[],
  callbackUrl: string,
  seconds: number,
  now: number,
): Promise<Verdict> {
  const signature = request.headers.get("messagebird-signature");
  const time = request.headers.get("messagebird-request-timestamp");
  if (!signature || !time) return "missing_signature";
  if (!/^\d+$/.test(time)) return "malformed";
  const bodyHash = await digest("SHA-256", concat(request.body));
  for (const url of signedUrls(request, callbackUrl)) {
    if (await signedByAny("SHA-256", keys, concat(`${time}\n${url}\n`, bodyHash), [signature], "base64")) {
      return isStale(Number(time), now, seconds) ? "stale" : "verified";
    }
  }
  return "bad_signature";
}

const CHANNELS: Readonly<Record<string, Channel>> = { sms: "sms", mms: "sms", whatsapp: "whatsapp", email: "email" };

const STATUSES: Readonly<Record<string, Status>> = {
  accepted: "queued",
  scheduled: "queued",
  processing: "queued",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  undelivered: "failed",
  failed: "failed",
  sending_failed: "failed",
  delivery_failed: "failed",
  expired: "failed",
  rejected: "dropped",
  canceled: "dropped",
  skipped: "dropped",
};

/**
 * Source: https://docs.bird.com/api/notifications-api/api-reference/webhooks and
 * https://docs.bird.com/api/channels-api/api-reference/messaging
 */
export function notificationOf(event: JsonObject): Reported {
  const name = textAt(event.event);
  if (name === null) throw new MalformedCallback("It names no event.");
  const message = objectIn(event.payload);
  const id = textAt(message.id);
  const [kind = "", direction] = name.split(".");
  const channel = Object.hasOwn(CHANNELS, kind) ? CHANNELS[kind] : undefined;
  if (channel && direction === "outbound") return statusOf(event, message, id, channel);
  // Of an email only parts are told.
  if (channel && channel !== "email" && direction === "inbound") return inbound(event, message, id, channel);
  return { type: "ignored", reason: `The event ${name} is none that we know.`, dedup_key: id && joined([id, name]) };
}

/**
 * Two are the same that name one message and one status: the status is the message's
 * (https://docs.bird.com/api/channels-api/api-reference/messaging), whoever of several contacts it is for, so that of
 * several none is named. A message that came is known by its id.
 */
function statusOf(event: JsonObject, message: JsonObject, id: string | null, channel: Channel): Reported {
  const status = textAt(message.status);
  if (id === null || status === null) throw new MalformedCallback("It names no message, or no status.");
  const key = joined([id, status]);
  const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  if (!known) return { type: "ignored", reason: `The status ${status} is none that we know.`, dedup_key: key };
  const [contact, ...others] = listIn(objectIn(message.receiver).contacts);
  return {
    type: "status",
    channel,
    status: known,
    message_id: id,
    recipient: others.length > 0 ? null : textAt(objectIn(contact).identifierValue),
    ...(known === "failed" || known === "dropped" ? errorOf(null, textAt(message.reason)) : {}),
    occurred_at: isoTime(textAt(message.lastStatusAt)),
    dedup_key: key,
    raw: event,
  };
}

/** What other fields of the event have. */
const ELSEWHERE = [
  "id",
  "channelId",
  "sender",
  "receiver",
  "createdAt",
  "updatedAt",
  "lastStatusAt",
  "status",
  "direction",
];

function inbound(event: JsonObject, message: JsonObject, id: string | null, channel: Channel): InboundRecord {
  const sender = objectIn(objectIn(message.sender).contact);
  const connector = objectIn(objectIn(message.receiver).connector);
  const [from, to] = [textAt(sender.identifierValue), textAt(connector.identifierValue)];
  if (id === null || from === null) throw new MalformedCallback("A message has an id and a sender.");
  const body = objectIn(message.body);
  const content = objectIn(body[textAt(body.type) ?? ""]);
  const place = objectIn(content.coordinates);
  const location = locationOf(place.latitude, place.longitude);
  const text = textAt(content.text);
  const name = textAt(objectIn(sender.annotations).name);
  return {
    type: "inbound",
    channel,
    message_id: id,
    from,
    ...(name === null ? {} : { from_name: name }),
    to: to === null ? [] : [to],
    text,
    media: [...listIn(content.images), ...listIn(content.files)].flatMap(mediaOf),
    ...contentOf(kindOf(textAt(body.type)), without(message, ...ELSEWHERE, ...(body.type === "text" ? ["body"] : []))),
    ...idsOf({ channel_id: textAt(message.channelId), contact_id: textAt(sender.id) }),
    ...(location === undefined ? {} : { location }),
    ...(channel === "sms" && isOptOut(text) ? { opt_out: true } : {}),
    occurred_at: isoTime(textAt(message.createdAt)),
    dedup_key: id,
    raw: event,
  };
}

function mediaOf(file: Parameters<typeof objectIn>[0]): Media[] {
  const { mediaUrl, contentType, filename } = objectIn(file);
  const url = textAt(mediaUrl);
  const name = textAt(filename);
  return url === null ? [] : [{ content_type: textAt(contentType), url, ...(name === null ? {} : { filename: name }) }];
}
