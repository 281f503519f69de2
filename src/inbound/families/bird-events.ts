import { isObject, type JsonObject, objectIn, textAt, textsIn, without } from "../parsing/json.ts";
import { contentOf, errorOf, kindOf, optional } from "../parsing/kinds.ts";
import { locationOf } from "../parsing/location.ts";
import { isOptOut } from "../parsing/opt-out.ts";
import { isoTime } from "../parsing/times.ts";
import {
  type Channel,
  type InboundRecord,
  MalformedCallback,
  type Media,
  type MessageKind,
  type Reported,
  type Status,
} from "../provider.ts";

/** Events of Bird's API of 2026 (bird.com). Source: the types of the package @messagebird/sdk 0.63.0. */

const CHANNELS: Readonly<Record<string, Channel>> = { sms: "sms", whatsapp: "whatsapp", email: "email" };

const STATUSES: Readonly<Record<string, Status>> = {
  accepted: "queued",
  scheduled: "queued",
  processed: "sent",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  deferred: "deferred",
  undelivered: "failed",
  failed: "failed",
  expired: "failed",
  rejected: "dropped",
  canceled: "dropped",
  bounced: "bounced",
  out_of_band_bounce: "bounced",
  opened: "opened",
  clicked: "clicked",
  complained: "complained",
  unsubscribed: "unsubscribed",
  list_unsubscribed: "unsubscribed",
};

/**
 * @param key the callback's own id, the same for every repetition
 * @throws MalformedCallback for an event without a type, or a message without a sender
 */
export function eventOf(event: JsonObject, key: string): Reported {
  const type = textAt(event.type);
  if (type === null) throw new MalformedCallback("It names no event.");
  const [kind = "", what = ""] = type.split(".");
  const data = objectIn(event.data);
  const channel = Object.hasOwn(CHANNELS, kind) ? CHANNELS[kind] : undefined;
  const status = Object.hasOwn(STATUSES, what) ? STATUSES[what] : undefined;
  if (channel && status) return statusOf(event, data, channel, status, key);
  if (channel && (what === "received" || what === "reacted")) return inbound(event, data, channel, what, key);
  return { type: "ignored", reason: `The event ${type} is none that we know.`, dedup_key: key };
}

const idOf = (data: JsonObject) => textAt(data.sms_id) ?? textAt(data.whatsapp_id) ?? textAt(data.email_id);

/** A number or an address; or how WhatsApp calls somebody who hides the number. */
const addressOf = (value: JsonObject[string] | undefined): string | null =>
  textAt(value) ?? textAt(objectIn(value).phone_number) ?? textAt(objectIn(value).bsuid);

function statusOf(event: JsonObject, data: JsonObject, channel: Channel, status: Status, key: string): Reported {
  const error = objectIn(data.error);
  return {
    type: "status",
    channel,
    status,
    message_id: idOf(data),
    recipient: textAt(data.recipient) ?? addressOf(data.to),
    ...(status === "bounced" && data.bounce_type === "soft" ? { soft: true } : {}),
    ...errorOf(
      textAt(error.code) ?? textAt(data.bounce_code) ?? textAt(data.rejection_reason),
      textAt(error.description) ??
        textAt(error.message) ??
        textAt(data.bounce_description) ??
        textAt(data.defer_reason),
    ),
    occurred_at: isoTime(textAt(event.timestamp)),
    dedup_key: key,
    raw: event,
  };
}

function inbound(event: JsonObject, data: JsonObject, channel: Channel, what: string, key: string): InboundRecord {
  const from = addressOf(data.from);
  if (from === null) throw new MalformedCallback("A message has a sender.");
  const name = textAt(objectIn(data.from).display_name);
  const reaction = what === "reacted";
  const reacted = reaction ? textAt(data.whatsapp_id) : null;
  const reply = objectIn(data.interactive_reply);
  const button = textAt(objectIn(reply.button).slug) ?? textAt(objectIn(reply.list).slug);
  const place = objectIn(data.location);
  const location = locationOf(place.latitude, place.longitude);
  const answered = reaction ? null : (textAt(data.in_reply_to_message_id) ?? textAt(data.in_reply_to));
  const text = textOf(data);
  const [user, group] = [textAt(objectIn(data.from).bsuid), textAt(data.group_id)];
  const to = addressOf(data.to);
  return {
    type: "inbound",
    channel,
    message_id: reaction ? null : (textAt(data.message_id) ?? idOf(data) ?? textAt(data.inbound_message_id)),
    from,
    ...(name === null ? {} : { from_name: name }),
    to: Array.isArray(data.to) ? textsIn(data.to) : to === null ? [] : [to],
    ...(channel === "email" ? { subject: textAt(data.subject) } : {}),
    text,
    media: MEDIA.flatMap((kind) => mediaOf(objectIn(data[kind]))),
    ...(answered === null ? {} : { in_reply_to: answered }),
    ...(button === null ? {} : { button }),
    ...(location === undefined ? {} : { location }),
    ...(reacted === null ? {} : { reaction_to: reacted }),
    ...(channel === "email" ? {} : contentOf(kindIn(data, reaction, text), without(data, ...ELSEWHERE))),
    ...(user === null ? {} : { from_user_id: user }),
    ...(group === null ? {} : { group_id: group }),
    ...optional("referral", data.referral),
    ...(channel === "sms" && isOptOut(text) ? { opt_out: true } : {}),
    occurred_at: isoTime(textAt(event.timestamp)),
    dedup_key: key,
    raw: event,
  };
}

/** What other fields of the event have. */
const ELSEWHERE = [
  ...[
    "sms_id",
    "whatsapp_id",
    "message_id",
    "inbound_message_id",
    "from",
    "to",
    "text",
    "emoji",
    "referral",
    "group_id",
  ],
  ...["in_reply_to_message_id", "in_reply_to"],
];

/** Parts that a message may have, each named as its kind. */
const PARTS = ["location", "contacts", "order", "interactive", "system"];

function kindIn(data: JsonObject, isReaction: boolean, text: string | null): MessageKind {
  if (textAt(objectIn(data.unsupported).type) !== null) return "unsupported";
  if (isReaction) return "reaction";
  if (isObject(data.interactive_reply)) return "interactive";
  const part = [...MEDIA, ...PARTS].find((name) => isObject(data[name]) || Array.isArray(data[name]));
  return part === undefined && text !== null ? "text" : kindOf(part);
}

const MEDIA = ["image", "video", "audio", "sticker", "document"];

/** What was written, under a file too; of a reaction the emoji, null where it was taken back. */
function textOf(data: JsonObject): string | null {
  const reply = objectIn(data.interactive_reply);
  return (
    textAt(data.text) ??
    textAt(objectIn(data.text).body) ??
    textAt(data.emoji) ??
    textAt(objectIn(reply.button).text) ??
    textAt(objectIn(reply.list).text) ??
    MEDIA.map((kind) => textAt(objectIn(data[kind]).caption)).find((caption) => caption !== null) ??
    null
  );
}

function mediaOf(file: JsonObject): Media[] {
  const [url, id, filename] = [textAt(file.url), textAt(file.id), textAt(file.filename)];
  if (url === null && id === null) return [];
  return [
    {
      content_type: textAt(file.mime_type),
      ...(url === null ? {} : { url }),
      ...(id === null ? {} : { provider_media_id: id }),
      ...(filename === null ? {} : { filename }),
    },
  ];
}
