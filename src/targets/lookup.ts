import * as z from "zod";
import { textAtMost } from "../lib/bounded-body.ts";
import { within } from "../lib/deadline.ts";

/*
 * DNS over HTTPS in the JSON form that Google and Cloudflare share.
 * https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json/
 */

/** What a resolver says of a name. */
export type Lookup =
  /** `ttlMs` is the shortest life of the records that lead there. */
  | { state: "found"; addresses: string[]; ttlMs: number }
  /** There is no such name, or it has no address. */
  | { state: "nothing" }
  /** The name's own servers do not answer, or not what DNSSEC accepts: `SERVFAIL`, as a rule. */
  | { state: "failed" }
  /** The resolver did not answer, or not in this form: nothing is known of the name. */
  | { state: "unavailable" };

/** For both of a lookup's questions, in milliseconds: a resolver that knows the name takes tens, one that asks around 1 000. */
export const LOOKUP_MS = 3000;
/** Of one answer: about 200 records. */
const MAX_BYTES = 16_384;

/** https://www.iana.org/assignments/dns-parameters: record types, and response codes. */
const QUESTIONS = ["A", "AAAA"] as const;
const A = 1;
const AAAA = 28;
const NO_ERROR = 0;
const NO_SUCH_NAME = 3;

const DnsJson = z.object({
  Status: z.int().min(0),
  // Of a truncated answer nobody knows what it left out.
  TC: z.literal(false).optional(),
  Answer: z.array(z.object({ type: z.int(), TTL: z.int().min(0), data: z.string() })).optional(),
});
type DnsJson = z.infer<typeof DnsJson>;

/**
 * Asks a resolver for all addresses of a name. It follows aliases (CNAME) itself. Never throws. One connection at a time:
 * it counts among those that an invocation may have open.
 * @param resolver the URL of its JSON API
 * @param host as `URL` writes it
 */
export async function lookUp(resolver: string, host: string): Promise<Lookup> {
  const answers: DnsJson[] = [];
  try {
    await within(LOOKUP_MS, async (signal) => {
      for (const type of QUESTIONS) answers.push(await ask(resolver, host, type, signal));
    });
  } catch (error) {
    console.error(`${host} could not be looked up at ${new URL(resolver).host}:`, error);
    return { state: "unavailable" };
  }
  // One of the two families unknown is as good as both: what it leads to might not be public.
  if (answers.some(({ Status }) => Status !== NO_ERROR && Status !== NO_SUCH_NAME)) return { state: "failed" };
  const records = answers.flatMap(({ Answer = [] }) => Answer);
  const addresses = records.filter(({ type }) => type === A || type === AAAA).map(({ data }) => data);
  if (addresses.length === 0) return { state: "nothing" };
  return { state: "found", addresses, ttlMs: 1000 * Math.min(...records.map(({ TTL }) => TTL)) };
}

async function ask(resolver: string, host: string, type: string, signal: AbortSignal): Promise<DnsJson> {
  const url = new URL(resolver);
  url.searchParams.set("name", host);
  url.searchParams.set("type", type);
  const response = await fetch(url, {
    headers: { accept: "application/dns-json", "accept-encoding": "identity" },
    redirect: "manual",
    signal,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`The resolver answered with status ${response.status}`);
  }
  return DnsJson.parse(JSON.parse(await textAtMost(response, MAX_BYTES)));
}
