import * as z from "zod";
import { sameBytes } from "../../../lib/constant-time.ts";
import { joined } from "../../../lib/joined.ts";
import type { Json } from "../../../systems/event-type.ts";
import { refuseVonage, TOKEN_AGE, VONAGE_RETRIES, verifyVonageToken } from "../../families/vonage.ts";
import { byCodeUnits, formOf, lastValues, parseForm, queryOf } from "../../parsing/form.ts";
import { jsonObjectOf } from "../../parsing/json.ts";
import { contentOf, errorOf, kindOf, remaining } from "../../parsing/kinds.ts";
import { isOptOut } from "../../parsing/opt-out.ts";
import { isoOperatorTime, isoTime } from "../../parsing/times.ts";
import {
  type CallbackRequest,
  defineProvider,
  type InboundRecord,
  MalformedCallback,
  type Reported,
  type Status,
  type Verdict,
} from "../../provider.ts";
import { isStale, rotating, Secret, tolerance } from "../../settings.ts";
import { digest, fromHex, type Hash, hmac } from "../../signatures/hmac.ts";
import { guide } from "./guide.ts";

/** HMAC with these, or for `md5hash` MD5 alone over the text and the secret behind it. */
const HASHES: Readonly<Record<"md5" | "sha1" | "sha256" | "sha512", Hash>> = {
  md5: "MD5",
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha512: "SHA-512",
};

/**
 * A day, as `timestamp` is often that of the message, the same when a callback is repeated; what comes twice is known by
 * its key as long.
 */
const SIGNATURE_AGE = VONAGE_RETRIES;

const credentials = z.strictObject({ signature_secret: rotating(Secret) });

const options = z.strictObject({
  /** How the account signs: a parameter `sig`, or a token in the header. */
  scheme: z.enum(["sig", "jwt"], { error: "Choose sig or jwt" }).default("sig"),
  /** The account's setting; no callback tells it. */
  algorithm: z
    .enum(["md5hash", "md5", "sha1", "sha256", "sha512"], { error: "Choose md5hash, md5, sha1, sha256 or sha512" })
    .default("md5hash"),
  /** In seconds; left out, a day for `sig` and five minutes for `jwt`. */
  tolerance: tolerance(0).unwrap().optional(),
  /** Of `jwt`: believe what no token covers, such as all that a GET says. */
  allow_missing_payload_hash: z.boolean().default(false),
});

type Parameters = ReadonlyMap<string, string>;

/**
 * Text messages by Vonage's SMS API. Two receipts are the same of one `messageId`, status and carrier's time (`scts`): each
 * part of a long message has an id of its own (https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts). A
 * message that came is known by its `messageId`, as is each part
 * (https://developer.vonage.com/en/messaging/sms/guides/inbound-sms).
 */
export const vonageSms = defineProvider({
  name: "vonage-sms",
  guide,
  passesOn: false,
  bouncesLater: false,
  retriesFor: VONAGE_RETRIES,
  credentials,
  options,
  verify: (request, source, context) => {
    const { signature_secret: secrets } = source.credentials;
    const { scheme, algorithm, tolerance: seconds, allow_missing_payload_hash } = source.options;
    return scheme === "jwt"
      ? verifyVonageToken(request, secrets, { tolerance: seconds ?? TOKEN_AGE, allow_missing_payload_hash }, context)
      : verifyParameters(request, secrets, algorithm, seconds ?? SIGNATURE_AGE, context.now);
  },
  normalise: async (request) => normaliseParameters(parametersOf(request)),
  refuse: refuseVonage,
});

/**
 * The query of a GET, or the form or JSON of a POST; of a POST without a body its query. Of a name that comes twice the
 * last value counts, in the signature as in the record.
 * @throws MalformedCallback for JSON that is no flat object
 */
function parametersOf(request: CallbackRequest): Parameters {
  if (request.method !== "POST" || request.body.length === 0) return lastValues(parseForm(queryOf(request.url)));
  // Accounts choose between a form and JSON; no form begins like this.
  if (request.body[0] !== "{".charCodeAt(0)) return lastValues(formOf(request.body));
  return new Map(Object.entries(jsonObjectOf(request.body)).map(([name, value]) => [name, flat(value)]));
}

function flat(value: Json): string {
  if (value !== null && typeof value === "object") throw new MalformedCallback("A parameter is no text.");
  return value === null ? "" : String(value);
}

/**
 * `&name=value` for every parameter but `sig`, sorted by name, with `_` for `&` and `=` in values, not encoded.
 * Source: https://developer.vonage.com/en/getting-started/concepts/signing-messages
 */
async function verifyParameters(
  request: CallbackRequest,
  secrets: readonly string[],
  algorithm: z.output<typeof options>["algorithm"],
  seconds: number,
  now: number,
): Promise<Verdict> {
  let parameters: Parameters;
  try {
    parameters = parametersOf(request);
  } catch (error) {
    if (error instanceof MalformedCallback) return "malformed";
    throw error;
  }
  const sig = parameters.get("sig");
  if (!sig) return "missing_signature";
  const signature = fromHex(sig);
  if (!signature) return "bad_signature";
  // Names are signed as they are: one that holds `&` or `=` could stand for several parameters.
  if ([...parameters.keys()].some((name) => /[&=]/.test(name))) return "malformed";
  const signed = [...parameters]
    .filter(([name]) => name !== "sig")
    .sort(([a], [b]) => byCodeUnits(a, b))
    .map(([name, value]) => `&${name}=${value.replace(/[&=]/g, "_")}`)
    .join("");
  for (const secret of secrets) {
    const expected =
      algorithm === "md5hash" ? await digest("MD5", signed + secret) : await hmac(HASHES[algorithm], secret, signed);
    if (!sameBytes(signature, expected)) continue;
    const time = parameters.get("timestamp") ?? "";
    return isStale(/^\d+$/.test(time) ? Number(time) : Number.NaN, now, seconds) ? "stale" : "verified";
  }
  return "bad_signature";
}

/** Of `unknown` there is nothing to tell. */
const STATUSES: Readonly<Record<string, Status>> = {
  accepted: "sent",
  buffered: "deferred",
  delivered: "delivered",
  expired: "failed",
  failed: "failed",
  rejected: "failed",
};

/**
 * Source: https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts and …/inbound-sms
 * @throws MalformedCallback for parameters that name no message
 */
function normaliseParameters(parameters: Parameters): Reported[] {
  const id = parameters.get("messageId") ?? parameters.get("message-id");
  const number = parameters.get("msisdn");
  if (!id || !number) throw new MalformedCallback("No parameter names a message, or nobody's number is there.");
  const status = parameters.get("status");
  if (status === undefined) return [inbound(parameters, id, number)];
  const carrierTime = parameters.get("scts");
  const carrierIso = isoOperatorTime(carrierTime);
  // What is no time may differ between repetitions of the same news.
  const key = joined([id, status, ...(carrierIso === null ? [] : [carrierTime])]);
  const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  if (!known) return [{ type: "ignored", reason: `The status ${status} tells nothing that we know.`, dedup_key: key }];
  const code = parameters.get("err-code");
  return [
    {
      type: "status",
      channel: "sms",
      status: known,
      message_id: id,
      recipient: number,
      ...errorOf(code === undefined || code === "" || code === "0" ? null : code, null),
      occurred_at: isoTime(parameters.get("message-timestamp")) ?? carrierIso,
      dedup_key: key,
      raw: Object.fromEntries(parameters),
    },
  ];
}

function inbound(parameters: Parameters, id: string, from: string): InboundRecord {
  const to = parameters.get("to");
  if (!to) throw new MalformedCallback("A message has a recipient.");
  const text = parameters.get("text") ?? null;
  const part = partOf(parameters);
  return {
    type: "inbound",
    channel: "sms",
    message_id: id,
    from,
    to: [to],
    text,
    media: [],
    ...partsOf(parameters),
    ...(part === undefined ? {} : { part }),
    ...(part === undefined && isOptOut(text) ? { opt_out: true } : {}),
    occurred_at: isoTime(parameters.get("message-timestamp")),
    dedup_key: id,
    raw: Object.fromEntries(parameters),
  };
}

/** What other fields of the event have, and what is of the call and not of the message. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...["messageId", "message-id", "msisdn", "to", "text", "type", "message-timestamp", "api-key"],
  ...["concat", "concat-part", "concat-total", "concat-ref", "timestamp", "nonce", "sig"],
]);

/** `text` and `unicode` are text; of `binary` there is `data` with its header `udh`, both in hex. */
function partsOf(parameters: Parameters): Partial<InboundRecord> {
  const type = parameters.get("type") ?? "text";
  const kind = type === "unicode" ? "text" : kindOf(type);
  return contentOf(
    kind,
    remaining([...parameters], (name) => ELSEWHERE.has(name)),
  );
}

/** Parts have ids of their own: what belongs together shares the sender's number and this reference. */
function partOf(parameters: Parameters): InboundRecord["part"] {
  if (parameters.get("concat") !== "true") return undefined;
  const [number, of] = ["concat-part", "concat-total"].map((name) => Number(parameters.get(name)));
  const reference = parameters.get("concat-ref");
  return reference !== undefined && Number.isInteger(number) && Number.isInteger(of)
    ? { number: number ?? 0, of: of ?? 0, reference }
    : undefined;
}
