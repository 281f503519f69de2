import type { Json } from "../catalogue/event-type.ts";
import { joined } from "../lib/joined.ts";
import { unreadMember } from "./members.ts";
import type { InboundRecord, Media, Normalised, Status, StatusRecord } from "./provider.ts";
import type { Pair } from "./reading/form.ts";
import { canonicalId, headerOf, messageIdsOf, parseHeaders } from "./reading/mail-headers.ts";
import { isoOfText } from "./reading/times.ts";

/**
 * What a mail server reports of a mail that was sent: RFC 3464, and RFC 6533 for addresses beyond ASCII. The report is a file of
 * the mail; another has the mail that it is about, or the headers of that.
 */
const REPORTS: readonly string[] = ["message/delivery-status", "message/global-delivery-status"];
const ORIGINALS: readonly string[] = [
  "message/rfc822",
  "text/rfc822-headers",
  "message/global",
  "message/global-headers",
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
/** More than this a mail has no recipients: servers take at least 100 (RFC 5321, 4.5.3.1.8). */
const MOST_RECIPIENTS = 1000;
/** Of each value, so many characters are looked at: a line has 998 (RFC 5322, 2.1.1), and may be folded. */
const MAX_VALUE = 4000;

/** The same records; in the place of a mail that reports what became of another, that. */
export const withReports = (records: readonly Normalised[]): Normalised[] =>
  records.flatMap((record) => (record.type === "inbound" ? reportedBy(record) : record));

/** One record for each recipient; the mail itself, where it is no report or one that cannot be read. */
function reportedBy(mail: InboundRecord): Normalised[] {
  if (mail.auto?.kind !== "delivery_status") return [mail];
  const report = fileOf(mail.media, REPORTS);
  if (!report || report.length > MAX_REPORT) return [mail];
  const groups = groupsOf(textOf(report));
  const recipients = groups.filter(isOfRecipient);
  const about = { message: objectOf(groups.find((group) => !isOfRecipient(group)) ?? []), id: messageIdOf(mail) };
  const records = recipients.slice(0, MOST_RECIPIENTS).map((group, index): Normalised => {
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

function statusOf(
  group: readonly Pair[],
  { message, id }: { message: Json; id: string | null },
  mail: InboundRecord,
  dedup_key: string,
): StatusRecord | null {
  const text = valueIn(group, "Diagnostic-Code")?.replace(/^[\w-]{1,40}\s*;\s*/, "") ?? null;
  const code = codeIn(valueIn(group, "Status")) ?? codeIn(text);
  const status = ACTIONS.get(/^[a-z]+/i.exec(valueIn(group, "Action") ?? "")?.[0]?.toLowerCase() ?? "") ?? byCode(code);
  if (!status) return null;
  const isFault = status === "bounced" || status === "deferred";
  return {
    type: "status",
    channel: "email",
    status,
    message_id: id,
    recipient: addressOf(valueIn(group, "Original-Recipient")) ?? addressOf(valueIn(group, "Final-Recipient")),
    ...(status === "bounced" && code !== null ? { soft: code.startsWith("4") } : {}),
    ...(isFault && (code !== null || text !== null) ? { error: { code, text } } : {}),
    occurred_at: isoOfText(valueIn(group, "Last-Attempt-Date")) ?? mail.occurred_at,
    dedup_key,
    raw: { message, recipient: objectOf(group) },
  };
}

/** By the class of its status (RFC 3463, 3), where a server names no action. */
function byCode(code: string | null): Status | undefined {
  if (code?.startsWith("5")) return "bounced";
  if (code?.startsWith("4")) return "deferred";
  return code?.startsWith("2") ? "delivered" : undefined;
}

const codeIn = (text: string | null): string | null =>
  /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(text ?? "")?.[0] ?? null;

const valueIn = (group: readonly Pair[], name: string): string | null =>
  headerOf(group, name)?.slice(0, MAX_VALUE).trim() || null;

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

function characterOf(escaped: string, digits: string): string {
  const point = Number.parseInt(digits, 16);
  return point <= 0x10_ff_ff ? String.fromCodePoint(point) : escaped;
}

/** Groups of fields, which empty lines part: the first is about the mail, each other about one recipient. */
const groupsOf = (text: string): Pair[][] =>
  text
    .split(/\r?\n(?:[ \t]*\r?\n)+/)
    .map(parseHeaders)
    .filter((group) => group.length > 0);

const isOfRecipient = (group: readonly Pair[]): boolean =>
  ["Final-Recipient", "Original-Recipient", "Action"].some((name) => headerOf(group, name) !== null);

const objectOf = (group: readonly Pair[]): Json => Object.fromEntries(group);

/** Of the mail that the report is about: by what comes along of it, else by what the report answers. */
function messageIdOf({ media, in_reply_to, references }: InboundRecord): string | null {
  const original = fileOf(media, ORIGINALS);
  const [head = ""] = original ? textOf(original.subarray(0, MAX_HEAD)).split(/\r?\n\r?\n/, 1) : [];
  const id =
    messageIdsOf(headerOf(parseHeaders(head.replace(/^\s+/, "")), "Message-ID"))[0] ??
    in_reply_to ??
    references?.at(-1);
  return id ? canonicalId(id) : null;
}

const fileOf = (files: readonly Media[], types: readonly string[]): Uint8Array | undefined =>
  files.find(
    ({ content_type, bytes }) => bytes && types.includes(content_type?.split(";", 1)[0]?.trim().toLowerCase() ?? ""),
  )?.bytes;

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
