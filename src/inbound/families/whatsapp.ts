import { joined } from "../../lib/joined.ts";
import type { Json } from "../../systems/event-type.ts";
import { memberOf, membersOf, unreadMember } from "../members.ts";
import { at, isObject, type JsonObject, objectsAt, textAt, without } from "../parsing/json.ts";
import { contentOf, idsOf, kindOf, optional } from "../parsing/kinds.ts";
import { isoOf } from "../parsing/times.ts";
import {
  type IgnoredRecord,
  type InboundRecord,
  MalformedCallback,
  type Media,
  type Reported,
  type Status,
  type StatusRecord,
} from "../provider.ts";

/**
 * What WhatsApp's Cloud API calls back, and those who pass it on in the same form.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
 */

/** How the one who passes it on differs from Meta. */
export type Variant = {
  /** The id by which the message was sent. */
  statusId(status: JsonObject): string | null;
};

const STATUSES: Readonly<Record<string, Status>> = {
  enqueued: "queued",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  // A voice message was listened to.
  played: "read",
  failed: "failed",
};

const MEDIA = ["image", "video", "audio", "voice", "document", "sticker"] as const;

/**
 * One record for each status, message and preference of each change of each entry; one that makes no sense is named.
 * @throws MalformedCallback for what is no callback of the Graph API
 */
export async function normaliseWhatsApp(callback: JsonObject, variant: Variant): Promise<Reported[]> {
  const entries = at(callback, "entry");
  if (!Array.isArray(entries)) throw new MalformedCallback("It has no entries.");
  if (at(callback, "object") !== "whatsapp_business_account") {
    return [ignored(`about ${textAt(callback, "object") ?? "nothing that it names"}, not WhatsApp`)];
  }
  const records = await membersOf("entry", entries, (entry, member) => {
    if (!isObject(entry)) throw new MalformedCallback("It is no entry.");
    return each(entry, "changes", member, (change, path) => recordsOf(change, path, variant));
  });
  return records.length > 0 ? records : [ignored("nothing in it")];
}

/** What each object of a list says. */
function each(
  holder: Json | undefined,
  name: string,
  path: string,
  read: (item: JsonObject, path: string) => readonly Reported[],
): Reported[] {
  const list = at(holder, name) ?? [];
  const member = `${path}.${name}`;
  if (!Array.isArray(list)) return [unreadMember(member, "It is no list.", JSON.stringify(list))];
  return list.flatMap((item: Json, index) => {
    const one = `${member}[${index}]`;
    return memberOf(one, item, (value) => {
      if (!isObject(value)) throw new MalformedCallback("It is no object.");
      return read(value, one);
    });
  });
}

function recordsOf(change: JsonObject, path: string, variant: Variant): Reported[] {
  const field = textAt(change, "field") ?? "a change without a name";
  const value = at(change, "value");
  // By the field, for other fields have statuses (of calls) and messages (of other apps) of their own.
  if (field === "user_preferences") {
    return each(value, "user_preferences", `${path}.value`, (preference) => [preferenceOf(preference, value)]);
  }
  if (field !== "messages") return [ignored(field)];
  const contacts = contactsOf(value);
  const [first, ...others] = objectsAt(value, "contacts");
  const only = others.length === 0 ? first : undefined;
  const records = [
    ...each(value, "statuses", `${path}.value`, (status) => [statusOf(status, value, variant)]),
    ...each(value, "messages", `${path}.value`, (message) => [messageOf(message, value, { contacts, only })]),
  ];
  if (records.length > 0) return records;
  const error = errorOf(value);
  return [ignored(error ? `an error: ${error.code ?? ""} ${error.text ?? ""}`.trim() : "nothing in it")];
}

/** Those who wrote, and who it is where it is one alone. */
type People = { contacts: ReadonlyMap<string, JsonObject>; only: JsonObject | undefined };

/** Who wrote, by number and by the id of who hides it; the first of each counts. */
function contactsOf(value: Json | undefined): ReadonlyMap<string, JsonObject> {
  const contacts = new Map<string, JsonObject>();
  for (const contact of objectsAt(value, "contacts")) {
    for (const id of [textAt(contact, "wa_id"), textAt(contact, "user_id")]) {
      if (id !== null && !contacts.has(id)) contacts.set(id, contact);
    }
  }
  return contacts;
}

/** Whom a status is about. */
type Recipient = Pick<StatusRecord, "recipient" | "recipient_user_id" | "group_id"> & {
  /** Which one of several; null for the only one. */
  participant: string | null;
};

/**
 * Of a message to a group `recipient_id` is the group, and each participant has statuses of their own. Who hides the
 * number has an id in its place. Source: `ServerStatusPayload` of the package whatsapp-api-js 6.3.0
 * (https://whatsappapijs.web.app/types/types.ServerStatusPayload.html), which follows Meta's reference.
 */
function recipientOf(status: JsonObject): Recipient {
  const [id, user] = [textAt(status, "recipient_id"), textAt(status, "recipient_user_id")];
  const hidden = user ?? textAt(status, "recipient_parent_user_id");
  const told = textAt(status, "recipient_participant_id");
  const inGroup = told !== null || textAt(status, "recipient_type") === "group";
  const participant = inGroup ? (told ?? hidden) : null;
  return {
    recipient: participant ?? id ?? hidden,
    ...(user === null ? {} : { recipient_user_id: user }),
    ...(inGroup && id !== null ? { group_id: id } : {}),
    participant,
  };
}

/**
 * Two statuses are the same that name one message, one status and, in a group, one participant: repetitions, which are
 * frequent (https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview), tell the same.
 */
function statusOf(status: JsonObject, value: Json | undefined, variant: Variant): StatusRecord | IgnoredRecord {
  const id = variant.statusId(status);
  const name = textAt(status, "status");
  if (id === null || name === null) throw new MalformedCallback("It is a status without an id or a name.");
  // Of a payment, not of the message by which it was asked for.
  if (textAt(status, "type") === "payment") {
    const transaction = textAt(status, "payment", "transaction", "id") ?? textAt(status, "payment", "reference_id");
    return ignored("a payment", joined([id, "payment", name, transaction, textAt(status, "timestamp")]));
  }
  const { participant, ...recipient } = recipientOf(status);
  const dedup_key = joined([id, name, ...(participant === null ? [] : [participant])]);
  const known = Object.hasOwn(STATUSES, name) ? STATUSES[name] : undefined;
  if (!known) return ignored(`the status ${name}`, dedup_key);
  const error = errorOf(status);
  return {
    type: "status",
    channel: "whatsapp",
    status: known,
    message_id: id,
    ...recipient,
    ...(error ? { error } : {}),
    occurred_at: isoOf(at(status, "timestamp")),
    dedup_key,
    raw: withMetadata(status, value),
  };
}

/** The same are those of one person, category, value and time: a preference has no id. */
function preferenceOf(preference: JsonObject, value: Json | undefined): StatusRecord | IgnoredRecord {
  const user = textAt(preference, "user_id");
  const recipient = textAt(preference, "wa_id") ?? user;
  const parts = ["category", "value", "timestamp"].map((name) => textAt(preference, name));
  const dedup_key = joined([recipient, ...parts]);
  if (at(preference, "value") !== "stop") return ignored("a preference other than to stop", dedup_key);
  return {
    type: "status",
    channel: "whatsapp",
    status: "unsubscribed",
    message_id: null,
    recipient,
    ...(user === null ? {} : { recipient_user_id: user }),
    occurred_at: isoOf(at(preference, "timestamp")),
    dedup_key,
    raw: withMetadata(preference, value),
  };
}

/** Two messages are the same that have one id (`wamid.…`), by which Meta tells repetitions of a message. */
function messageOf(
  message: JsonObject,
  value: Json | undefined,
  { contacts, only }: People,
): InboundRecord | IgnoredRecord {
  const id = textAt(message, "id");
  // Who hides the number behind a user name has an id in its place; WhatsApp's own words may have no sender. Who shares a number
  // when asked for it stands among the contacts alone.
  const isAnothers = textAt(message, "type") === "system" || textAt(message, "from_parent_user_id") !== null;
  const lone = isAnothers ? undefined : only;
  const from =
    textAt(message, "from") ??
    textAt(message, "from_user_id") ??
    textAt(message, "system", "wa_id") ??
    textAt(message, "system", "user_id") ??
    textAt(lone, "wa_id") ??
    textAt(lone, "user_id");
  if (id === null) throw new MalformedCallback("It is a message without an id.");
  const type = textAt(message, "type") ?? "";
  const contact = from === null ? undefined : contacts.get(from);
  const [group, user] = [textAt(message, "group_id"), textAt(message, "from_user_id") ?? textAt(contact, "user_id")];
  const to = textAt(value, "metadata", "display_phone_number") ?? textAt(value, "metadata", "phone_number_id");
  return {
    type: "inbound",
    channel: "whatsapp",
    message_id: id,
    from,
    from_name: textAt(contact, "profile", "name"),
    to: to === null ? [] : [to],
    text: null,
    media: [],
    in_reply_to: textAt(message, "context", "id"),
    ...partsOf(message, type),
    ...optional("referral", at(message, "referral")),
    ...(group === null ? {} : { group_id: group }),
    ...(user === null ? {} : { from_user_id: user }),
    ...idsOf({
      phone_number_id: textAt(value, "metadata", "phone_number_id"),
      wa_id: textAt(contact, "wa_id"),
      from_parent_user_id: textAt(message, "from_parent_user_id"),
      username: textAt(contact, "profile", "username"),
    }),
    occurred_at: isoOf(at(message, "timestamp")),
    dedup_key: id,
    raw: withMetadata(message, value),
  };
}

/** What other fields of the event have. */
const ELSEWHERE = ["id", "from", "timestamp", "type", "referral", "group_id", "from_user_id", "from_parent_user_id"];

/** Of a message whose type is none that we know, all of it is content. */
function partsOf(message: JsonObject, type: string): Partial<InboundRecord> {
  const rest = without(message, ...ELSEWHERE, ...(type === "text" ? ["text"] : []));
  return { ...contentOf(kindOf(type), rest), ...fieldsOf(message, type) };
}

function fieldsOf(message: JsonObject, type: string): Partial<InboundRecord> {
  const content = at(message, type);
  if (MEDIA.some((each) => each === type)) return { text: textAt(content, "caption"), media: [mediaOf(content)] };
  switch (type) {
    case "text":
      return { text: textAt(content, "body") };
    case "location":
      return locationOf(at(content, "latitude"), at(content, "longitude"));
    case "button":
      return { text: textAt(content, "text"), ...button(textAt(content, "payload")) };
    case "interactive":
      return interactive(content);
    case "reaction": {
      const target = textAt(content, "message_id");
      // Without an emoji it takes an earlier reaction back.
      return { text: textAt(content, "emoji"), ...(target === null ? {} : { reaction_to: target }) };
    }
    case "order":
      return { text: textAt(content, "text") };
    case "system":
      // WhatsApp's own word about the sender, such as that the number has changed.
      return { text: textAt(content, "body") };
    case "contacts":
      return {};
    default:
      return { unsupported: true };
  }
}

function interactive(content: Json | undefined): Partial<InboundRecord> {
  const type = textAt(content, "type") ?? "";
  const reply = at(content, type);
  if (type === "button_reply" || type === "list_reply") {
    return { text: textAt(reply, "title"), ...button(textAt(reply, "id")) };
  }
  // A flow that was filled in: what it holds is its sender's own.
  return type === "nfm_reply" ? { text: textAt(reply, "body") } : { unsupported: true };
}

function mediaOf(content: Json | undefined): Media {
  const filename = textAt(content, "filename");
  const id = textAt(content, "id");
  const url = textAt(content, "url");
  return {
    content_type: textAt(content, "mime_type"),
    ...(filename === null ? {} : { filename }),
    ...(id === null ? {} : { provider_media_id: id }),
    ...(url === null ? {} : { url }),
  };
}

const button = (meaning: string | null) => (meaning === null ? {} : { button: meaning });

/** A place by its coordinates, which may be written as text; where they are none, what could not be shown. */
export function locationOf(latitude: Json | undefined, longitude: Json | undefined): Partial<InboundRecord> {
  const [lat, lon] = [latitude, longitude].map((each) =>
    each === undefined || each === null || each === "" ? Number.NaN : Number(each),
  );
  return lat !== undefined && lon !== undefined && Number.isFinite(lat) && Number.isFinite(lon)
    ? { location: { lat, lon } }
    : { unsupported: true };
}

function errorOf(value: Json | undefined): { code: string | null; text: string | null } | null {
  const error = objectsAt(value, "errors")[0];
  if (!error) return null;
  return { code: textAt(error, "code"), text: textAt(error, "title") ?? textAt(error, "message") };
}

/** Which number it is about stands beside the list, not in it. */
function withMetadata(item: JsonObject, value: Json | undefined): JsonObject {
  const metadata = at(value, "metadata");
  return isObject(metadata) ? { ...item, metadata } : item;
}

const ignored = (reason: string, dedup_key: string | null = null): IgnoredRecord => ({
  type: "ignored",
  reason,
  dedup_key,
});
