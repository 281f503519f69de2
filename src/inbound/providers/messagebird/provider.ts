import * as z from "zod";
import { joined } from "../../../lib/joined.ts";
import { byCodeUnits, firstValue, isForm, type Pair, queryOf, rawPairs } from "../../parsing/form.ts";
import { contentOf, errorOf, remaining } from "../../parsing/kinds.ts";
import { isOptOut } from "../../parsing/opt-out.ts";
import { asObject, given, parametersOf } from "../../parsing/parameters.ts";
import { isoTime } from "../../parsing/times.ts";
import { formEncoded, reencoded, signedUrls } from "../../parsing/urls.ts";
import {
  type CallbackRequest,
  defineProvider,
  type InboundRecord,
  MalformedCallback,
  type Reported,
  type Status,
  usualRefusal,
  type Verdict,
  type VerifyContext,
} from "../../provider.ts";
import { isStale, rotating, Secret, tolerance } from "../../settings.ts";
import { isHashOf } from "../../signatures/claimed-hash.ts";
import { concat, digest, signedByAny } from "../../signatures/hmac.ts";
import { openJws } from "../../signatures/jws.ts";
import { guide } from "./guide.ts";

/** A day, to be safe: it is not documented. In seconds. */
const RETRIES = 86_400;

/** How old a signed time may be, in seconds: that of the vendor's library for Node, its most patient one. */
const SIGNATURE_AGE = 100;

const credentials = z.strictObject({ signing_key: rotating(Secret) });

const options = z.strictObject({
  /** How the account signs: a digest, which the vendor deprecates, or a token. */
  generation: z.enum(["hmac", "jwt"], { error: "Choose hmac or jwt" }).default("jwt"),
  /** Of `hmac`, in seconds. */
  tolerance: tolerance(SIGNATURE_AGE),
  /** Of `jwt`: how far the clocks may be apart, in seconds. */
  leeway: z.int().min(0).max(60).default(5),
});

/** Reports and answers that follow from a GET, which intermediaries would otherwise keep. */
const NOT_KEPT = { "Cache-Control": "no-store" };

/**
 * Text messages by MessageBird's classic API, which reports by GET. Whoever fetches such a URL ahead has no signature to
 * show, so that fetching has no effect.
 *
 * Two reports are the same of one message, recipient, status and time: of several recipients each has reports of the same id
 * (https://developers.messagebird.com/api/sms-messaging/#handle-a-status-report). A message that came is known by its id.
 */
export const messagebird = defineProvider({
  name: "messagebird",
  guide,
  passesOn: false,
  bouncesLater: false,
  retriesFor: RETRIES,
  credentials,
  options,
  verify: (request, source, context) => {
    const { signing_key: keys } = source.credentials;
    const { generation, tolerance: seconds, leeway } = source.options;
    return generation === "jwt"
      ? verifyToken(request, keys, source.callbackUrl, leeway, context)
      : verifyDigest(request, keys, seconds, context.now);
  },
  normalise: async (request) => [recordOf(request)],
  respond: () => ({ status: 200, headers: NOT_KEPT }),
  refuse: (verdict) => {
    const usual = usualRefusal(verdict);
    return { ...usual, headers: { ...usual.headers, ...NOT_KEPT } };
  },
});

/**
 * HMAC-SHA256 over the time, the query in order, and the SHA-256 of the body as it is, line by line.
 * Source: https://developers.messagebird.com/api/#verifying-http-requests, and the vendor's libraries, which write the
 * query in different ways.
 */
async function verifyDigest(
  request: CallbackRequest,
  keys: readonly string[],
  seconds: number,
  now: number,
): Promise<Verdict> {
  const signature = request.headers.get("messagebird-signature");
  const time = request.headers.get("messagebird-request-timestamp");
  if (!signature || !time) return "missing_signature";
  if (!/^\d+$/.test(time)) return "malformed";
  const bodyHash = await digest("SHA-256", concat(request.body));
  for (const query of signedQueries(queryOf(request.url))) {
    if (await signedByAny("SHA-256", keys, concat(`${time}\n${query}\n`, bodyHash), [signature], "base64")) {
      return isStale(Number(time), now, seconds) ? "stale" : "verified";
    }
  }
  return "bad_signature";
}

/** At most eight: as it came, in order, and encoded anew in two ways; each also with the zone's plus restored. */
function signedQueries(query: string): Set<string> {
  const whole = withEncodedPlus(query);
  return new Set(
    [query, whole].flatMap((each) => [each, sortedRaw(each), formEncoded(each), reencoded(formEncoded(each))]),
  );
}

/** A query whose time has its zone's plus as a space, or as a plus that is read as one: with the plus encoded. */
function withEncodedPlus(query: string): string {
  const parts = query.split("&");
  const zoned = /^(statusDatetime=.*)(?:\+|%20)(\d\d(?::|%3A)?\d\d)$/is;
  const place = parts.findIndex((part) => zoned.test(part));
  return parts.map((part, at) => (at === place ? part.replace(zoned, "$1%2B$2") : part)).join("&");
}

const sortedRaw = (query: string) =>
  rawPairs(query)
    .toSorted(([a], [b]) => byCodeUnits(a, b))
    .map((pair) => pair.join("="))
    .join("&");

/**
 * A JSON Web Token that covers URL and body, and is good for once.
 * Source: https://developers.messagebird.com/api/#verifying-http-requests, `MessageBird-Signature-JWT`
 */
async function verifyToken(
  request: CallbackRequest,
  keys: readonly string[],
  callbackUrl: string,
  leeway: number,
  context: VerifyContext,
): Promise<Verdict> {
  const token = request.headers.get("messagebird-signature-jwt");
  if (!token) return "missing_signature";
  const opened = await openJws(token, keys, ["HS256", "HS384", "HS512"]);
  if (!opened.ok) return opened.reason;
  const { iss, nbf, exp, jti, url_hash, payload_hash } = opened.jws.claims;
  if (iss !== "MessageBird") return "bad_signature";
  if (typeof exp !== "number" || typeof jti !== "string" || jti === "") return "malformed";
  if (nbf !== undefined && typeof nbf !== "number") return "malformed";
  const isEarly = nbf !== undefined && context.now < nbf - leeway;
  if (isEarly || context.now >= exp + leeway) return "stale";
  const hashes = signedUrls(request, callbackUrl).map((url) => isHashOf(url_hash, url));
  if (!(await Promise.all(hashes)).includes(true)) return "bad_signature";
  const hasBody = request.body.length > 0;
  if (hasBody ? !(await isHashOf(payload_hash, request.body)) : payload_hash !== undefined) {
    return "bad_signature";
  }
  return (await context.seenBefore(jti)) ? "replayed" : "verified";
}

const STATUSES: Readonly<Record<string, Status>> = {
  scheduled: "queued",
  sent: "sent",
  buffered: "deferred",
  delivered: "delivered",
  expired: "failed",
  delivery_failed: "failed",
};

/**
 * Source: https://developers.messagebird.com/api/sms-messaging/#handle-a-status-report and …/#receive-a-message
 * @throws MalformedCallback for parameters that name no message
 */
function recordOf(request: CallbackRequest): Reported {
  if (request.method === "POST" && !isForm(request.headers)) {
    return { type: "ignored", reason: "It is none of the classic API's reports.", dedup_key: null };
  }
  const pairs = parametersOf(request);
  const id = given(pairs, "id");
  if (id === undefined) throw new MalformedCallback("No parameter names a message.");
  const status = given(pairs, "status");
  if (status === undefined) return inbound(pairs, id);
  const recipient = given(pairs, "recipient");
  const time = withPlus(given(pairs, "statusDatetime"));
  // One message may have many recipients, and its id is the same for all of them.
  const key = joined([id, recipient, status, time]);
  const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  if (!known) return { type: "ignored", reason: `The status ${status} is none that we know.`, dedup_key: key };
  const code = given(pairs, "statusErrorCode") ?? null;
  return {
    type: "status",
    channel: "sms",
    status: known,
    message_id: id,
    recipient: recipient ?? null,
    ...(known === "failed" ? errorOf(code, given(pairs, "statusReason") ?? null) : {}),
    occurred_at: isoTime(time),
    dedup_key: key,
    raw: asObject(pairs),
  };
}

/** What other fields of the event have. */
const ELSEWHERE: ReadonlySet<string> = new Set(["id", "originator", "recipient", "body", "createdDatetime"]);

function inbound(pairs: readonly Pair[], id: string): InboundRecord {
  const from = given(pairs, "originator");
  const to = given(pairs, "recipient");
  if (from === undefined || to === undefined) throw new MalformedCallback("A message has a sender and a recipient.");
  const text = firstValue(pairs, "body") ?? null;
  return {
    type: "inbound",
    channel: "sms",
    message_id: id,
    from,
    to: [to],
    text,
    media: [],
    ...contentOf(
      "text",
      remaining(pairs, (name) => ELSEWHERE.has(name)),
    ),
    ...(isOptOut(text) ? { opt_out: true } : {}),
    occurred_at: isoTime(withPlus(given(pairs, "createdDatetime"))),
    dedup_key: id,
    raw: asObject(pairs),
  };
}

/** A zone's plus comes as a space where it was not escaped. */
const withPlus = (time: string | undefined): string | undefined => time?.replace(/ (?=\d\d:?\d\d$)/, "+");
