import type { KeptRecord } from "./contract.ts";
import type { ControlRecord, StatusRecord } from "./provider.ts";

/** What a callback becomes in the workspace's stream. */

/** An event to be published; `data` is JSON text. */
export type InboundEvent = { type: string; data: string; occurredAt: number | null };

/** What a record alone does not tell. */
export type Context = {
  provider: string;
  sourceId: string;
  receiptId: string;
  /** Whether a status moved its message on. */
  advanced: boolean;
  /** The ticket that a mail belongs to. */
  ticket: string | null;
  /** Where the file of a number can be fetched with a token of the workspace. */
  attachmentUrl(index: number): string;
};

/** Of each text of a message, so many characters go into an event, and of a provider's own words: an event holds 256 KB. */
export const MAX_TEXT = 60_000;
const MAX_RAW = 60_000;
export const MAX_PAYLOAD = 180_000;

type Message = Extract<KeptRecord, { type: "inbound" }>;
type Generic = Extract<KeptRecord, { type: "generic" }>;

/** Null for what is kept as a receipt alone. */
export function eventOf(record: KeptRecord, context: Context): InboundEvent | null {
  switch (record.type) {
    case "status":
      return event(`${record.channel}.${record.status}`, record.occurred_at, statusData(record, context));
    case "inbound":
      return context.ticket === null
        ? event("message.received", record.occurred_at, messageData(record, context))
        : event("ticket.message_created", record.occurred_at, ticketData(record, context, context.ticket));
    case "generic":
      return {
        ...event(typeOf(context.provider, record.event), record.occurred_at, {}),
        data: genericData(record, context),
      };
    case "control":
      return record.alert ? event("source.attention", null, attentionData(record, context)) : null;
    default:
      return null;
  }
}

function event(type: string, occurredAt: string | null, data: object): InboundEvent {
  const time = occurredAt === null ? Number.NaN : Date.parse(occurredAt);
  return { type, data: JSON.stringify(data), occurredAt: time >= 0 ? time : null };
}

/** What an event type may not hold becomes a dot or an underscore: `orders/create` is `shopify.orders.create`. */
export function typeOf(provider: string, name: string): string {
  const words = name
    .split(/[./:]+/)
    .map((word) => word.replace(/[^A-Za-z0-9_-]+/g, "_"))
    .filter((word) => word !== "");
  return [provider, ...words].join(".").slice(0, 200);
}

const origin = ({ sourceId, receiptId }: Context) => ({ source_id: sourceId, receipt_id: receiptId });

function statusData(record: StatusRecord, context: Context): object {
  const { channel, message_id, recipient, recipient_user_id, group_id, status, soft, error, occurred_at, raw } = record;
  const { reported_by, authentication } = record;
  const tooLong = JSON.stringify(raw).length > MAX_RAW;
  return {
    provider: context.provider,
    channel,
    message_id,
    recipient,
    ...(recipient_user_id === undefined ? {} : { recipient_user_id }),
    ...(group_id === undefined ? {} : { group_id }),
    status,
    ...(soft === undefined ? {} : { soft }),
    ...(error === undefined ? {} : { error }),
    ...(reported_by === undefined ? {} : { reported_by }),
    ...(authentication === undefined ? {} : { authentication }),
    advanced: context.advanced,
    occurred_at,
    ...origin(context),
    raw: tooLong ? null : raw,
    ...truncated(record, tooLong ? ["raw"] : []),
  };
}

/** JSON text, the payload in it as it came. */
function genericData(record: Generic, context: Context): string {
  const { event: name, occurred_at, raw, text } = record;
  const payload = text ?? JSON.stringify(raw);
  const tooLong = payload.length > MAX_PAYLOAD;
  const head = JSON.stringify({
    ...{ provider: context.provider, event: name, occurred_at, ...origin(context) },
    ...truncated(record, tooLong ? ["payload"] : []),
  });
  return `${head.slice(0, -1)},"payload":${tooLong ? "null" : payload}}`;
}

const attentionData = ({ note, unread }: ControlRecord, context: Context): object => {
  return { ...origin(context), provider: context.provider, note, ...(unread ? { member: unread.member } : {}) };
};

/** A text that fits, and whether that is all of it. */
function cut(text: string): { text: string; whole: boolean } {
  return text.length <= MAX_TEXT
    ? { text, whole: true }
    : { text: text.slice(0, MAX_TEXT).toWellFormed(), whole: false };
}

/** Names of the fields that were cut, before or for the event; nothing where there are none. */
function truncated(record: { truncated?: readonly string[] }, more: readonly string[]): { truncated?: string[] } {
  const all = [...new Set([...(record.truncated ?? []), ...more])];
  return all.length === 0 ? {} : { truncated: all };
}

function texts({ text, html, reply, quoted }: Message, before: readonly string[] = []): object {
  const shown = text === null ? null : cut(text);
  const shownHtml = html === null || html === undefined ? html : cut(html);
  const more = [...(shown?.whole === false ? ["text"] : []), ...(shownHtml?.whole === false ? ["html"] : [])];
  return {
    text: shown === null ? null : shown.text,
    ...(reply === undefined ? {} : { reply: reply?.toWellFormed() ?? null, quoted: quoted?.toWellFormed() ?? null }),
    ...(shownHtml === undefined ? {} : { html: shownHtml === null ? null : shownHtml.text }),
    ...truncated({ truncated: before }, more),
  };
}

function files({ media }: Message, context: Context): object[] {
  return media.map((each, index) => ({
    ...each,
    // Without a place of the provider's own, the file came along and lies with the receipt.
    ...(each.url === undefined && each.provider_media_id === undefined ? { url: context.attachmentUrl(index) } : {}),
  }));
}

function messageData(record: Message, context: Context): object {
  const { type: _type, raw: _raw, dedup_key: _key, media: _media, sent_for: _source, ...others } = record;
  const { truncated: before = [], auto = null, ...rest } = others;
  return {
    provider: context.provider,
    ...rest,
    ...(record.channel === "email" ? { auto } : {}),
    ...texts(record, before),
    media: files(record, context),
    ...origin(context),
  };
}

/** What was cut of what a ticket's event shows, by the names that it has there. */
const inTicket = ({ truncated: before = [] }: Message): string[] =>
  before.map((name) => (name === "media" ? "attachments" : name));

function ticketData(record: Message, context: Context, ticket: string): object {
  const { from, from_name = null, to, subject = null, message_id, in_reply_to = null } = record;
  const {
    mail_id,
    cc = [],
    reply_to = [],
    sender = null,
    auto = null,
    authentication,
    spam,
    references = [],
    envelope,
    delivered_to = [],
    stored,
  } = record;
  return {
    ticket_id: ticket,
    provider: context.provider,
    channel: record.channel,
    direction: "incoming",
    message_id,
    ...(mail_id === undefined ? {} : { mail_id }),
    in_reply_to,
    references,
    from,
    from_name,
    to,
    cc,
    reply_to,
    sender,
    auto,
    ...(authentication === undefined ? {} : { authentication }),
    ...(spam === undefined ? {} : { spam }),
    ...(envelope === undefined ? {} : { envelope }),
    delivered_to,
    ...(stored === undefined ? {} : { stored }),
    subject,
    ...texts(record, inTicket(record)),
    attachments: files(record, context),
    occurred_at: record.occurred_at,
    ...origin(context),
  };
}
