import * as z from "zod";
import { CeilingsVariable } from "./ceilings.ts";
import { PlansVariable } from "./plans.ts";
import {
  AdminToken,
  DnsResolver,
  EASY,
  EmailRoutes,
  EncryptionKey,
  EncryptionKeys,
  isGuessable,
  OwnHosts,
  origins,
  Sender,
} from "./variables.ts";

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

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
