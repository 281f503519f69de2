import { utf8 } from "../dialects/wire.ts";
import { settingsOf } from "./settings.ts";
import { holderOf, type TokenHolder } from "./tokens.ts";

/** Who makes a request. */
export type Caller = { kind: "admin" } | ({ kind: "token" } & TokenHolder);

const digest = (text: string): Promise<ArrayBuffer> => crypto.subtle.digest("SHA-256", utf8(text));

/** Digests have one length, so neither the time nor an exception tells how much of the token was right. */
async function isAdmin(env: Env, token: string): Promise<boolean> {
  const [given, expected] = await Promise.all([digest(token), digest(settingsOf(env).ADMIN_TOKEN)]);
  return crypto.subtle.timingSafeEqual(given, expected);
}

/** Whose bearer token this is; null if nobody's. */
export async function authenticate(env: Env, token: string): Promise<Caller | null> {
  if (await isAdmin(env, token)) return { kind: "admin" };
  const holder = await holderOf(env, token);
  return holder && { kind: "token", ...holder };
}
