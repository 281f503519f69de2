/**
 * The lines by which mail programs say that a reply's own words end: as data, so that a language or a program is one more
 * row. All in lower case.
 */

/** A line above what is quoted: it begins so, and ends with one of these, or has the verb in it and ends with a colon. */
export type Attribution = { begins: string; ends?: readonly string[]; verb?: string };

export const ATTRIBUTIONS: readonly Attribution[] = [
  { begins: "on ", ends: ["wrote:", "wrote"] },
  { begins: "le ", ends: ["écrit :", "écrit\u{a0}:", "écrit:", "écrit"] },
  { begins: "el ", ends: ["escribió:", "escribió"] },
  { begins: "il ", ends: ["scritto:", "scritto"] },
  { begins: "in data ", ends: ["scritto:", "scritto"] },
  { begins: "em ", ends: ["escreveu:", "escreveu"] },
  { begins: "am ", verb: " schrieb" },
  { begins: "op ", verb: " schreef" },
  { begins: "w dniu ", ends: ["pisze:", "napisał:", "napisała:", "napisał(a):"] },
  { begins: "dnia ", ends: ["pisze:", "napisał:", "napisała:", "napisał(a):"] },
  { begins: "den ", verb: " skrev" },
  { begins: "在", ends: ["写道：", "写道:"] },
];

/** A line that ends so is one, however it begins: it names a person, a time, or both before that. */
export const ATTRIBUTION_ENDS: readonly string[] = [
  " schrieb:",
  " skrev:",
  " kirjoitti:",
  " napisał(a):",
  "写道：",
  "写道:",
  "のメッセージ:",
  "のメッセージ：",
  " 작성:",
];

/** What names the sender in the block of headers that Outlook puts above what it quotes. */
export const SENDER_LABELS: readonly string[] = ["from", "von", "de", "van", "da"];

/** Between dashes, alone on its line. */
export const ORIGINALS: readonly string[] = [
  "original message",
  "oprindelig besked",
  "message d'origine",
  "ursprüngliche nachricht",
];

/** What somebody else's mail stands below when it was handed on: content, and no history. */
export const FORWARDS: readonly string[] = ["forwarded message", "begin forwarded message"];

/** The line begins so, and what follows is the device's or program's name. */
export const DEVICE_BEGINS: readonly string[] = [
  "sent from ",
  "get outlook for ",
  "gesendet von ",
  "sendt fra ",
  "envoyé depuis ",
  "envoyé de mon ",
  "envoyé à partir de ",
  "télécharger outlook pour ",
  "enviado desde ",
  "verzonden vanaf ",
  "verstuurd vanaf ",
];

/** A whole line, but for a comma or an exclamation mark behind it. */
export const GREETINGS: readonly string[] = ["cheers", "best wishes", "bien à vous", "bonne journée", "bonne soirée"];

/** The same, with up to three words before: `Kind regards`, `Thanks and regards`. */
export const GREETING_ENDS: readonly string[] = ["regards", "cordialement"];
