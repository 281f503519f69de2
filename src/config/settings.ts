import { z } from "zod";
import { EmailRoutes } from "./email-routes.ts";
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

const Settings = z.object({
  ADMIN_TOKEN: z.string().min(1, "ADMIN_TOKEN must be set"),
  // Random bytes in any spelling; too short a text could be guessed.
  ENCRYPTION_KEY: z.string().min(16, "ENCRYPTION_KEY must have at least 16 characters, better 32 random bytes"),
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
  RERELEASE_AFTER_MS: count(900_000),
  RETENTION_DAYS: count(30),
  RETENTION_BYTES: count(5_000_000_000),
  // Addresses, or whole domains, of mail that Cloudflare Email Routing hands over, and the sources that they belong to.
  EMAIL_ROUTES: EmailRoutes,
  // Where the API is reached: for links in what no request of ours has led to.
  PUBLIC_ORIGIN: z
    .string()
    .regex(/^(https?:\/\/[^/]+\/?)?$/, "PUBLIC_ORIGIN must be like https://hooks.example.com")
    .default("")
    .transform((origin) => origin.replace(/\/$/, "")),
  PLANS: PlansVariable,
  NOTIFY_FROM: Sender.default(null),
});

/** The deployment's variables and secrets (wrangler.toml and .dev.vars.example describe them), checked. */
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
