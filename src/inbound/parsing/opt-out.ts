/**
 * Words that, alone in a text message, revoke the consent to be written to: those of 47 CFR 64.1200(a)(10) and what
 * operators have long taken besides.
 */
const WORDS: ReadonlySet<string> = new Set([
  "STOP",
  "STOPALL",
  "UNSUBSCRIBE",
  "CANCEL",
  "END",
  "QUIT",
  "REVOKE",
  "OPTOUT",
  "OPT OUT",
]);

export const isOptOut = (text: string | null | undefined): boolean => WORDS.has((text ?? "").trim().toUpperCase());
