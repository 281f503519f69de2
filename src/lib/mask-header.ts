/** In a word that holds one of these, a credential is meant, also where words are written as one: `csrftoken`. */
const WITHIN =
  /secret(?!ar)|token(?!i[sz]|s$)|passw(?:or)?d|passphrase|passcode|signature|credential|cookie|bearer|hmac|jwt|authorization/;
/** Whole words; others that only contain them are harmless: `X-Author`, `X-Monkey`. */
const WORDS = new Set(["auth", "oauth", "authentication", "key", "keys", "pwd", "session", "sessionid"]);
/** A key, written as one word with what it opens or whose it is: `apikey`. */
const KEY =
  /^(?:api|app|auth|access|account|client|user|license|master|private|public|security|session|shared|sign|signing)keys?$/;
/** Keys by which something is found, told apart or put in order, and nothing is opened. */
const KEY_OF = new Set([
  ...["cache", "dedup", "deduplication", "group", "hash", "idempotency", "message", "order", "ordering", "partition"],
  ...["primary", "range", "routing", "shard", "sort", "surrogate"],
]);
/** At the end of a name these are credentials, elsewhere not: `X-Pass-Through`. */
const LAST = new Set(["sig", "pass", "pin", "otp"]);

/** A scheme of `Authorization` (RFC 7617, 6750, 7616 and what is usual), or a JSON Web Token: under whatever name. */
const CREDENTIAL_VALUE =
  /^(basic|bearer|digest|token|apikey|hmac|negotiate|aws4-\S+)\s+\S|^eyJ[\w-]+\.[\w-]+\.[\w-]*$/i;

/** What they hold is asked for, with its scheme, and not given (RFC 9110, 11.6.1 and 11.7.1). */
const CHALLENGE = /^(?:www|proxy)-authenticate$/i;

/** What stands in place of a value that must not be shown. Not ASCII, so it cannot come back as a header's value. */
export const MASK = "••••";

/** The words of a name, in lower case, however it tells them apart: `X-CSRFToken2` is x, csrf, token. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");

/** Names that were judged before: answers have the same few again and again, and others may not fill the memory. */
const judged = new Map<string, boolean>();
const MAX_JUDGED = 1000;

/** Whether a header's name says that its value is a credential. */
function namesCredential(name: string): boolean {
  const before = judged.get(name);
  if (before !== undefined) return before;
  const verdict = judgeName(name);
  if (judged.size >= MAX_JUDGED) judged.clear();
  judged.set(name, verdict);
  return verdict;
}

function judgeName(name: string): boolean {
  const words = wordsOf(name);
  if (LAST.has(words.at(-1) ?? "")) return true;
  return words.some((word, place) => {
    if (/^keys?$/.test(word) && KEY_OF.has(words[place - 1] ?? "")) return false;
    return WORDS.has(word) || KEY.test(word) || WITHIN.test(word);
  });
}

/** Whether a value is a credential, by what it looks like. */
export const looksLikeCredential = (value: string): boolean => CREDENTIAL_VALUE.test(value);

/** Whether a header is a credential, by its name or by what its value looks like. */
export const isCredential = (name: string, value: string): boolean =>
  namesCredential(name) || (!CHALLENGE.test(name) && looksLikeCredential(value));

/** A header's value as it may be shown: a credential is masked. */
export function maskHeader(name: string, value: string): string {
  return isCredential(name, value) ? MASK : value;
}
