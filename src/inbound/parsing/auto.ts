import type { Auto, AutoKind, InboundRecord, Media } from "../provider.ts";
import type { Pair } from "./form.ts";
import { headerOf } from "./mail-headers.ts";

/** What our own emails bear, and did before. */
const OWN_EMAILS = ["X-Posthorn-Alert", "X-Posthorn-Notice"];

/**
 * Which program wrote a mail, by its headers: RFC 3834 (`Auto-Submitted`), RFC 2076 (`Precedence`), RFC 2919 (`List-Id`),
 * RFC 6522 with 3464 and 8098 (`multipart/report`), and what was usual before these.
 */

/** Exchange and other programs begin the subject of an answer with one of these while somebody is away. */
const AWAY =
  /^\s{0,20}(?:\[[^\]]{0,40}\]\s{0,5})?(?:automatic reply|out of (?:the )?office|ooo\b|vacation|automatische antwort|abwesen|r[ée]ponse automatique|absence|absent|respuesta autom[áa]tica|fuera de (?:la )?oficina|risposta automatica|fuori (?:ufficio|sede)|automatisch antwoord|afwezig|resposta autom[áa]tica|aus[êe]ncia|autosvar|automatiskt svar|automaattinen vastaus|automatyczna odpowied|odpowied[źz] automatyczna|автоматический ответ|自動応答|自动答复|自動回覆)/i;

/** RFC 3464 and 8098, and RFC 6533 for addresses beyond ASCII. */
const REPORTS: ReadonlyMap<string, AutoKind> = new Map([
  ["delivery-status", "delivery_status"],
  ["global-delivery-status", "delivery_status"],
  ["disposition-notification", "read_receipt"],
  ["global-disposition-notification", "read_receipt"],
]);
type File = Pick<Media, "content_type">;

/** Which report a file is; null for any other file. */
const reportIn = ({ content_type }: File): AutoKind | null => {
  const [, name = ""] = /^message\/([a-z-]{1,60})$/.exec(keywordOf(content_type) ?? "") ?? [];
  return REPORTS.get(name) ?? null;
};

/** Whether a file tells what became of a mail. */
export const isReport = (file: File): boolean => reportIn(file) === "delivery_status";

/** What is before any comment, parameter or blank, and after comments at its beginning, in lower case; null for nothing. */
const keywordOf = (header: string | null): string | null =>
  header
    ?.replace(/^(?:\s*\([^()]*\))+/, "")
    .trim()
    .split(/[\s;(]/, 1)[0]
    ?.toLowerCase() || null;

/** What a mail is known by. */
export type Known = {
  headers: readonly Pair[];
  subject: string | null | undefined;
  files: readonly File[];
  /** Its author's address. */
  from: string | null | undefined;
};

/**
 * What a mail's headers tell of how it was made; null for a person's mail. The subject and the files decide nothing alone:
 * the subject tells which automatic answer it is, the files which report. People hand reports on.
 */
export function autoOf({ headers, subject, files, from }: Known): Auto | null {
  const submitted = headerOf(headers, "Auto-Submitted");
  const auto_submitted = keywordOf(submitted);
  const precedence = keywordOf(headerOf(headers, "Precedence"));
  const list = listOf(headerOf(headers, "List-Id"));
  const isAway = /\(\s?vacation/i.test(submitted ?? "") || AWAY.test(subject ?? "");
  const isAnswer = auto_submitted === "auto-replied" || precedence === "auto_reply" || isMarked(headers);
  const isMade = auto_submitted !== null && auto_submitted !== "no";
  const isServers = isFromNobody(headers) || /^mailer-daemon@/i.test(from ?? "") || hasFailedRecipients(headers);
  // Which answers its sender does not want (MS-OXCMAIL,
  // https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmail). People's mails have some of them: only who
  // wants none at all is taken for a program.
  const unwanted = headerOf(headers, "X-Auto-Response-Suppress")?.toLowerCase().split(",") ?? [];
  const isUnanswerable = unwanted.some((each) => each.trim() === "all");
  const kind = ((): AutoKind | null => {
    if (OWN_EMAILS.some((name) => headerOf(headers, name) !== null)) return "loop";
    const report = reportOf(headers, files, isMade || isAnswer || isServers);
    if (report !== null) return report;
    if ((isAnswer || isMade) && isAway) return "out_of_office";
    if (isAnswer) return "auto_reply";
    // What a list's own program has made, too.
    if (list !== null || precedence === "list") return "list";
    if (isMade) return "auto_reply";
    if (precedence === "bulk" || precedence === "junk") return "bulk";
    return isServers || isUnanswerable ? (isAway ? "out_of_office" : "auto_reply") : null;
  })();
  return kind === null ? null : { kind, auto_submitted, precedence, list };
}

/**
 * What is known of a mail that came with an empty reverse path, by its envelope: no person sends one (RFC 5321, 4.5.5).
 * @param mail what its headers tell, and its files
 */
export function fromNobody({ auto, media }: { auto?: Auto | null; media: readonly File[] }): Auto {
  if (auto && auto.kind !== "auto_reply") return auto;
  const report = media.map(reportIn).find((kind) => kind !== null);
  return { auto_submitted: null, precedence: null, list: null, ...auto, kind: report ?? "auto_reply" };
}

/** The same as a record has it, with what tells a loop: a product's own header, whose value is the id of a source. */
export const madeBy = (mail: Known): { auto: Auto | null } & Pick<InboundRecord, "sent_for"> => {
  const sent_for = headerOf(mail.headers, "X-Posthorn-Source");
  return { auto: autoOf(mail), ...(sent_for ? { sent_for } : {}) };
};

/**
 * RFC 6522. What it is may be told by its type, by the parts of a report, or, where a server on its way has put it into another
 * mail, and where a provider leaves the type out, by the parts of what a program has made.
 */
function reportOf(headers: readonly Pair[], files: readonly File[], isMade: boolean): AutoKind | null {
  const type = headerOf(headers, "Content-Type");
  const isReport = keywordOf(type) === "multipart/report";
  const named = /;\s*report-type\s*=\s*"?([a-z-]{1,60})/i.exec(type ?? "")?.[1]?.toLowerCase() ?? "";
  if (isReport && REPORTS.has(named)) return REPORTS.get(named) ?? null;
  if (!isReport && !isMade) return null;
  return files.map(reportIn).find((kind) => kind !== null) ?? null;
}

/** What Exim writes into its reports, which are none of RFC 3464 where it is old. */
const hasFailedRecipients = (headers: readonly Pair[]): boolean => headerOf(headers, "X-Failed-Recipients") !== null;

/** By what mailers wrote before there was `Auto-Submitted`. */
function isMarked(headers: readonly Pair[]): boolean {
  return ["X-Autoreply", "X-Autorespond"].some((name) => {
    const value = keywordOf(headerOf(headers, name));
    return value !== null && value !== "no";
  });
}

/** Whether its reverse path is empty (RFC 5321, 4.5.5). */
const isFromNobody = (headers: readonly Pair[]): boolean =>
  headerOf(headers, "Return-Path")?.replaceAll(/\s/g, "") === "<>";

/** Its id, without the list's name in words. */
function listOf(header: string | null): string | null {
  if (header === null) return null;
  return (/<([^<>]*)>/.exec(header)?.[1] ?? header).trim() || null;
}
