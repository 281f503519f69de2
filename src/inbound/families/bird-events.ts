import {
  type Channel,
  type InboundRecord,
  MalformedCallback,
  type Media,
  type MessageKind,
  type Reported,
  type Status,
} from "../provider.ts";
import { contentOf, kindOf, optional } from "../reading/kinds.ts";
import { locationOf } from "../reading/location.ts";
import { isOptOut } from "../reading/opt-out.ts";
import { errorOf, isObject, type JsonObject, objectIn, textIn, textsIn, without } from "../reading/reading.ts";
import { isoTime } from "../reading/times.ts";

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
  const type = textIn(event.type);
  if (type === null) throw new MalformedCallback("It names no event.");
  const [kind = "", what = ""] = type.split(".");
  const data = objectIn(event.data);
  const channel = Object.hasOwn(CHANNELS, kind) ? CHANNELS[kind] : undefined;
  const status = Object.hasOwn(STATUSES, what) ? STATUSES[what] : undefined;
  if (channel && status) return statusOf(event, data, channel, status, key);
  if (channel && (what === "received" || what === "reacted")) return inbound(event, data, channel, what, key);
  return { type: "ignored", reason: `The event ${type} is none that we know.`, dedup_key: key };
}

const idOf = (data: JsonObject) => textIn(data.sms_id) ?? textIn(data.whatsapp_id) ?? textIn(data.email_id);

/** A number or an address; or how WhatsApp calls somebody who hides the number. */
const addressOf = (value: JsonObject[string] | undefined): string | null =>
  textIn(value) ?? textIn(objectIn(value).phone_number) ?? textIn(objectIn(value).bsuid);

function statusOf(event: JsonObject, data: JsonObject, channel: Channel, status: Status, key: string): Reported {
  const error = objectIn(data.error);
  return {
    type: "status",
    channel,
    status,
    message_id: idOf(data),
    recipient: textIn(data.recipient) ?? addressOf(data.to),
    ...(status === "bounced" && data.bounce_type === "soft" ? { soft: true } : {}),
    ...errorOf(
      textIn(error.code) ?? textIn(data.bounce_code) ?? textIn(data.rejection_reason),
      textIn(error.description) ??
        textIn(error.message) ??
        textIn(data.bounce_description) ??
        textIn(data.defer_reason),
    ),
    occurred_at: isoTime(textIn(event.timestamp)),
    dedup_key: key,
    raw: event,
  };
}

function inbound(event: JsonObject, data: JsonObject, channel: Channel, what: string, key: string): InboundRecord {
  const from = addressOf(data.from);
  if (from === null) throw new MalformedCallback("A message has a sender.");
  const name = textIn(objectIn(data.from).display_name);
  const reaction = what === "reacted";
  const reacted = reaction ? textIn(data.whatsapp_id) : null;
  const reply = objectIn(data.interactive_reply);
  const button = textIn(objectIn(reply.button).slug) ?? textIn(objectIn(reply.list).slug);
  const place = objectIn(data.location);
  const location = locationOf(place.latitude, place.longitude);
  const answered = reaction ? null : (textIn(data.in_reply_to_message_id) ?? textIn(data.in_reply_to));
  const text = textOf(data);
  const [user, group] = [textIn(objectIn(data.from).bsuid), textIn(data.group_id)];
  const to = addressOf(data.to);
  return {
    type: "inbound",
    channel,
    message_id: reaction ? null : (textIn(data.message_id) ?? idOf(data) ?? textIn(data.inbound_message_id)),
    from,
    ...(name === null ? {} : { from_name: name }),
    to: Array.isArray(data.to) ? textsIn(data.to) : to === null ? [] : [to],
    ...(channel === "email" ? { subject: textIn(data.subject) } : {}),
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
    occurred_at: isoTime(textIn(event.timestamp)),
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
  if (textIn(objectIn(data.unsupported).type) !== null) return "unsupported";
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
    textIn(data.text) ??
    textIn(objectIn(data.text).body) ??
    textIn(data.emoji) ??
    textIn(objectIn(reply.button).text) ??
    textIn(objectIn(reply.list).text) ??
    MEDIA.map((kind) => textIn(objectIn(data[kind]).caption)).find((caption) => caption !== null) ??
    null
  );
}

function mediaOf(file: JsonObject): Media[] {
  const [url, id, filename] = [textIn(file.url), textIn(file.id), textIn(file.filename)];
  if (url === null && id === null) return [];
  return [
    {
      content_type: textIn(file.mime_type),
      ...(url === null ? {} : { url }),
      ...(id === null ? {} : { provider_media_id: id }),
      ...(filename === null ? {} : { filename }),
    },
  ];
}
