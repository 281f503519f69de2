import { loadSendingConfig, type SendingConfig } from "../config/endpoints.ts";
import type { Redactor } from "../lib/redact.ts";
import { permitted } from "./custom-headers.ts";
import { redactorOf } from "./outcome.ts";

/** With what must not be shown of the answers. */
export type Sendable = SendingConfig & { hidden: Redactor };

/** Isolate-wide; an entry is a few hundred bytes. */
const MAX_ENTRIES = 5000;
const known = new Map<string, Sendable>();

/**
 * What an endpoint's requests are made of, at this version or a later one; from the isolate's memory if it is there.
 * Null if the endpoint was deleted.
 */
export async function sendingConfig(env: Env, id: string, version: number): Promise<Sendable | null> {
  const now = Date.now();
  const before = known.get(id);
  const current =
    before && before.version >= version && (before.secretsExpireAt === null || now < before.secretsExpireAt);
  if (current) return before;
  const stored = await loadSendingConfig(env, id, now);
  known.delete(id);
  if (!stored) return null;
  const sent = { ...stored, headers: permitted(stored.headers) };
  const config = { ...sent, hidden: redactorOf(sent) };
  if (known.size >= MAX_ENTRIES) known.clear();
  known.set(id, config);
  return config;
}
