import type { ReceivingSource } from "../config/sources.ts";
import { looksLikeCredential, MASK } from "../lib/mask-header.ts";
import { callWithRetry } from "../lib/objects.ts";
import { Redactor } from "../lib/redact.ts";
import { refuseUrl } from "../targets/evaluate.ts";
import { fetchCertificate } from "./certificates.ts";
import type { Callback } from "./contract.ts";
import { keep } from "./keeping.ts";
import {
  type CallbackRequest,
  type ControlRecord,
  MalformedCallback,
  type Normalised,
  type Provider,
  type Rejection,
  type Reply,
  type Source,
} from "./provider.ts";
import { RejectionLog } from "./rejection-log.ts";
import { splitOptions } from "./tickets.ts";

/** Something that came to a source. */
export type Arrival = {
  env: Env;
  /** Lets work go on after the answer. */
  waitUntil(work: Promise<unknown>): void;
  provider: Provider;
  source: ReceivingSource;
  /** Its URL as the provider was given it. */
  callbackUrl: string;
  /** Where the API is reached. */
  origin: string;
  /** Milliseconds since 1970. */
  now: number;
};

type Request = CallbackRequest & { body: Uint8Array<ArrayBuffer> };

/** What a callback says; or why that could not be read. */
export type Said = { records: Normalised[]; malformed: string | null };

/** The provider is to come again. */
const AGAIN: Reply = { status: 503, headers: { "Retry-After": "5" } };
/** A confirmation's one visit, in milliseconds. */
const VISIT_MS = 5000;

/** However soon a provider gives up: how far a message has come is known as long as its keys are. */
const LEAST_KEPT_MS = 7 * 86_400_000;

/** Isolate-wide. */
const rejections = new RejectionLog();

/** Verifies a callback, stores it with what it says, and only then gives the provider the answer that it wants. */
export async function receive(arrival: Arrival, request: Request): Promise<Reply> {
  const { provider, source } = arrival;
  const { own } = splitOptions(source.options);
  const configured: Source = { credentials: source.credentials, options: own, callbackUrl: arrival.callbackUrl };
  try {
    const greeting = await provider.handshake(request, configured);
    if (greeting) return greeting;
    const replayKeys: string[] = [];
    const verdict = await verdictOn(provider, request, configured, {
      now: Math.floor(arrival.now / 1000),
      fetchCertificate: (url) => fetchCertificate(arrival.env, url),
      seenBefore: async (key) => {
        replayKeys.push(key);
        return await callWithRetry(arrival.env.SOURCE, source.id, (object) => object.seen(key));
      },
    });
    if (verdict !== "verified") {
      // It was taken before: without effect, nothing to worry about, and no reason for the provider to come again.
      if (verdict === "replayed") return provider.respond([]);
      note(arrival, request, verdict);
      return provider.refuse(verdict);
    }
    const said = await read(provider, request, configured);
    for (const record of said.records) if (record.type === "control") await confirm(arrival, record);
    const callback = callbackOf(arrival, request, said, replayKeys);
    await callWithRetry(arrival.env.SOURCE, source.id, (object) => object.accept(callback));
    return provider.respond(said.records);
  } catch (error) {
    console.error(`${source.id}: a callback could not be taken in, the provider is to come again:`, error);
    return AGAIN;
  }
}

/** What cannot even be read in order to be verified is not believed, and will not be better the next time. */
async function verdictOn(...[provider, request, source, context]: [Provider, ...Parameters<Provider["verify"]>]) {
  try {
    return await provider.verify(request, source, context);
  } catch (error) {
    if (error instanceof MalformedCallback) return "malformed" as const;
    throw error;
  }
}

/** A callback that makes no sense is kept: its provider will not say it better the next time. */
export async function read(provider: Provider, request: Request, source: Source): Promise<Said> {
  try {
    return { records: await provider.normalise(request, source), malformed: null };
  } catch (error) {
    if (!(error instanceof MalformedCallback)) console.error(`${provider.name}: a callback could not be read:`, error);
    return { records: [], malformed: error instanceof MalformedCallback ? error.message : "It could not be read" };
  }
}

/** A verified callback, as its source is to keep it. */
export function callbackOf(
  { provider, source, origin, now }: Pick<Arrival, "provider" | "source" | "origin" | "now">,
  request: Request,
  said: Said,
  replayKeys: string[],
): Callback {
  const { records, malformed } = keep(said.records, said.malformed, request.body);
  return {
    workspaceId: source.workspaceId,
    provider: provider.name,
    origin,
    at: now,
    request: { ...request, ...shown(request, source.credentials) },
    records,
    malformed,
    replayKeys,
    tickets: splitOptions(source.options).tickets,
    keepMs: Math.max(provider.retriesFor * 1000, LEAST_KEPT_MS),
  };
}

/**
 * Visits what the provider wants visited, once: the same news again may be old, and undo what came after it.
 * @throws Error where the visit did not succeed
 */
async function confirm({ env, source }: Arrival, { visit: url, dedup_key }: ControlRecord): Promise<void> {
  if (url === undefined) return;
  const heard = dedup_key && (await callWithRetry(env.SOURCE, source.id, (object) => object.heard(dedup_key)));
  if (!heard) await visit(env, url);
}

async function visit(env: Env, url: string): Promise<void> {
  const refusal = await refuseUrl(env, url);
  if (refusal) throw new Error(refusal.reason);
  const response = await fetch(url, {
    headers: { "accept-encoding": "identity" },
    redirect: "manual",
    signal: AbortSignal.timeout(VISIT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`A confirmation was answered with status ${response.status}`);
}

function note({ env, waitUntil, provider, source, now }: Arrival, request: Request, cause: Rejection): void {
  const from = request.headers.get("cf-connecting-ip");
  const userAgent = request.headers.get("user-agent")?.slice(0, 200) ?? null;
  const delay = rejections.note(source.id, { at: now, cause, method: request.method, from, userAgent });
  if (delay === null) return;
  const tell = async () => {
    if (delay > 0) await scheduler.wait(delay);
    const batch = rejections.take(source.id, Date.now());
    if (batch) await env.SOURCE.getByName(source.id).rejected(source.workspaceId, provider.name, batch);
  };
  waitUntil(
    tell().catch((error: unknown) => console.error(`${source.id}: rejected callbacks could not be counted:`, error)),
  );
}

/** Proxies keep what they were sent under names like X-Original-Authorization. */
const CREDENTIAL = /authorization$|^cookie$/i;

/** What of a request may be kept: credentials of the source, or of whoever stands in between, are masked. */
function shown(
  { url, headers }: Pick<Request, "url" | "headers">,
  credentials: unknown,
): { url: string; headers: Record<string, string> } {
  const all = texts(credentials);
  const hidden = new Redactor(all);
  const kept = [...headers].map(([name, value]) => {
    const credential = CREDENTIAL.test(name) || looksLikeCredential(value) || all.includes(value);
    return [name, credential ? MASK : hidden.hide(value)] as const;
  });
  return { url: hidden.hide(url), headers: Object.fromEntries(kept) };
}

function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
