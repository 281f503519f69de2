import { joined } from "../lib/joined.ts";
import type { Json } from "../systems/event-type.ts";
import { unreadMember } from "./members.ts";
import { isReport } from "./parsing/auto.ts";
import type { Pair } from "./parsing/form.ts";
import { headerOf, messageIdsOf, parseHeaders } from "./parsing/mail-headers.ts";
import { isoOfText } from "./parsing/times.ts";
import type { InboundRecord, Media, Reported, Status, StatusRecord } from "./provider.ts";

/**
 * What a mail server reports of a mail that was sent: RFC 3464, and RFC 6533 for addresses beyond ASCII. The report is a file of
 * the mail; another has the mail that it is about, or the headers of that.
 */
const ORIGINALS: readonly string[] = [
  "message/rfc822",
  "message/global",
  "text/rfc822-headers",
  "message/global-headers",
  // As some servers call them.
  "text/rfc822",
  "message/rfc822-headers",
];

/** RFC 3464, 2.3.3. What was relayed went to where nobody will tell more of it. */
const ACTIONS: ReadonlyMap<string, Status> = new Map([
  ["failed", "bounced"],
  ["delayed", "deferred"],
  ["delivered", "delivered"],
  ["expanded", "delivered"],
  ["relayed", "sent"],
]);

/** Of a report, and of the headers of what it is about, so many bytes. */
const MAX_REPORT = 512 * 1024;
const MAX_HEAD = 64 * 1024;
/** Each makes an event, whoever wrote the report. Every server must accept a mail to a hundred (RFC 5321, 4.5.3.1.8). */
const MOST_RECIPIENTS = 100;
/** Of what the report says to people, so many characters are kept beside it. */
const MAX_WORDS = 4000;
/** A server gives up after some days (RFC 5321, 4.5.4.1); what is further from the report than this is no time of the attempt. */
const ATTEMPTED_WITHIN_MS = 30 * 24 * 3_600_000;

/** The same records; in the place of a mail that reports what became of another, that. */
export const withReports = (records: readonly Reported[]): Reported[] =>
  records.flatMap((record) => (record.type === "inbound" ? reportedBy(record) : record));

/** One record for each recipient; the mail itself, where it is no report or one that cannot be read. */
function reportedBy(mail: InboundRecord): Reported[] {
  if (mail.auto?.kind !== "delivery_status") return [mail];
  const reports = mail.media.flatMap((file) => (isReport(file) && file.bytes ? [file.bytes] : []));
  if (reports.reduce((sum, { length }) => sum + length, 0) > MAX_REPORT) return [mail];
  const groups = reports.map((bytes) => groupsOf(textOf(bytes)));
  const recipients = groups.flat().flatMap(({ fields, isOfRecipient }) => (isOfRecipient ? [fields] : []));
  const about = {
    id: messageIdOf(mail),
    message: objectOf(groups[0]?.find(({ isOfRecipient }) => !isOfRecipient)?.fields ?? []),
    words: mail.text?.slice(0, MAX_WORDS).toWellFormed() ?? null,
  };
  const records = recipients.slice(0, MOST_RECIPIENTS).map((group, index): Reported => {
    const key = joined([mail.dedup_key, `recipient ${index}`]);
    return (
      statusOf(group, about, mail, key) ??
      unreadMember(`delivery-status[${index}]`, "It has no Action and no Status that is known.", key)
    );
  });
  if (!records.some(({ type }) => type === "status")) return [mail];
  if (recipients.length <= MOST_RECIPIENTS) return records;
  const range = `delivery-status[${MOST_RECIPIENTS}…${recipients.length - 1}]`;
  return [...records, unreadMember(range, `It tells of more than ${MOST_RECIPIENTS} recipients.`, mail.dedup_key)];
}

type About = {
  id: string | null;
  message: Json;
  /** What the report says to people. */
  words: string | null;
};

function statusOf(group: readonly Pair[], about: About, mail: InboundRecord, dedup_key: string): StatusRecord | null {
  const text = valueIn(group, "Diagnostic-Code")?.replace(/^[\w-]{1,40}\s*;\s*/, "") ?? null;
  const answer = text === null ? null : answerIn(text);
  const code = codeIn(valueIn(group, "Status")) ?? answer?.enhanced ?? answer?.code ?? null;
  const status = ACTIONS.get(/^[a-z]+/i.exec(valueIn(group, "Action") ?? "")?.[0]?.toLowerCase() ?? "") ?? byCode(code);
  if (!status) return null;
  const isFault = status === "bounced" || status === "deferred";
  return {
    type: "status",
    channel: "email",
    status,
    message_id: about.id,
    recipient: recipientIn(group),
    ...(status === "bounced" && code !== null ? { soft: code.startsWith("4") } : {}),
    ...(isFault && (code !== null || text !== null) ? { error: { code, text } } : {}),
    reported_by: mail.from,
    ...(mail.authentication ? { authentication: mail.authentication } : {}),
    occurred_at: attemptedAt(valueIn(group, "Last-Attempt-Date"), mail.occurred_at),
    dedup_key,
    raw: { message: about.message, recipient: objectOf(group), text: about.words },
  };
}

/** As its sender wrote it, where that is an address: a server may not know it (RFC 3464, 2.3.1). */
function recipientIn(group: readonly Pair[]): string | null {
  const [original, final] = ["Original-Recipient", "Final-Recipient"].map((name) => addressOf(valueIn(group, name)));
  return original?.includes("@") ? original : (final ?? original ?? null);
}

/** By the class of its status (RFC 3463, 3), where a server names no action. */
function byCode(code: string | null): Status | undefined {
  if (code?.startsWith("5")) return "bounced";
  if (code?.startsWith("4")) return "deferred";
  return code?.startsWith("2") ? "delivered" : undefined;
}

/** RFC 3463, 2. */
const codeIn = (text: string | null): string | null =>
  /^\s*([245]\.\d{1,3}\.\d{1,3})(?!\d)/.exec(text ?? "")?.[1] ?? null;

/** What an SMTP server has answered: its code (RFC 5321, 4.2), and what may follow that (RFC 2034). */
function answerIn(text: string): { code: string; enhanced: string | null } | null {
  const [, code, enhanced] = /^\s*([245]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3})(?!\d))?/.exec(text) ?? [];
  return code === undefined ? null : { code, enhanced: enhanced?.startsWith(code[0] ?? "") ? enhanced : null };
}

const valueIn = (group: readonly Pair[], name: string): string | null => headerOf(group, name)?.trim() || null;

function attemptedAt(told: string | null, reportedAt: string | null): string | null {
  const at = isoOfText(told);
  if (at === null || reportedAt === null) return at ?? reportedAt;
  return Math.abs(Date.parse(at) - Date.parse(reportedAt)) <= ATTEMPTED_WITHIN_MS ? at : reportedAt;
}

/**
 * The address after its type, such as `rfc822;` (RFC 3464, 2.1.2). One of the type `utf-8` may have characters as `\x{…}`
 * (RFC 6533, 3).
 */
function addressOf(value: string | null): string | null {
  const [, type = "", rest = value ?? ""] = /^([\w-]{1,40})\s*;\s*(.*)$/s.exec(value ?? "") ?? [];
  const address = /<([^<>]*)>/.exec(rest)?.[1] ?? rest;
  const shown = type.toLowerCase() === "utf-8" ? address.replaceAll(/\\x\{([0-9a-f]{1,6})\}/gi, characterOf) : address;
  return shown.trim() || null;
}

/** Neither halves of characters nor controls are written so. */
function characterOf(escaped: string, digits: string): string {
  const point = Number.parseInt(digits, 16);
  const isOne = point > 0x9f && point <= 0x10_ff_ff && (point < 0xd8_00 || point > 0xdf_ff);
  return isOne || (point >= 0x20 && point < 0x7f) ? String.fromCodePoint(point) : escaped;
}

/**
 * Groups of fields, which empty lines part: the first is about the mail, each other about one recipient. What names nobody after
 * one that does is of that one.
 */
function groupsOf(text: string): Group[] {
  const groups: Group[] = [];
  for (const block of text.split(/\r?\n(?:[ \t]*\r?\n)+/)) {
    const fields = parseHeaders(block);
    const namesSomebody = has(fields, "Final-Recipient") || has(fields, "Original-Recipient");
    const last = groups.at(-1);
    if (last?.isOfRecipient && !namesSomebody) for (const field of fields) last.fields.push(field);
    else if (fields.length > 0) groups.push({ fields, isOfRecipient: namesSomebody || has(fields, "Action") });
  }
  return groups;
}

type Group = { fields: Pair[]; isOfRecipient: boolean };

const has = (fields: readonly Pair[], name: string): boolean => headerOf(fields, name) !== null;

/** As they stand there; of fields that are there more than once, a list. */
function objectOf(group: readonly Pair[]): Json {
  const named = Map.groupBy(group, ([name]) => name);
  const one = (values: readonly string[]): Json => (values.length === 1 ? (values[0] ?? null) : [...values]);
  return Object.fromEntries([...named].map(([name, pairs]) => [name, one(pairs.map(([, value]) => value))]));
}

/**
 * Of the mail that the report is about: by what comes along of it, else by what the report answers. In brackets whatever it is:
 * the ids that a provider gives have none, and no sender of a mail is to name one of those.
 */
function messageIdOf({ media, in_reply_to, references }: InboundRecord): string | null {
  const original = media.find((file) => file.bytes && ORIGINALS.includes(typeOf(file)))?.bytes;
  const [head = ""] = original
    ? textOf(original.subarray(0, MAX_HEAD))
        .trimStart()
        .split(/\r?\n\r?\n/, 1)
    : [];
  const id = messageIdsOf(headerOf(parseHeaders(head), "Message-ID"))[0] ?? in_reply_to ?? references?.at(-1);
  return id ? `<${id.replaceAll(/[<>]/g, "")}>` : null;
}

const typeOf = ({ content_type }: Media): string => content_type?.split(";", 1)[0]?.trim().toLowerCase() ?? "";

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
