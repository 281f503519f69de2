import * as z from "zod";
import { joined } from "../../lib/joined.ts";
import { byCodeUnits, firstValue, formOf, isForm, type Pair, parseForm, queryOf } from "../parsing/form.ts";
import { contentOf, errorOf, idsOf, kindOf, kindOfMedia, remaining } from "../parsing/kinds.ts";
import { locationOf } from "../parsing/location.ts";
import { isOptOut } from "../parsing/opt-out.ts";
import { asObject, given, givenByName, parametersOf, valuesOf } from "../parsing/parameters.ts";
import { twilioUrls } from "../parsing/urls.ts";
import {
  type CallbackRequest,
  type Channel,
  type ConfigIssue,
  type InboundRecord,
  MalformedCallback,
  type Media,
  type Reply,
  type Reported,
  type Source,
  type Status,
  type Verdict,
} from "../provider.ts";
import { rotating, Secret } from "../settings.ts";
import { isHashOf } from "../signatures/claimed-hash.ts";
import { type Hash, signedByAny } from "../signatures/hmac.ts";

/**
 * What Twilio's channels have in common. They differ in what their addresses look like. Two callbacks are the same of one
 * `MessageSid` and status, or of one `MessageSid` where a message came: a message has one recipient
 * (https://www.twilio.com/docs/messaging/guides/track-outbound-message-status). `I-Twilio-Idempotency-Token` is not signed.
 */

export const twilioCredentials = z.strictObject({
  /** The primary token of the account, or of the sub-account, that sends. Promoting another changes it. */
  auth_token: rotating(Secret).optional(),
  /** The secret of a SharedKey, by which Twilio signs what one of the account's Webhook Rules is about. */
  shared_key: rotating(Secret).optional(),
});

type Credentials = z.output<typeof twilioCredentials>;

/** What is wrong with credentials; null if nothing is. */
export const twilioMisfit = ({ auth_token, shared_key }: Credentials): ConfigIssue | null =>
  auth_token || shared_key ? null : { path: "credentials", message: "They must be auth_token, shared_key, or both" };

/** Signatures bear no time, so there is nothing to set. */
export const twilioOptions = z.strictObject({});

/**
 * A day, to be safe: by default only failed connections are repeated, at once, but a callback URL may ask for more.
 * In seconds.
 */
export const TWILIO_RETRIES = 86_400;

/**
 * Which keys and hash a callback is signed by. Twilio names its SharedKey and algorithm in a header that nobody has signed:
 * it can only choose HMAC-SHA256 with the source's shared keys, of which each is tried, whatever SID it names. Without it,
 * only a source that has the token takes HMAC-SHA1.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
 */
function wayOf({ headers }: CallbackRequest, { auth_token, shared_key }: Credentials): Way | undefined {
  const settings = headers.get("x-twilio-webhooks-signature-settings");
  if (settings === null) return auth_token && { hash: "SHA-1", keys: auth_token };
  const isStrong = settings.split(",").some((part) => part.trim() === "algorithm=HMAC_SHA256");
  return isStrong && shared_key ? { hash: "SHA-256", keys: shared_key } : undefined;
}

type Way = { hash: Hash; keys: readonly string[] };

/**
 * HMAC-SHA1, or SHA-256 by a shared key, over the URL and, of a form, every name with its values. Of another body its
 * SHA-256 is in the URL, as `bodySHA256`. A body that neither covers is not believed. A fragment of the URL, such as
 * `#rc=3&rp=all`, overrides how Twilio connects
 * (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides); no request bears it, and it is not signed:
 * `validateExpressRequest` of the package twilio 6.2.0 takes the URL from the request.
 * Source: https://www.twilio.com/docs/usage/security#validating-requests
 */
export async function verifyTwilio(request: CallbackRequest, source: Source<Credentials, unknown>): Promise<Verdict> {
  const signature = request.headers.get("x-twilio-signature");
  if (!signature) return "missing_signature";
  const way = wayOf(request, source.credentials);
  if (!way) return "unsupported";
  const isSignedForm = request.method === "POST" && isForm(request.headers);
  const bodyHash = firstValue(parseForm(queryOf(request.url)), "bodySHA256");
  if (bodyHash !== undefined) {
    if (!(await isHashOf(bodyHash, request.body))) return "bad_signature";
  } else if (!isSignedForm && request.body.length > 0) return "bad_signature";
  const parameters = isSignedForm ? signedParameters(formOf(request.body)) : "";
  for (const url of twilioUrls(request, source.callbackUrl)) {
    if (await signedByAny(way.hash, way.keys, url + parameters, [signature], "base64")) {
      return "verified";
    }
  }
  return "bad_signature";
}

/** Names in order, each before each of its different values, which are in order too. */
const signedParameters = (pairs: readonly Pair[]): string =>
  [...valuesOf(pairs)]
    .sort(([a], [b]) => byCodeUnits(a, b))
    .flatMap(([name, all]) => [...new Set(all)].sort(byCodeUnits).map((value) => name + value))
    .join("");

const STATUSES: Readonly<Record<string, Status>> = {
  accepted: "queued",
  scheduled: "queued",
  queued: "queued",
  sending: "queued",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  undelivered: "failed",
  failed: "failed",
  canceled: "dropped",
};

/** What a message that came in has for a status. */
const INCOMING: readonly (string | undefined)[] = ["received", "receiving", undefined];

/**
 * Source: https://www.twilio.com/docs/messaging/guides/webhook-request and …/guides/track-outbound-message-status
 * @throws MalformedCallback for parameters that name no message
 */
export function normaliseTwilio(request: CallbackRequest, channel: Channel): Reported[] {
  const pairs = parametersOf(request);
  const id = given(pairs, "MessageSid", "SmsSid", "SmsMessageSid");
  if (id === undefined) throw new MalformedCallback("No parameter names a message.");
  const status = given(pairs, "MessageStatus", "SmsStatus");
  if (INCOMING.includes(status)) return [inbound(pairs, id, channel)];
  const known = Object.hasOwn(STATUSES, status ?? "") ? STATUSES[status ?? ""] : undefined;
  const key = joined([id, status]);
  if (!known) return [{ type: "ignored", reason: `The status ${status} is none that we know.`, dedup_key: key }];
  const code = given(pairs, "ErrorCode");
  const text = given(pairs, "ErrorMessage");
  return [
    {
      type: "status",
      channel,
      status: known,
      message_id: id,
      recipient: address(given(pairs, "To")) ?? null,
      ...errorOf(code ?? null, text ?? null),
      occurred_at: null,
      dedup_key: key,
      raw: asObject(pairs),
    },
  ];
}

function inbound(pairs: readonly Pair[], id: string, channel: Channel): InboundRecord {
  const from = address(given(pairs, "From"));
  const to = address(given(pairs, "To"));
  if (from === undefined || to === undefined) throw new MalformedCallback("A message has a sender and a recipient.");
  const text = firstValue(pairs, "Body") ?? null;
  const name = given(pairs, "ProfileName");
  const button = given(pairs, "ButtonPayload", "ListId");
  const answered = given(pairs, "OriginalRepliedMessageSid");
  const location = locationOf(given(pairs, "Latitude"), given(pairs, "Longitude"));
  const isReaction = given(pairs, "MessageType") === "reaction";
  return {
    type: "inbound",
    channel,
    message_id: id,
    from,
    ...(name === undefined ? {} : { from_name: name }),
    to: [to],
    text,
    media: mediaOf(pairs),
    ...partsOf(pairs, text),
    ...(answered === undefined ? {} : isReaction ? { reaction_to: answered } : { in_reply_to: answered }),
    ...(button === undefined ? {} : { button }),
    ...(location === undefined ? {} : { location }),
    ...(hasOptedOut(given(pairs, "OptOutType"), text, channel) ? { opt_out: true } : {}),
    occurred_at: null,
    dedup_key: id,
    raw: asObject(pairs),
  };
}

/** What other fields of the event have, or what is of no message but of how it is billed and called back. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...["MessageSid", "SmsSid", "SmsMessageSid", "AccountSid", "MessagingServiceSid", "WaId", "ApiVersion"],
  ...["From", "To", "Body", "ProfileName", "MessageType", "SmsStatus", "MessageStatus", "NumMedia", "NumSegments"],
  ...["OriginalRepliedMessageSid", "Latitude", "Longitude", "OptOutType"],
]);

/**
 * By `MessageType`, which WhatsApp's messages have; else by what is there. Of parameters that are not known here none is lost.
 * Source: https://www.twilio.com/docs/messaging/guides/webhook-request
 */
function partsOf(pairs: readonly Pair[], text: string | null): Partial<InboundRecord> {
  const type = given(pairs, "MessageType");
  const file = given(pairs, "MediaContentType0");
  const kind =
    type !== undefined
      ? kindOf(type)
      : file !== undefined || given(pairs, "MediaUrl0") !== undefined
        ? kindOfMedia(file)
        : given(pairs, "ButtonPayload", "ListId", "InteractiveData") !== undefined
          ? "interactive"
          : given(pairs, "Latitude") !== undefined
            ? "location"
            : text === null
              ? "unsupported"
              : "text";
  const isReferral = (name: string) => name.startsWith("Referral");
  const isElsewhere = (name: string) =>
    ELSEWHERE.has(name) || isReferral(name) || /^Media(Url|ContentType)\d+$/.test(name);
  const referral = remaining(pairs, (name) => !isReferral(name));
  return {
    ...contentOf(kind, remaining(pairs, isElsewhere)),
    ...(Object.keys(referral).length === 0 ? {} : { referral }),
    ...idsOf({
      account_sid: given(pairs, "AccountSid"),
      messaging_service_sid: given(pairs, "MessagingServiceSid"),
      wa_id: given(pairs, "WaId"),
    }),
  };
}

/** What Twilio says counts; where it is not asked to, its usual words do, which it heeds for text messages alone. */
const hasOptedOut = (told: string | undefined, text: string | null, channel: Channel) =>
  told === undefined ? channel === "sms" && isOptOut(text) : told.toUpperCase() === "STOP";

/** `MediaUrl0`, `MediaContentType0` and so on. To fetch them takes the account's credentials. */
function mediaOf(pairs: readonly Pair[]): Media[] {
  const media: Media[] = [];
  const values = givenByName(pairs);
  for (let url = values.get("MediaUrl0"); url !== undefined; url = values.get(`MediaUrl${media.length}`)) {
    media.push({ content_type: values.get(`MediaContentType${media.length}`) ?? null, url });
  }
  return media;
}

const address = (text: string | undefined): string | undefined => text?.replace(/^whatsapp:/i, "");

/** An incoming message may be answered in TwiML: with nothing, here. */
const NO_ANSWER: Reply = { status: 200, contentType: "text/xml", body: "<Response/>" };

export const respondToTwilio = (records: readonly Reported[]): Reply =>
  records.some((record) => record.type === "inbound") ? NO_ANSWER : { status: 204 };
