import * as z from "zod";
import { joined } from "../../../lib/joined.ts";
import { locationOf, normaliseWhatsApp } from "../../families/whatsapp.ts";
import { at, isObject, type JsonObject, jsonObjectOf, textAt, without } from "../../parsing/json.ts";
import { contentOf, idsOf, kindOf } from "../../parsing/kinds.ts";
import { isoOf } from "../../parsing/times.ts";
import {
  defineProvider,
  type IgnoredRecord,
  type InboundRecord,
  MalformedCallback,
  MB,
  type Reported,
  type Status,
} from "../../provider.ts";
import { rotating } from "../../settings.ts";
import { bearsValue, HeaderName, HeaderValue } from "../../signatures/shared-header.ts";
import { guide } from "./guide.ts";

const STATUSES: Readonly<Record<string, Status>> = {
  enqueued: "queued",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  failed: "failed",
};

/**
 * WhatsApp by Gupshup, which signs nothing: a header that the subscription sends along (its `meta`) is all the proof.
 * Callbacks come in Gupshup's own envelope (version 2) or in that of Meta with Gupshup's ids added (version 3).
 * https://docs.gupshup.io/docs/inbound-messages
 * https://partner-docs.gupshup.io/docs/v3-message-events
 *
 * Two events are the same of one message and one name. Which id names the message is Gupshup's to choose: `gsId` while it is
 * told, for a week, and longer nothing is repeated (https://docs.gupshup.io/docs/message-events). Messages are known by
 * `payload.id`, WhatsApp's own; events about a user by number, name and time, as they have no id.
 */
export const gupshup = defineProvider({
  name: "gupshup",
  guide,
  passesOn: false,
  bouncesLater: false,
  signed: false,
  /** It comes again "after a brief interval", of which no more is said. */
  retriesFor: 86_400,
  /** Version 3 hands on what Meta sends, of which that says 3 MB. */
  maxBody: 3 * MB,
  credentials: z.strictObject({ header: HeaderName, value: rotating(HeaderValue) }),
  options: z.strictObject({}),

  verify: (request, { credentials }) => bearsValue(request, credentials.header, credentials.value),

  async normalise({ body }) {
    const callback = jsonObjectOf(body);
    return Object.hasOwn(callback, "entry")
      ? normaliseWhatsApp(callback, { statusId: (status) => textAt(status, "gs_id") ?? textAt(status, "id") })
      : [envelope(callback)];
  },

  /** With any body, Gupshup takes a URL for one that does not answer. */
  respond: () => ({ status: 200 }),
});

function envelope(callback: JsonObject): Reported {
  const type = textAt(callback, "type");
  const payload = at(callback, "payload");
  if (type === null || !isObject(payload)) throw new MalformedCallback("It is no envelope of Gupshup's.");
  if (type === "message-event") return messageEvent(callback, payload);
  if (type === "message") return message(callback, payload);
  if (type === "user-event") return userEvent(callback, payload);
  return ignored([type, textAt(payload, "type")].filter((part) => part !== null).join(": "), null);
}

function messageEvent(callback: JsonObject, payload: JsonObject): Reported {
  // `id` is Gupshup's or WhatsApp's by turns; `gsId` is always the one that sending gave, while it is told.
  const id = textAt(payload, "gsId") ?? textAt(payload, "id");
  const name = textAt(payload, "type");
  if (id === null || name === null) throw new MalformedCallback("It is an event of no message, or has no name.");
  const dedup_key = joined([id, name]);
  const status = Object.hasOwn(STATUSES, name) ? STATUSES[name] : undefined;
  if (!status) return ignored(name === "deleted" ? "deleted by user" : `the event ${name}`, dedup_key);
  const error = { code: textAt(payload, "payload", "code"), text: textAt(payload, "payload", "reason") };
  // Of who may hide the number: https://partner-docs.gupshup.io/docs/bsuid
  const user = textAt(payload, "userId");
  return {
    type: "status",
    channel: "whatsapp",
    status,
    message_id: id,
    recipient: textAt(payload, "destination") || user,
    ...(user === null ? {} : { recipient_user_id: user }),
    ...(status === "failed" ? { error } : {}),
    occurred_at: isoOf(at(payload, "payload", "ts")) ?? isoOf(at(callback, "timestamp")),
    dedup_key,
    raw: callback,
  };
}

function userEvent(callback: JsonObject, payload: JsonObject): Reported {
  const name = textAt(payload, "type") ?? "unknown";
  // Sent when the URL is set, to see whether it answers.
  if (name === "sandbox-start") return { type: "control", note: name };
  const phone = textAt(payload, "phone");
  const dedup_key = joined([phone, name, textAt(callback, "timestamp")]);
  if (name !== "opted-out") return ignored(`the event ${name}`, dedup_key);
  return {
    type: "status",
    channel: "whatsapp",
    status: "unsubscribed",
    message_id: null,
    recipient: phone,
    occurred_at: isoOf(at(callback, "timestamp")),
    dedup_key,
    raw: callback,
  };
}

function message(callback: JsonObject, payload: JsonObject): Reported {
  const id = textAt(payload, "id");
  const user = textAt(payload, "sender", "userId");
  const from = textAt(payload, "source") || textAt(payload, "sender", "phone") || user;
  if (id === null || !from) throw new MalformedCallback("It is a message without an id or a sender.");
  return {
    type: "inbound",
    channel: "whatsapp",
    message_id: id,
    from,
    from_name: textAt(payload, "sender", "name"),
    // The envelope names the app, not its number.
    to: [],
    text: null,
    media: [],
    in_reply_to: textAt(payload, "context", "gsId") ?? textAt(payload, "context", "id"),
    ...partsOf(payload),
    ...(user === null ? {} : { from_user_id: user }),
    ...idsOf({
      app: textAt(callback, "app"),
      country_code: textAt(payload, "sender", "country_code"),
      dial_code: textAt(payload, "sender", "dial_code"),
    }),
    occurred_at: isoOf(at(callback, "timestamp")),
    dedup_key: id,
    raw: callback,
  };
}

/** What other fields of the event have. */
const ELSEWHERE = ["id", "source", "sender", "type"];

/** Types whose content is not documented are known by their name alone, and stand in `content` as they came. */
function partsOf(payload: JsonObject): Partial<InboundRecord> {
  const type = textAt(payload, "type") ?? "";
  const shown = fieldsOf(type, at(payload, "payload"));
  const rest = without(payload, ...ELSEWHERE, ...(type === "text" ? ["payload"] : []));
  const parts = contentOf(kindOf(type), rest);
  return { ...parts, ...shown };
}

function fieldsOf(type: string, content: ReturnType<typeof at>): Partial<InboundRecord> {
  switch (type) {
    case "text":
      return { text: textAt(content, "text") };
    case "image":
    case "video":
    case "audio":
    case "file":
    case "sticker": {
      const url = textAt(content, "url");
      const filename = textAt(content, "name") ?? textAt(content, "filename");
      const media = { content_type: textAt(content, "contentType"), ...(url === null ? {} : { url }) };
      return { text: textAt(content, "caption"), media: [filename === null ? media : { ...media, filename }] };
    }
    case "button_reply":
    case "list_reply":
    case "quick_reply": {
      const meaning = textAt(content, "postbackText") ?? textAt(content, "id");
      const text = textAt(content, "title") ?? textAt(content, "text");
      return meaning === null ? { text } : { text, button: meaning };
    }
    case "location":
      return locationOf(at(content, "latitude"), at(content, "longitude"));
    default:
      return {};
  }
}

const ignored = (reason: string, dedup_key: string | null): IgnoredRecord => ({ type: "ignored", reason, dedup_key });
