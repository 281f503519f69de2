import {
  type EndpointRecord,
  type EndpointState,
  loadEndpoint,
  openSendingConfig,
  type SendingConfig,
  type StoredSendingConfig,
  stateOf,
} from "../config/endpoints.ts";
import { isAway } from "../config/failures.ts";
import { UnsealError } from "../config/secrets.ts";
import { maskHeader } from "../lib/mask-header.ts";
import type { Redactor } from "../lib/redact.ts";
import { attemptsAt } from "../targets/evaluate.ts";
import type { Refusal } from "../targets/resolve.ts";
import { permitted } from "./custom-headers.ts";
import { redactorOf } from "./outcome.ts";
import type { Sent } from "./parcel.ts";
import { USER_AGENT } from "./request.ts";

/** With what must not be shown of the answers, what is kept of how it was sent, and what says whether it may be. */
export type Sendable = Omit<SendingConfig, "secrets"> & {
  /** What signs at a time, in milliseconds since 1970. A secret may end between a look at this and the request. */
  secretsAt: (now: number) => readonly string[];
  hidden: Redactor;
  sent: Sent;
  refusal: () => Promise<Refusal | null>;
};

/** Isolate-wide; an entry is a few hundred bytes. */
const MAX_ENTRIES = 10_000;
/** D1 is asked again about what was read so long ago, in milliseconds: a workspace's name has no version. */
export const REREAD_MS = 900_000;
/** So old it may be while D1 is away, in milliseconds. */
export const OLDEST_MS = 3_600_000;

type Entry = { stored: StoredSendingConfig; readAt: number; made: Sendable };
const known = new Map<string, Entry>();

/**
 * What an endpoint's requests are made of, at this version or a later one: from the isolate's memory for {@link REREAD_MS},
 * and while D1 is away for {@link OLDEST_MS}. An older version never serves: its URL or its secret may have been replaced
 * because it must not be used any more. Null if the endpoint was deleted.
 * @throws DatabaseAway where D1 does not answer and nothing is known that may serve: nothing was attempted, and nothing is
 *   said of the endpoint; UnsealError if a credential does not open
 */
export async function sendingConfig(env: Env, id: string, version: number): Promise<Sendable | null> {
  const now = Date.now();
  const before = known.get(id);
  const age = before ? Math.abs(now - before.readAt) : Number.POSITIVE_INFINITY;
  const serves = before !== undefined && before.stored.version >= version && age < OLDEST_MS;
  if (serves && age < REREAD_MS) return before.made;
  try {
    const record = await loadEndpoint(env, id, now, serves ? "known" : "lookUp");
    known.delete(id);
    return record && (await remembered(env, record, now)).made;
  } catch (error) {
    if (!serves || !isAway(error)) throw error;
    return before.made;
  }
}

/**
 * What the endpoint's object runs by, as D1 has it now; null if it was deleted. What its requests are made of was read along
 * with it and is remembered: it is what is wanted next.
 * @throws DatabaseAway
 */
export async function endpointState(env: Env, id: string): Promise<EndpointState | null> {
  const now = Date.now();
  const record = await loadEndpoint(env, id, now);
  known.delete(id);
  if (!record) return null;
  try {
    await remembered(env, record, now);
  } catch (error) {
    // Whoever is about to send meets it again, and says so.
    if (!(error instanceof UnsealError)) throw error;
  }
  return stateOf(record);
}

async function remembered(env: Env, record: EndpointRecord, now: number): Promise<Entry> {
  const entry = entryOf(env, await openSendingConfig(env, record), now);
  if (known.size >= MAX_ENTRIES) known.clear();
  known.set(record.row.id, entry);
  return entry;
}

function entryOf(env: Env, stored: StoredSendingConfig, readAt: number): Entry {
  const { secrets, ...rest } = stored;
  const sent = { ...rest, headers: permitted(stored.headers) };
  const made = {
    ...sent,
    secretsAt: secretsAt(secrets),
    hidden: redactorOf({ ...sent, secrets: secrets.map(({ text }) => text) }),
    sent: sentOf(sent),
    refusal: attemptsAt(env, stored.url),
  };
  return { stored, readAt, made };
}

/** Those that have ended since they were read are left out, for which D1 need not be asked. */
function secretsAt(secrets: StoredSendingConfig["secrets"]): Sendable["secretsAt"] {
  const all = secrets.map(({ text }) => text);
  if (secrets.every(({ expiresAt }) => expiresAt === null)) return () => all;
  return (now) => secrets.flatMap(({ text, expiresAt }) => (expiresAt === null || expiresAt > now ? [text] : []));
}

function sentOf(config: Omit<SendingConfig, "secrets">): Sent {
  const headers = Object.fromEntries(
    Object.entries(config.headers).map(([name, value]) => [name.toLowerCase(), maskHeader(name, value)]),
  );
  const { url, dialect, channels } = config;
  return { url, dialect, channels, headers: { ...headers, "user-agent": USER_AGENT } };
}
