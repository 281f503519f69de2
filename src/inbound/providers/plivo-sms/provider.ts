import * as z from "zod";
import { joined } from "../../../lib/joined.ts";
import { byCodeUnits, firstValue, formOf, type Pair, parseForm, queryOf } from "../../parsing/form.ts";
import { contentOf, errorOf, idsOf, kindOf, kindOfMedia, remaining } from "../../parsing/kinds.ts";
import { locationOf } from "../../parsing/location.ts";
import { isOptOut } from "../../parsing/opt-out.ts";
import { asObject, given, givenByName, parametersOf } from "../../parsing/parameters.ts";
import { isoTime } from "../../parsing/times.ts";
import { signedBases } from "../../parsing/urls.ts";
import {
  type CallbackRequest,
  type Channel,
  defineProvider,
  type InboundRecord,
  MalformedCallback,
  type Media,
  type MessageKind,
  type Reported,
  type Source,
  type Status,
  type Verdict,
} from "../../provider.ts";
import { rotating, Secret } from "../../settings.ts";
import { signedByAny } from "../../signatures/hmac.ts";
import { guide } from "./guide.ts";

/** In seconds. Source: Plivo's support, of callbacks for incoming messages. */
const RETRIES = 86_400;

const credentials = z.strictObject({
  /** The main account's token, or that of the sub-account that sends. */
  auth_token: rotating(Secret),
});

const options = z.strictObject({
  /** Refuse callbacks that are signed as version 2 alone, which covers neither parameters nor body. */
  require_v3: z.boolean().default(false),
});

type PlivoSource = Source<z.output<typeof credentials>, z.output<typeof options>>;

/**
 * Text messages, and WhatsApp, by Plivo. Two callbacks are the same of one `MessageUUID` and status: a message to several
 * has one for each of them (https://www.plivo.com/docs/messaging/api/message/send-a-message).
 */
export const plivoSms = defineProvider({
  name: "plivo-sms",
  guide,
  passesOn: false,
  bouncesLater: false,
  retriesFor: RETRIES,
  credentials,
  options,
  verify,
  normalise: async (request) => normalise(parametersOf(request)),
});

/**
 * Version 3 where any of its headers is there, and version 2 only where none is: otherwise whoever has seen one callback
 * could leave the better signature out and change the rest. Version 2 covers the URL without its query, and a nonce: it
 * proves that Plivo has called this URL once, and nothing about the parameters.
 * Source: https://www.plivo.com/docs/messaging/concepts/signature-validation
 */
async function verify(request: CallbackRequest, source: PlivoSource): Promise<Verdict> {
  const has = (name: string) => request.headers.has(`x-plivo-signature-${name}`);
  if (has("v3") || has("ma-v3") || has("v3-nonce")) return verifyVersion("v3", request, source);
  if (!has("v2") && !has("ma-v2")) return "missing_signature";
  return source.options.require_v3 ? "unsupported" : verifyVersion("v2", request, source);
}

async function verifyVersion(version: "v2" | "v3", request: CallbackRequest, source: PlivoSource): Promise<Verdict> {
  const nonce = request.headers.get(`x-plivo-signature-${version}-nonce`);
  // By the main account's token, and by that of the account which sends: for incoming messages only the first may fit.
  const signatures = [`ma-${version}`, version].flatMap((name) =>
    (request.headers.get(`x-plivo-signature-${name}`) ?? "")
      .split(",")
      .map((each) => each.trim())
      .filter((each) => each !== ""),
  );
  if (!nonce || signatures.length === 0) return "missing_signature";
  const signed = version === "v2" ? nonce : `${signedParameters(request)}.${nonce}`;
  for (const base of signedBases(request, source.callbackUrl)) {
    if (await signedByAny("SHA-256", source.credentials.auth_token, base + signed, signatures, "base64")) {
      return "verified";
    }
  }
  return "bad_signature";
}

/**
 * The decoded query as `?a=1&b=2`, and of a POST its form as `a1b2`, behind a dot if there is a query too; all in order,
 * by name and then by value. Any body is read as a form here: as `normalise` reads it.
 * Source: `validateV3Signature` of the package plivo 4.79.0.
 */
function signedParameters(request: CallbackRequest): string {
  const query = inOrder(parseForm(queryOf(request.url)), "=", "&");
  const form = request.method === "POST" ? inOrder(formOf(request.body), "", "") : "";
  return query === "" && form === "" ? "" : `?${[query, form].filter((part) => part !== "").join(".")}`;
}

const inOrder = (pairs: readonly Pair[], between: string, after: string): string =>
  pairs
    .toSorted(([a, one], [b, other]) => byCodeUnits(a, b) || byCodeUnits(one, other))
    .map(([name, value]) => name + between + value)
    .join(after);

const STATUSES: Readonly<Record<string, Status>> = {
  queued: "queued",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  undelivered: "failed",
  failed: "failed",
  rejected: "dropped",
};

/** When it happened, of those that have a time of their own. */
const TIMES: Readonly<Record<string, string>> = { queued: "QueuedTime", sent: "SentTime" };

/**
 * Source: https://www.plivo.com/docs/messaging/concepts/message-status-callbacks
 * @throws MalformedCallback for parameters that name no message
 */
function normalise(pairs: readonly Pair[]): Reported[] {
  const id = given(pairs, "MessageUUID");
  if (id === undefined) throw new MalformedCallback("No parameter names a message.");
  const channel = given(pairs, "Type") === "whatsapp" ? "whatsapp" : "sms";
  const status = given(pairs, "Status");
  if (status === undefined || status === "received") return [inbound(pairs, id, channel)];
  const key = joined([id, status]);
  const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined;
  if (!known) return [{ type: "ignored", reason: `The status ${status} is none that we know.`, dedup_key: key }];
  const code = given(pairs, "ErrorCode");
  return [
    {
      type: "status",
      channel,
      status: known,
      message_id: id,
      recipient: given(pairs, "To") ?? null,
      // Zeros alone stand for success.
      ...errorOf(code === undefined || /^0+$/.test(code) ? null : code, null),
      occurred_at: isoTime(given(pairs, TIMES[status] ?? "DeliveryReportTime")),
      dedup_key: key,
      raw: asObject(pairs),
    },
  ];
}

/** What other fields of the event have. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...["MessageUUID", "From", "To", "Text", "Body", "Type", "Status", "MediaCount", "ContentType"],
  ...["ButtonPayload", "Latitude", "Longitude", "PowerpackUUID"],
  // How it is billed.
  ...["Units", "TotalRate", "TotalAmount"],
]);

/**
 * By `ContentType` (`text`, `media`, `button`, `unknown`) with a file's `MimeType`, which WhatsApp's messages have; else by
 * whether there are files.
 * Source: https://www.plivo.com/docs/messaging/api/message/handling-incoming
 */
function kindIn(pairs: readonly Pair[], media: readonly Media[]): MessageKind {
  const type = given(pairs, "ContentType") ?? (media.length > 0 ? "media" : "text");
  return type === "media" ? kindOfMedia(given(pairs, "MimeType")) : kindOf(type);
}

function inbound(pairs: readonly Pair[], id: string, channel: Channel): InboundRecord {
  const from = given(pairs, "From");
  const to = given(pairs, "To");
  if (from === undefined || to === undefined) throw new MalformedCallback("A message has a sender and a recipient.");
  const text =
    given(pairs, "Text", "Body") ??
    given(pairs, "ButtonText") ??
    firstValue(pairs, "Text") ??
    firstValue(pairs, "Body") ??
    null;
  const media = mediaOf(pairs);
  const button = given(pairs, "ButtonPayload");
  const location = locationOf(given(pairs, "Latitude"), given(pairs, "Longitude"));
  return {
    type: "inbound",
    channel,
    message_id: id,
    from,
    to: [to],
    text,
    media,
    ...contentOf(
      kindIn(pairs, media),
      remaining(pairs, (name) => ELSEWHERE.has(name) || /^Media\d+$/.test(name)),
    ),
    ...(button === undefined ? {} : { button }),
    ...(location === undefined ? {} : { location }),
    ...idsOf({ PowerpackUUID: given(pairs, "PowerpackUUID") }),
    ...(given(pairs, "MessageIntent") === "optout" || (channel === "sms" && isOptOut(text)) ? { opt_out: true } : {}),
    occurred_at: null,
    dedup_key: id,
    raw: asObject(pairs),
  };
}

/** `Media0`, `Media1` and so on; some of Plivo's pages begin with `Media1`. */
function mediaOf(pairs: readonly Pair[]): Media[] {
  const media: Media[] = [];
  const values = givenByName(pairs);
  const first = values.has("Media0") ? 0 : 1;
  for (let url = values.get(`Media${first}`); url !== undefined; url = values.get(`Media${first + media.length}`)) {
    media.push({ content_type: null, url });
  }
  return media;
}
