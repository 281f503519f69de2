import * as z from "zod";
import { joined } from "../../../lib/joined.ts";
import { refuseVonage, TOKEN_AGE, VONAGE_RETRIES, verifyVonageToken } from "../../families/vonage.ts";
import { type JsonObject, jsonObjectOf, objectIn, textAt, without } from "../../parsing/json.ts";
import { contentOf, errorOf, idsOf, kindOf, optional } from "../../parsing/kinds.ts";
import { locationOf } from "../../parsing/location.ts";
import { isOptOut } from "../../parsing/opt-out.ts";
import { isoTime } from "../../parsing/times.ts";
import {
  type Channel,
  defineProvider,
  type InboundRecord,
  MalformedCallback,
  type Media,
  type Reported,
  type Status,
} from "../../provider.ts";
import { rotating, Secret, tolerance } from "../../settings.ts";
import { guide } from "./guide.ts";

const options = z.strictObject({
  /** How far the token's time of issue may be from now, in seconds. */
  tolerance: tolerance(TOKEN_AGE),
  /** Believe a body that its token does not cover. */
  allow_missing_payload_hash: z.boolean().default(false),
});

/**
 * Text messages and WhatsApp by Vonage's Messages API. Two callbacks are the same of one `message_uuid` and status, or of one
 * `message_uuid` where a message came: a message has one recipient
 * (https://developer.vonage.com/en/messages/concepts/messages-status-callbacks).
 */
export const vonageMessages = defineProvider({
  name: "vonage-messages",
  guide,
  passesOn: false,
  bouncesLater: false,
  retriesFor: VONAGE_RETRIES,
  credentials: z.strictObject({ signature_secret: rotating(Secret) }),
  options,
  verify: (request, source, context) =>
    verifyVonageToken(request, source.credentials.signature_secret, source.options, context),
  normalise: async (request) => [recordOf(jsonObjectOf(request.body))],
  refuse: refuseVonage,
});

const CHANNELS: Readonly<Record<string, Channel>> = { sms: "sms", mms: "sms", whatsapp: "whatsapp" };

const STATUSES: Readonly<Record<string, Status>> = {
  submitted: "sent",
  delivered: "delivered",
  read: "read",
  rejected: "failed",
  undeliverable: "failed",
};

/**
 * Source: https://developer.vonage.com/en/messages/concepts/messages-status-callbacks and
 * https://developer.vonage.com/en/api/messages#inbound-message
 */
function recordOf(event: JsonObject): Reported {
  const id = textAt(event.message_uuid);
  if (id === null) throw new MalformedCallback("It names no message.");
  const status = textAt(event.status);
  const key = status === null ? id : joined([id, status]);
  const name = textAt(event.channel);
  const channel = name !== null && Object.hasOwn(CHANNELS, name) ? CHANNELS[name] : undefined;
  if (!channel) return { type: "ignored", reason: `The channel ${name} is none that we know.`, dedup_key: key };
  if (status === null) return inbound(event, id, channel);
  const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  if (!known) return { type: "ignored", reason: `The status ${status} is none that we know.`, dedup_key: key };
  const error = objectIn(event.error);
  const user = userOf(event, "recipient");
  return {
    type: "status",
    channel,
    status: known,
    message_id: id,
    recipient: textAt(event.to) ?? user,
    ...(user === null ? {} : { recipient_user_id: user }),
    ...errorOf(textAt(error.title), textAt(error.detail)),
    occurred_at: isoTime(textAt(event.timestamp)),
    dedup_key: key,
    raw: event,
  };
}

function inbound(event: JsonObject, id: string, channel: Channel): InboundRecord {
  const user = userOf(event, "sender");
  const [from, to] = [textAt(event.from) ?? user, textAt(event.to)];
  if (from === null || to === null) throw new MalformedCallback("A message has a sender and a recipient.");
  const kind = textAt(event.message_type) ?? "";
  const content = objectIn(event[kind]);
  const media = MEDIA.has(kind) ? mediaOf(content) : [];
  const reaction = kind === "reaction";
  const text =
    textAt(event.text) ??
    textAt(media.length > 0 ? content.caption : reaction ? content.emoji : (content.title ?? content.text));
  const name = textAt(objectIn(event.profile).name) ?? textAt(objectIn(objectIn(event.whatsapp).profile).name);
  const answered = textAt(objectIn(event.context).message_uuid);
  const button = kind === "reply" ? textAt(content.id) : kind === "button" ? textAt(content.payload) : null;
  const location = kind === "location" ? locationOf(content.lat, content.long) : undefined;
  return {
    type: "inbound",
    channel,
    message_id: id,
    from,
    ...(name === null ? {} : { from_name: name }),
    to: [to],
    text,
    media,
    ...(answered === null ? {} : reaction ? { reaction_to: answered } : { in_reply_to: answered }),
    ...(button === null ? {} : { button }),
    ...(location === undefined ? {} : { location }),
    ...(user === null ? {} : { from_user_id: user }),
    ...idsOf({ username: textAt(objectIn(event.profile).username) }),
    ...contentOf(kindOf(kind), without(event, ...ELSEWHERE)),
    ...optional("referral", objectIn(event.whatsapp).referral),
    ...(channel === "sms" && isOptOut(text) ? { opt_out: true } : {}),
    occurred_at: isoTime(textAt(event.timestamp)),
    dedup_key: id,
    raw: event,
  };
}

/**
 * WhatsApp's id of who may hide the number.
 * https://developer.vonage.com/en/messages/guides/handling-whatsapp-usernames-and-bsuids
 */
const userOf = (event: JsonObject, who: "sender" | "recipient"): string | null =>
  textAt(objectIn(objectIn(event.whatsapp)[who]).user_id);

/** What other fields of the event have. */
const ELSEWHERE = ["message_uuid", "from", "to", "channel", "message_type", "text", "timestamp", "profile"];

const MEDIA: ReadonlySet<string> = new Set(["image", "audio", "video", "file", "sticker", "vcard"]);

function mediaOf(content: JsonObject): Media[] {
  const url = textAt(content.url);
  const filename = textAt(content.name);
  return url === null ? [] : [{ content_type: null, url, ...(filename === null ? {} : { filename }) }];
}
