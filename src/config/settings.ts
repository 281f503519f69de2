import * as z from "zod";
import { CeilingsVariable } from "./ceilings.ts";
import { EmailRoutes } from "./email-routes.ts";
import { AdminToken, EASY, isGuessable } from "./guessable.ts";
import { PlansVariable } from "./plans.ts";
import { DnsResolver, OwnHosts } from "./targets.ts";

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** `Name <address>`, the name in quotation marks or not, or the address alone; empty: nobody. */
const Sender = z.string().transform((text, context) => {
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
const origins = (name: string, local: boolean) =>
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

/** Random bytes in any spelling; too short a text could be guessed. */
const KEY_LENGTH = 16;
const TOO_SHORT = `must have at least ${KEY_LENGTH} characters, better 32 random bytes`;

const EncryptionKey = z
  .string()
  .default("")
  .refine((key) => key === "" || key.length >= KEY_LENGTH, `ENCRYPTION_KEY ${TOO_SHORT}`);

/** Apart by commas or white space. */
const EncryptionKeys = z
  .string()
  .default("")
  .transform((text) => text.split(/[\s,]+/).filter((key) => key !== ""))
  .refine((keys) => keys.every(({ length }) => length >= KEY_LENGTH), `Each of ENCRYPTION_KEYS ${TOO_SHORT}`);

const Variables = z.object({
  ADMIN_TOKEN: AdminToken,
  ENCRYPTION_KEY: EncryptionKey,
  ENCRYPTION_KEYS: EncryptionKeys,
  // Whatever does not clearly allow it forbids it.
  ALLOW_PRIVATE_TARGETS: z
    .string()
    .default("")
    .transform((text) => /^(true|1|yes|on)$/i.test(text)),
  // Whatever does not clearly turn it off leaves it on.
  DNS_GUARD: z
    .string()
    .default("")
    .transform((text) => !/^(false|0|no|off)$/i.test(text.trim())),
  DNS_RESOLVER: DnsResolver,
  OWN_HOSTS: OwnHosts,
  MAX_CONCURRENCY: count(100),
  RELAYS_FROM: count(2500),
  RETENTION_DAYS: count(30),
  RETENTION_BYTES: count(5_000_000_000),
  AUDIT_DAYS: count(365),
  // Addresses, or whole domains, of mail that Cloudflare Email Routing hands over, and the sources that they belong to.
  EMAIL_ROUTES: EmailRoutes,
  // Where the API is reached: for links in what no request of ours has led to.
  PUBLIC_ORIGIN: z
    .string()
    .regex(/^(https?:\/\/[^/]+\/?)?$/, "PUBLIC_ORIGIN must be like https://hooks.example.com")
    .default("")
    .transform((origin) => origin.replace(/\/$/, "")),
  PLANS: PlansVariable,
  CEILINGS: CeilingsVariable,
  NOTIFY_FROM: Sender.default(null),
  // Whose pages may call the API from a browser.
  CORS_ORIGINS: origins("CORS_ORIGINS", false).default([]),
  // Whose pages may show the portal in a frame to who came by a link.
  PORTAL_FRAME_ORIGINS: origins("PORTAL_FRAME_ORIGINS", true).default([]),
});

const Settings = Variables.transform(({ ENCRYPTION_KEY, ENCRYPTION_KEYS, ...others }, context) => {
  // The single key is what a deployment began with: once there are several, it is the oldest of them.
  const all = [...ENCRYPTION_KEYS, ...(ENCRYPTION_KEY === "" ? [] : [ENCRYPTION_KEY])];
  const [first, ...older] = new Set(all);
  if (first === undefined) {
    context.addIssue({ code: "custom", message: "ENCRYPTION_KEYS or ENCRYPTION_KEY must be set" });
    return z.NEVER;
  }
  // An older one may be: what it has sealed must open, so that another can take its place.
  if (isGuessable(first)) {
    const message = `The first of the encryption keys ${EASY}. Put another before it in ENCRYPTION_KEYS (docs/secrets.md)`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }
  return { ...others, encryptionKeys: [first, ...older] as const };
});

/**
 * The deployment's variables and secrets (wrangler.toml and .dev.vars.example describe them), checked. Of
 * `encryptionKeys` the first seals, and all open; each is there once.
 */
export type Settings = z.infer<typeof Settings>;

const known = new WeakMap<Env, Settings>();

/**
 * Reads the environment once an isolate.
 * @throws Error naming each variable that is missing or malformed: a deployment without its secrets serves nothing.
 */
export function settingsOf(env: Env): Settings {
  const before = known.get(env);
  if (before) return before;
  const parsed = Settings.safeParse(env);
  if (!parsed.success) throw new Error(`Misconfigured: ${z.prettifyError(parsed.error)}`);
  known.set(env, parsed.data);
  return parsed.data;
}
