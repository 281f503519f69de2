import * as z from "zod";
import { fromBase64, utf8 } from "../../../lib/bytes.ts";
import { normaliseSes } from "../../families/ses.ts";
import { type JsonObject, jsonObjectOf, textAt } from "../../parsing/json.ts";
import { millisecondsOf } from "../../parsing/times.ts";
import {
  type CallbackRequest,
  defineProvider,
  MalformedCallback,
  type Reported,
  type Verdict,
} from "../../provider.ts";
import { isStale, tolerance } from "../../settings.ts";
import type { Hash } from "../../signatures/hmac.ts";
import { isCertificateUrl, isConfirmationUrl, isTopicArn } from "../../signatures/sns-rules.ts";
import { publicKeyOf } from "../../signatures/x509.ts";
import { guide } from "./guide.ts";

/** SNS repeats a message within an hour of its first try, whatever the policy of the subscription. */
const LONGEST_RETRY = 3600;

const HASHES: Readonly<Record<string, Hash>> = { "1": "SHA-1", "2": "SHA-256" };

const CONFIRMATION = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
/** What is signed of each type, in the order of bytes. */
const SIGNED: Readonly<Record<string, readonly string[]>> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: CONFIRMATION,
  UnsubscribeConfirmation: CONFIRMATION,
};

/**
 * Amazon SES by way of SNS, whose messages are signed by RSA with a key of AWS. Such a signature tells that some topic of
 * SNS has sent it, and anybody may have a topic: a source names those that it takes.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export const awsSesSns = defineProvider({
  name: "aws-ses-sns",
  guide,
  passesOn: false,
  bouncesLater: true,
  retriesFor: LONGEST_RETRY,
  credentials: z.strictObject({}),
  options: z.strictObject({
    /** Their ARNs. */
    topics: z
      .array(z.string().refine(isTopicArn, "It must be the ARN of a topic"))
      .min(1, "It must name at least one topic: the signature of SNS alone does not tell whose topic it is")
      .max(100),
    /**
     * The signed time is that of the publication, which a repetition keeps: what comes later than SNS repeats anything
     * was recorded by somebody, and its key may be forgotten. 0 for topics whose dead letters are sent again by hand.
     */
    tolerance: tolerance(LONGEST_RETRY),
  }),

  async verify(request, { options }, { now, fetchCertificate }) {
    // Without its envelope a message has no signature either.
    if (request.headers.get("x-amz-sns-rawdelivery")?.toLowerCase() === "true") return "unsupported";
    const message = messageOf(request);
    const signed = message && signedText(message);
    if (!message || signed === undefined) return "malformed";
    const signature = textAt(message, "Signature");
    const url = textAt(message, "SigningCertURL");
    if (signature === null || url === null) return "missing_signature";
    const version = textAt(message, "SignatureVersion") ?? "";
    const hash = Object.hasOwn(HASHES, version) ? HASHES[version] : undefined;
    if (!hash) return "unsupported";
    // First, so that nobody else makes us fetch anything.
    const topic = textAt(message, "TopicArn") ?? "";
    if (!options.topics.includes(topic)) return "wrong_topic";
    if (!isCertificateUrl(url, topic)) return "bad_signature";
    const verdict = await verifySignature(signature, signed, hash, () => fetchCertificate(url));
    if (verdict !== "verified") return verdict;
    const time = millisecondsOf(message.Timestamp) ?? Number.NaN;
    return isStale(time / 1000, now, options.tolerance) ? "stale" : "verified";
  },

  async normalise(request): Promise<Reported[]> {
    const message = jsonObjectOf(request.body);
    const [type, id, topic] = ["Type", "MessageId", "TopicArn"].map((name) => textAt(message, name) ?? "");
    if (!id || !topic) throw new MalformedCallback("It is no message of SNS.");
    switch (type) {
      case "Notification":
        return normaliseSes(textAt(message, "Message") ?? "", id);
      case "SubscriptionConfirmation": {
        const url = textAt(message, "SubscribeURL") ?? "";
        return isConfirmationUrl(url, topic, textAt(message, "Token") ?? "")
          ? [{ type: "control", note: `Subscribed to ${topic}`, dedup_key: id, visit: url }]
          : [
              {
                type: "control",
                note: `Asked to visit elsewhere to subscribe to ${topic}`,
                dedup_key: id,
                alert: true,
              },
            ];
      }
      case "UnsubscribeConfirmation":
        // It has a SubscribeURL too, which would undo what somebody has asked for.
        return [{ type: "control", note: `Unsubscribed from ${topic}`, dedup_key: id, alert: true }];
      default:
        throw new MalformedCallback("It is no message of SNS.");
    }
  },
});

function messageOf({ body }: CallbackRequest): JsonObject | undefined {
  try {
    return jsonObjectOf(body);
  } catch {
    return undefined;
  }
}

/** Names and values, each with a line feed after it; undefined for a message that is not whole. */
function signedText(message: JsonObject): string | undefined {
  const type = textAt(message, "Type") ?? "";
  const names = Object.hasOwn(SIGNED, type) ? SIGNED[type] : undefined;
  const lines = names?.map((name) => {
    const value = message[name];
    if (typeof value === "string") return `${name}\n${value}\n`;
    return name === "Subject" && (value === undefined || value === null) ? "" : undefined;
  });
  return lines?.includes(undefined) ? undefined : lines?.join("");
}

async function verifySignature(
  signature: string,
  signed: string,
  hash: Hash,
  certificate: () => Promise<string>,
): Promise<Verdict> {
  const bytes = fromBase64(signature);
  if (!bytes) return "bad_signature";
  const key = await certificate().then(
    (pem) => importKey(pem, hash),
    () => undefined,
  );
  if (!key) return "certificate_unavailable";
  const fits = await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, bytes, utf8(signed));
  return fits ? "verified" : "bad_signature";
}

/** Undefined for what is no certificate with such a key: AWS's own URL has answered with something else. */
async function importKey(pem: string, hash: Hash): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey("spki", publicKeyOf(pem), { name: "RSASSA-PKCS1-v1_5", hash }, false, [
      "verify",
    ]);
  } catch {
    return undefined;
  }
}
