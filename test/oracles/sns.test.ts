import { sign } from "node:crypto";
import https from "node:https";
import { Readable } from "node:stream";
import fc from "fast-check";
import MessageValidator from "sns-validator";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { newCertificate } from "./certificate.ts";
import { bodyChanges, expectAllRefused, valueChanges } from "./changes.ts";
import { holdsFor, longText, text } from "./generate.ts";
import type { Case } from "./protocol.ts";
import { caseOf, expectVerified } from "./verify.ts";

const TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic";
const HOST = "https://sns.us-west-2.amazonaws.com";
const CERTIFICATE_URL = `${HOST}/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem`;
const UNSUBSCRIBE_URL = `${HOST}/?Action=Unsubscribe`;
const { privateKey, pem } = newCertificate();

const SIGNED = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
} as const;
type MessageType = keyof typeof SIGNED;
type Version = "1" | "2";

/** The library fetches the certificate; here it is given this one. */
beforeAll(() => {
  vi.spyOn(https, "get").mockImplementation((...given: unknown[]) => {
    const answer = given.find((each) => typeof each === "function");
    answer?.(Object.assign(Readable.from([pem]), { statusCode: 200 }));
    return Object.assign(new Readable(), { on: () => undefined }) as unknown as ReturnType<typeof https.get>;
  });
});

afterAll(() => void vi.restoreAllMocks());

const libraryTakes = (message: string): Promise<boolean> =>
  new Promise((resolve) => new MessageValidator().validate(message, (error) => resolve(error === null)));

interface Given {
  type: MessageType;
  version: Version;
  message: string;
  subject?: string | undefined;
  indent?: number;
}

function signed({ type, version, message, subject, indent = 0 }: Given): Case {
  const fields: Record<string, string> = {
    Type: type,
    MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    TopicArn: TOPIC,
    Message: message,
    Timestamp: "2026-01-01T00:00:00.000Z",
    ...(type === "Notification"
      ? { UnsubscribeURL: UNSUBSCRIBE_URL, ...(subject === undefined ? {} : { Subject: subject }) }
      : {
          Token: "2336412f37",
          SubscribeURL: `${HOST}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`,
        }),
  };
  const content = SIGNED[type].flatMap((name) => (name in fields ? [`${name}\n${fields[name]}\n`] : [])).join("");
  const signature = sign(version === "1" ? "sha1" : "sha256", Buffer.from(content), privateKey).toString("base64");
  const body = { ...fields, SignatureVersion: version, Signature: signature, SigningCertURL: CERTIFICATE_URL };
  return caseOf(
    {
      provider: "aws-ses-sns",
      credentials: {},
      options: { topics: [TOPIC] },
      certificates: { [CERTIFICATE_URL]: pem },
    },
    {
      headers: { "Content-Type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": type },
      body: JSON.stringify(body, null, indent),
    },
  );
}

const bodyOf = (each: Case) => Buffer.from(each.request.body, "base64").toString();

const version = fc.constantFrom<Version>("1", "2");
const message = fc.oneof(text, longText, fc.json());
const indent = fc.constantFrom(0, 2);

it("takes messages that the library takes", async () => {
  const type = fc.constantFrom<MessageType>("Notification", "SubscriptionConfirmation");
  const subject = fc.option(text, { nil: undefined });
  await holdsFor(fc.record({ type, version, message, subject, indent }), async (given) => {
    const each = signed(given);
    expect(await libraryTakes(bodyOf(each))).toBe(true);
    await expectVerified(each);
  });
});

// The library leaves the token out of what it hashes, so that it refuses these as they are documented to be signed.
it("takes the end of a subscription, of which the library thinks otherwise", async () => {
  await holdsFor(fc.record({ version, message, indent }), async (given) => {
    const each = signed({ ...given, type: "UnsubscribeConfirmation" });
    expect(await libraryTakes(bodyOf(each))).toBe(false);
    await expectVerified(each);
  });
});

it.each(["1", "2"] as const)("refuses what is changed anywhere, of version %s", async (version) => {
  const notification = signed({ type: "Notification", version, message: '{"a":"é"}', subject: "50% + 1" });
  const confirmation = signed({ type: "SubscriptionConfirmation", version, message: "You have chosen" });
  await expectVerified(notification, confirmation);
  for (const each of [notification, confirmation]) {
    const { Signature: signature } = JSON.parse(bodyOf(each)) as { Signature: string };
    // Where to unsubscribe is not signed, and nothing may go there.
    const unsigned = each === notification ? [`"UnsubscribeURL":"${UNSUBSCRIBE_URL}"`] : [];
    await expectAllRefused(bodyChanges(each, [signature, ...unsigned]), valueChanges(each, signature, "base64"), [
      ["another key", { ...each, certificates: { [CERTIFICATE_URL]: newCertificate().pem } }],
      ["another topic", { ...each, source: { ...each.source, options: { topics: [`${TOPIC}2`] } } }],
    ]);
  }
});
