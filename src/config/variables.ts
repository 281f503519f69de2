import * as z from "zod";

/** What the deployment's variables may say, each by itself; settings.ts has them all. */

/** A variable whose text is JSON. @param name what the error of one that is not calls it */
export const jsonVariable = (name: string) =>
  z.string(`${name} must be JSON text`).transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      context.addIssue({ code: "custom", message: `${name} must be JSON text: ${why}` });
      return z.NEVER;
    }
  });

/** Of the deployment's own secrets, in different characters: 24 random hex digits have fewer once in 42,000 times. */
const FEWEST_CHARACTERS = 8;

/** Whether a text is of few different characters, or a shorter one that is repeated. What it says besides cannot be judged. */
export function isGuessable(text: string): boolean {
  if (new Set(text).size < FEWEST_CHARACTERS) return true;
  const most = Math.floor(text.length / 2);
  return Array.from({ length: most }, (_, n) => n + 1).some((period) => text.startsWith(text.slice(period)));
}

export const EASY = "is easy to guess: it has few different characters, or repeats a part of itself";

/** In characters: 24 hex digits are 96 bits, as many as nobody tries. */
const SHORTEST_TOKEN = 24;

/** The token that may do everything: whoever guesses it has all workspaces. It travels in a header. */
export const AdminToken = z
  .string("ADMIN_TOKEN must be set")
  .min(1, { abort: true, error: "ADMIN_TOKEN must be set" })
  .regex(/^[\x21-\x7e]+$/, "ADMIN_TOKEN must be ASCII without blanks, as a header cannot bring any other")
  .min(SHORTEST_TOKEN, {
    abort: true,
    error: `ADMIN_TOKEN must have at least ${SHORTEST_TOKEN} characters, better 32 random bytes: openssl rand -hex 32`,
  })
  .refine((token) => !isGuessable(token), `ADMIN_TOKEN ${EASY}. Make one by openssl rand -hex 32`);

/** Random bytes in any spelling; too short a text could be guessed. */
const KEY_LENGTH = 16;
const TOO_SHORT = `must have at least ${KEY_LENGTH} characters, better 32 random bytes`;

export const EncryptionKey = z
  .string()
  .default("")
  .refine((key) => key === "" || key.length >= KEY_LENGTH, `ENCRYPTION_KEY ${TOO_SHORT}`);

/** Apart by commas or white space. */
export const EncryptionKeys = z
  .string()
  .default("")
  .transform((text) => text.split(/[\s,]+/).filter((key) => key !== ""))
  .refine((keys) => keys.every(({ length }) => length >= KEY_LENGTH), `Each of ENCRYPTION_KEYS ${TOO_SHORT}`);

const HERE = ["127.0.0.1", "[::1]", "localhost"];

/** The variable `DNS_RESOLVER`: where names are looked up. What answers there decides where requests may go. */
export const DnsResolver = z
  .string()
  .default("")
  .transform((text) => text.trim() || "https://cloudflare-dns.com/dns-query")
  .refine((text) => {
    const url = URL.parse(text);
    return url?.protocol === "https:" || (url?.protocol === "http:" && HERE.includes(url.hostname));
  }, "DNS_RESOLVER must be an https:// URL, such as https://dns.google/resolve");

/** The variable `OWN_HOSTS`: host names of this deployment, separated by commas. Read as `URL` writes them. */
export const OwnHosts = z
  .string()
  .default("")
  .transform((text, context) => {
    const names = text.split(",").map((name) => name.trim());
    return names
      .filter((name) => name !== "")
      .map((name) => {
        const host = URL.parse(`https://${name}`);
        if (host?.href === `https://${host?.hostname}/`) return host.hostname;
        context.addIssue({
          code: "custom",
          message: `OWN_HOSTS must be host names, separated by commas: ${name} is none`,
        });
        return z.NEVER;
      });
  });

/**
 * The variable `EMAIL_ROUTES`: JSON text that assigns addresses, or whole domains, to sources, as in
 * `{"in.example.com": "src_…"}`. Only the operator can: a workspace that could would take the others' mail.
 */
export const EmailRoutes = z
  .string("EMAIL_ROUTES must be JSON text")
  .transform((text) => text || "{}")
  .pipe(jsonVariable("EMAIL_ROUTES"))
  .pipe(z.record(z.string().min(1), z.string().regex(/^src_/, "EMAIL_ROUTES names sources: src_…")))
  .transform((routes): ReadonlyMap<string, string> => {
    return new Map(Object.entries(routes).map(([address, source]) => [address.toLowerCase(), source]));
  })
  .default(new Map());

/** `Name <address>`, the name in quotation marks or not, or the address alone; empty: nobody. */
export const Sender = z.string().transform((text, context) => {
  const [, name = "", address = text] = /^\s*"?([^"<>]*?)"?\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  if (text.trim() === "") return null;
  const email = z.email().safeParse(address.trim());
  if (email.success) return { name, email: email.data };
  context.addIssue({ code: "custom", message: "NOTIFY_FROM must be an address, or Name <address>" });
  return z.NEVER;
});

/**
 * Origins, as browsers write them, with commas between; https alone, as what a page reads over http others read along.
 * @param local whether a page on the developer's own machine may be among them, which has no https
 */
export const origins = (name: string, local: boolean) =>
  z.string().transform((text, context) => {
    const all = text
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== "");
    for (const origin of all) {
      const url = URL.parse(origin);
      const isLocal = local && url?.protocol === "http:" && /^(localhost|127\.0\.0\.1)$/.test(url.hostname);
      if (url?.origin === origin && (isLocal || /^https:[^*;\s]+$/.test(origin))) continue;
      const message = `${name} must be origins such as https://app.example.com, with commas between: ${origin} is none`;
      context.addIssue({ code: "custom", message });
    }
    return all;
  });
