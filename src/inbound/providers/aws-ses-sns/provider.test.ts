import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback, NOW, verifyContext } from "../../../../test/inbound/callback.ts";
import { MalformedCallback } from "../../provider.ts";
import { awsSesSns } from "./provider.ts";

const TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic";
const CERTIFICATE =
  "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem";
const CONFIRM = `https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`;

const source = (options: object = {}) => ({
  credentials: {},
  options: { topics: [TOPIC], ...options },
  callbackUrl: CALLBACK_URL,
});

type Message = Record<string, unknown>;
const notification = (more: Message = {}): Message => ({
  Type: "Notification",
  MessageId: "22b80b92",
  TopicArn: TOPIC,
  Message: "{}",
  Timestamp: new Date(NOW * 1000).toISOString(),
  ...more,
});
const confirmation = (Type: string, more: Message = {}): Message =>
  notification({ Type, Token: "2336412f37", SubscribeURL: CONFIRM, Message: "You have chosen …\nVisit it.", ...more });

describe("verification", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const certificate = certificateOf(publicKey.export({ type: "spki", format: "der" }));

  /** As the documentation says: each name and value, with a line feed after each. */
  function signed(message: Message, version: "1" | "2" = "2"): Message {
    const names =
      message.Type === "Notification"
        ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
        : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    const text = names.flatMap((name) => (message[name] == null ? [] : [`${name}\n${message[name]}\n`])).join("");
    const Signature = sign(version === "1" ? "sha1" : "sha256", Buffer.from(text), privateKey).toString("base64");
    return { SignatureVersion: version, SigningCertURL: CERTIFICATE, Signature, ...message };
  }

  const fetched: string[] = [];
  const fetchCertificate = async (url: string) => {
    fetched.push(url);
    return certificate;
  };
  const verify = (message: Message | string, more = {}, from = source(), headers = {}) =>
    awsSesSns.verify(
      callback(typeof message === "string" ? message : JSON.stringify(message), {
        "Content-Type": "text/plain; charset=UTF-8",
        ...headers,
      }),
      from,
      verifyContext({ fetchCertificate, ...more }),
    );

  it.each(["1", "2"] as const)("knows messages of each type by version %s", async (version) => {
    for (const message of [
      notification({ Message: "Grüße\n", Subject: "Amazon SES" }),
      notification(),
      notification({ Subject: null }),
      confirmation("SubscriptionConfirmation"),
      confirmation("UnsubscribeConfirmation"),
    ]) {
      expect(await verify(signed(message, version))).toBe("verified");
    }
    expect(fetched.at(-1)).toBe(CERTIFICATE);
  });

  it("refuses what was changed after it was signed", async () => {
    const { Subject: _, ...without } = signed(notification({ Subject: "a" }));
    for (const message of [
      { ...signed(notification()), Message: "{ }" },
      { ...signed(notification()), MessageId: "other" },
      { ...signed(notification()), Subject: "added" },
      without,
      { ...signed(confirmation("SubscriptionConfirmation")), SubscribeURL: "https://evil.example/" },
      { ...signed(confirmation("SubscriptionConfirmation")), Token: "other" },
      { ...signed(confirmation("SubscriptionConfirmation")), Type: "UnsubscribeConfirmation" },
      { ...signed(notification(), "1"), SignatureVersion: "2" },
      { ...signed(notification()), Signature: "bad!" },
      { ...signed(notification()), Signature: "YmFk" },
    ]) {
      expect(await verify(message)).toBe("bad_signature");
    }
  });

  it("takes the topics that it was told, of all the world's, for confirmations too", async () => {
    const other = { TopicArn: TOPIC.replace("MyTopic", "OtherTopic") };
    for (const message of [notification(other), confirmation("SubscriptionConfirmation", other)]) {
      expect(await verify(signed(message))).toBe("wrong_topic");
      expect(await verify(signed(message), {}, source({ topics: [TOPIC, other.TopicArn] }))).toBe("verified");
    }
  });

  it("fetches nothing from elsewhere, or for others", async () => {
    const before = fetched.length;
    for (const SigningCertURL of [
      CERTIFICATE.replace("https:", "http:"),
      CERTIFICATE.replace(".com/", ".com.evil.example/"),
      CERTIFICATE.replace("sns.us", "sns.s3-us"),
      CERTIFICATE.replace("us-west-2", "us-east-1"),
      CERTIFICATE.replace(".pem", ".key"),
    ]) {
      expect(await verify({ ...signed(notification()), SigningCertURL })).toBe("bad_signature");
    }
    await verify(signed(notification({ TopicArn: `${TOPIC}2` })));
    expect(fetched).toHaveLength(before);
  });

  it("lets the provider come again where the certificate cannot be had", async () => {
    const message = signed(notification());
    const failing = async () => Promise.reject(new Error("timeout"));
    expect(await verify(message, { fetchCertificate: failing })).toBe("certificate_unavailable");
    expect(await verify(message, { fetchCertificate: async () => "<html>" })).toBe("certificate_unavailable");
    expect(awsSesSns.refuse("certificate_unavailable").status).toBe(503);
  });

  it("looks at the time, as long as it may take SNS to come", async () => {
    const aged = (seconds: number) =>
      signed(notification({ Timestamp: new Date((NOW - seconds) * 1000).toISOString() }));
    expect(await verify(aged(3600))).toBe("verified");
    expect(await verify(aged(3601))).toBe("stale");
    expect(await verify(aged(-3601))).toBe("stale");
    expect(await verify(signed(notification({ Timestamp: "once" })))).toBe("stale");
    expect(await verify(aged(1e8), {}, source({ tolerance: 0 }))).toBe("verified");
  });

  it.each([
    ["malformed", ""],
    ["malformed", "[]"],
    ["malformed", "{}"],
    ["malformed", notification({ Type: "Other" })],
    ["malformed", notification({ Type: "constructor" })],
    ["malformed", notification({ MessageId: 5 })],
    ["malformed", notification({ Subject: 5 })],
    ["malformed", { ...confirmation("SubscriptionConfirmation"), Token: undefined }],
    ["missing_signature", notification()],
    ["missing_signature", notification({ Signature: "YQ==" })],
    ["unsupported", notification({ Signature: "YQ==", SigningCertURL: CERTIFICATE })],
    ["unsupported", notification({ Signature: "YQ==", SigningCertURL: CERTIFICATE, SignatureVersion: "3" })],
    ["unsupported", notification({ Signature: "YQ==", SigningCertURL: CERTIFICATE, SignatureVersion: "constructor" })],
  ])("says %s of %j", async (verdict, message) => expect(await verify(message)).toBe(verdict));

  it("refuses raw delivery, which has no signature", async () => {
    expect(await verify(signed(notification()), {}, source(), { "x-amz-sns-rawdelivery": "true" })).toBe("unsupported");
  });

  it("does not believe headers", async () => {
    const headers = { "x-amz-sns-topic-arn": TOPIC, "x-amz-sns-message-type": "Notification" };
    const other = signed(notification({ TopicArn: `${TOPIC}2` }));
    expect(await verify(other, {}, source(), headers)).toBe("wrong_topic");
  });
});

it("is set up with topics", () => {
  for (const topics of [undefined, [], [""], ["*"], [`${TOPIC}\n`], TOPIC]) {
    expect(awsSesSns.options.safeParse({ topics }).success).toBe(false);
  }
  expect(awsSesSns.options.safeParse({ topics: [TOPIC] }).data).toEqual({ topics: [TOPIC], tolerance: 3600 });
  expect(awsSesSns.credentials.safeParse({ secret: "a" }).success).toBe(false);
});

describe("control", () => {
  const normalise = (message: Message) => awsSesSns.normalise(callback(JSON.stringify(message)), source());

  it("visits the URL of a subscription, and no other", async () => {
    expect(await normalise(confirmation("SubscriptionConfirmation"))).toEqual([
      { type: "control", note: `Subscribed to ${TOPIC}`, dedup_key: "22b80b92", visit: CONFIRM },
    ]);
    for (const SubscribeURL of [
      "https://evil.example/",
      CONFIRM.replace("MyTopic", "OtherTopic"),
      CONFIRM.replace("us-west-2.", "us-east-1."),
      `${CONFIRM}x`,
    ]) {
      const [record] = await normalise(confirmation("SubscriptionConfirmation", { SubscribeURL }));
      expect(record).toMatchObject({ type: "control", alert: true });
      expect(record).not.toHaveProperty("visit");
    }
  });

  it("never undoes a farewell", async () => {
    const [record] = await normalise(confirmation("UnsubscribeConfirmation"));
    expect(record).toEqual({ type: "control", note: `Unsubscribed from ${TOPIC}`, dedup_key: "22b80b92", alert: true });
  });

  it("makes nothing of other messages", async () => {
    for (const message of [{}, notification({ Type: "Other" }), notification({ MessageId: "" })]) {
      await expect(normalise(message)).rejects.toThrow(MalformedCallback);
    }
  });
});

describe("normalisation of what SES says", () => {
  const normalise = (event: unknown) => {
    const Message = typeof event === "string" ? event : JSON.stringify(event);
    return awsSesSns.normalise(callback(JSON.stringify(notification({ Message }))), source());
  };
  const mail = {
    messageId: "EXAMPLE1",
    timestamp: "2026-01-01T00:00:00.000Z",
    source: "s@example.com",
    destination: ["a@example.com", "b@example.com"],
  };
  const timestamp = "2026-01-02T03:04:05Z";
  const occurred_at = "2026-01-02T03:04:05.000Z";

  it("makes a bounce of each recipient's, who hears of no other", async () => {
    const bouncedRecipients = [
      { emailAddress: "a@example.com", status: "5.1.1", diagnosticCode: "smtp; 550 5.1.1 No such user" },
      { emailAddress: "b@example.com" },
    ];
    const bounce = { bounceType: "Permanent", bounceSubType: "General", timestamp, bouncedRecipients };
    const event = { notificationType: "Bounce", bounce, mail };
    const common = {
      type: "status",
      channel: "email",
      status: "bounced",
      message_id: "EXAMPLE1",
      soft: false,
      occurred_at,
    };
    expect(await normalise(event)).toEqual([
      {
        ...common,
        recipient: "a@example.com",
        error: { code: "5.1.1", text: "smtp; 550 5.1.1 No such user" },
        dedup_key: "22b80b92|a@example.com",
        raw: { ...event, bounce: { ...bounce, bouncedRecipients: bouncedRecipients.slice(0, 1) } },
      },
      {
        ...common,
        recipient: "b@example.com",
        error: { code: "General", text: "Permanent: General" },
        dedup_key: "22b80b92|b@example.com",
        raw: { ...event, bounce: { ...bounce, bouncedRecipients: bouncedRecipients.slice(1) } },
      },
    ]);
  });

  it.each([
    ["Transient", true],
    ["Permanent", false],
    // "The recipient's email provider sent a bounce message … not enough information": neither may pass, nor may not.
    ["Undetermined", undefined],
  ])("a bounce that is %s may pass: %s", async (bounceType, soft) => {
    const bounce = { bounceType, bouncedRecipients: [{ emailAddress: "a@example.com" }] };
    const [record] = await normalise({ eventType: "Bounce", bounce, mail });
    expect(record).toMatchObject({ status: "bounced" });
    expect(record && "soft" in record ? record.soft : undefined).toBe(soft);
  });

  // https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-bounce-types
  it.each([
    ["Permanent", "Suppressed", "dropped"],
    ["Permanent", "OnAccountSuppressionList", "dropped"],
    ["Permanent", "NoEmail", "bounced"],
    ["Transient", "MailboxFull", "bounced"],
  ])("a bounce that is %s: %s is %s", async (bounceType, bounceSubType, status) => {
    const bounce = { bounceType, bounceSubType, bouncedRecipients: [{ emailAddress: "a@example.com" }] };
    const [record] = await normalise({ eventType: "Bounce", bounce, mail });
    expect(record).toMatchObject({ status, recipient: "a@example.com", error: { code: bounceSubType } });
    expect("soft" in (record ?? {})).toBe(status === "bounced");
  });

  it.each([
    // "the entity providing the report does not consider the message to be spam": RFC 6430, and SES's list of types
    [{ complaintFeedbackType: "not-spam" }, { type: "ignored", dedup_key: "22b80b92" }],
    [{ complaintFeedbackType: "abuse" }, { status: "complained", recipient: "a@example.com" }],
    [{ complaintFeedbackType: null, complaintSubType: null }, { status: "complained" }],
    // "SES accepted the message, but didn't attempt to send it": API_Complaint of the SES API v2
    [
      { complaintSubType: "OnAccountSuppressionList" },
      { status: "dropped", error: { code: "OnAccountSuppressionList", text: null } },
    ],
  ])("a complaint with %j is %j", async (more, expected) => {
    const complaint = { complainedRecipients: [{ emailAddress: "a@example.com" }], timestamp, ...more };
    expect(await normalise({ eventType: "Complaint", complaint, mail })).toMatchObject([expected]);
  });

  const one = [{ emailAddress: "a@example.com", status: "4.4.1", diagnosticCode: "smtp; 421" }];
  it.each([
    ["Send", "sent", { send: {} }, { occurred_at: mail.timestamp }],
    ["Delivery", "delivered", { delivery: { timestamp, recipients: ["a@example.com"] } }, { occurred_at }],
    ["Complaint", "complained", { complaint: { timestamp, complainedRecipients: one } }, { occurred_at }],
    ["Reject", "dropped", { reject: { reason: "Bad content" } }, { error: { code: null, text: "Bad content" } }],
    ["Open", "opened", { open: { timestamp } }, { occurred_at }],
    ["Click", "clicked", { click: { timestamp, link: "https://example.com" } }, { occurred_at }],
    ["Rendering Failure", "failed", { failure: { errorMessage: "No" } }, { error: { code: null, text: "No" } }],
    [
      "DeliveryDelay",
      "deferred",
      { deliveryDelay: { timestamp, delayedRecipients: one } },
      { occurred_at, error: { code: "4.4.1", text: "smtp; 421" } },
    ],
  ])("%s is %s", async (eventType, status, part, expected) => {
    const [record] = await normalise({ eventType, mail: { ...mail, destination: ["a@example.com"] }, ...part });
    expect(record).toMatchObject({
      type: "status",
      status,
      recipient: "a@example.com",
      message_id: "EXAMPLE1",
      dedup_key: "22b80b92|a@example.com",
      ...expected,
    });
    expect(record).not.toHaveProperty("soft");
  });

  const several = { ...mail, destination: ["a@example.com", "b@example.com", "a@example.com"] };

  it.each([
    ["Send", "send"],
    ["Reject", "reject"],
    ["Rendering Failure", "failure"],
  ])("%s is about all of a mail's recipients, and about each once", async (eventType, part) => {
    expect(await normalise({ eventType, mail: several, [part]: {} })).toMatchObject([
      { recipient: "a@example.com", dedup_key: "22b80b92|a@example.com" },
      { recipient: "b@example.com", dedup_key: "22b80b92|b@example.com" },
    ]);
  });

  it.each(["Open", "Click"])(
    "%s of a mail to several names none, as it is one of them and not told which",
    async (eventType) => {
      const part = { [eventType.toLowerCase()]: { timestamp } };
      expect(await normalise({ eventType, mail: several, ...part })).toMatchObject([
        { recipient: null, dedup_key: "22b80b92" },
      ]);
      expect(await normalise({ eventType, mail: { ...mail, destination: [] }, ...part })).toMatchObject([
        { recipient: null, dedup_key: "22b80b92" },
      ]);
    },
  );

  it.each([
    [{ unsubscribeAll: true }, true],
    [{ unsubscribeAll: false, topicSubscriptionStatus: [{ topicName: "T", subscriptionStatus: "OptOut" }] }, true],
    [{ unsubscribeAll: false, topicSubscriptionStatus: [{ topicName: "T", subscriptionStatus: "OptIn" }] }, false],
    [{}, false],
  ])("a subscription with %j is an opt-out: %s", async (newTopicPreferences, optOut) => {
    const [record] = await normalise({
      eventType: "Subscription",
      mail,
      subscription: { timestamp, newTopicPreferences },
    });
    expect(record).toMatchObject(optOut ? { type: "status", status: "unsubscribed" } : { type: "ignored" });
  });

  it.each([
    "Successfully validated SNS topic for Amazon SES event publishing.",
    { notificationType: "AmazonSnsSubscriptionSucceeded" },
    { eventType: "constructor", mail },
  ])("%j is a receipt", async (event) => {
    expect(await normalise(event)).toMatchObject([{ type: "ignored", dedup_key: "22b80b92" }]);
  });

  it.each(["Hello world", "", "[]", "{}", { eventType: "Send" }, { eventType: "Bounce", mail: "x" }])(
    "%j is not SES",
    async (event) => {
      await expect(normalise(event)).rejects.toThrow(MalformedCallback);
    },
  );

  describe("of mail that it took in", () => {
    const receipt = { timestamp, recipients: ["support@example.com"], action: { type: "SNS", encoding: "UTF-8" } };
    const content = [
      "From: Zoë <zoe@example.org>",
      "To: Support <support@example.com>, other@example.net",
      "Subject: Grüße",
      "Message-ID: <1@example.org>",
      "In-Reply-To: <0@example.com>",
      "Content-Type: text/plain; charset=utf-8",
      "",
      "Schöne Grüße",
    ].join("\r\n");
    const received = (more: object) => normalise({ notificationType: "Received", mail, receipt, content, ...more });
    const expected = {
      type: "inbound",
      channel: "email",
      message_id: "<1@example.org>",
      from: "zoe@example.org",
      from_name: "Zoë",
      to: ["support@example.com", "other@example.net"],
      envelope: { from: "s@example.com", to: ["support@example.com"] },
      subject: "Grüße",
      text: expect.stringMatching(/^Schöne Grüße\s*$/),
      in_reply_to: "<0@example.com>",
      occurred_at,
      dedup_key: "EXAMPLE1|support@example.com",
    };

    it("reads it, as text or in base64", async () => {
      expect(await received({})).toMatchObject([expected]);
      const action = { ...receipt, action: { type: "SNS", encoding: "BASE64" } };
      const encoded = Buffer.from(content).toString("base64");
      const [record] = await received({ receipt: action, content: encoded });
      expect(record).toMatchObject(expected);
      expect(record).toHaveProperty("raw", { notificationType: "Received", mail, receipt: action });
    });

    it("tells what it can of one in S3 whose headers are cut short, and says what may be missing", async () => {
      const commonHeaders = {
        ...{ from: ["zoe@example.org"], to: ["reply+42@example.com", "o@example.com"], replyTo: ["r@example.org"] },
        ...{
          sender: "s@example.org",
          date: "Thu, 26 Mar 2026 16:20:44 +0100",
          subject: "Hi",
          messageId: "<1@example.org>",
        },
      };
      const elsewhere = { ...mail, commonHeaders, headers: [{ name: "Received", value: "x" }], headersTruncated: true };
      expect(await received({ content: undefined, mail: elsewhere })).toMatchObject([
        {
          to: ["reply+42@example.com", "o@example.com"],
          reply_to: ["r@example.org"],
          sender: "s@example.org",
          truncated: ["auto", "delivered_to", "in_reply_to", "references"],
        },
      ]);
    });

    it.each(["", "<>"])("takes one with the reverse path %j, which is nobody's", async (source) => {
      const from = content.replace(/^From: .*\r\n/m, "");
      expect(await received({ mail: { ...mail, source }, content: from })).toMatchObject([
        { from: null, envelope: { from: null }, auto: { kind: "auto_reply" } },
      ]);
    });

    it("tells what it can of one that lies in S3", async () => {
      const commonHeaders = { from: ["Zoë <zoe@example.org>"], subject: "Grüße", messageId: "<1@example.org>" };
      const headers = [
        { name: "To", value: "Support <support@example.com>, reply+42@example.com" },
        { name: "Reply-To", value: "help@example.org" },
        { name: "In-Reply-To", value: "<2@example.com>" },
        { name: "References", value: "<1@example.com>\r\n <2@example.com>" },
      ];
      const action = { type: "S3", bucketName: "mails", objectKey: "in/1" };
      const elsewhere = {
        content: undefined,
        mail: { ...mail, commonHeaders, headers },
        receipt: { ...receipt, action },
      };
      expect(await received(elsewhere)).toMatchObject([
        {
          to: ["support@example.com", "reply+42@example.com"],
          reply_to: ["help@example.org"],
          in_reply_to: "<2@example.com>",
          references: ["<1@example.com>", "<2@example.com>"],
          stored: { bucket: "mails", key: "in/1" },
          from: "zoe@example.org",
          from_name: "Zoë",
          subject: "Grüße",
          text: null,
          unsupported: true,
          media: [],
        },
      ]);
    });

    it("takes the envelope for what the mail does not say", async () => {
      expect(await received({ content: "Subject: a\r\n\r\nb", receipt: {} })).toMatchObject([
        { from: "s@example.com", to: mail.destination, message_id: "EXAMPLE1", occurred_at: mail.timestamp },
      ]);
    });

    it("makes nothing of one without an id, or of what is no base64", async () => {
      await expect(received({ mail: {} })).rejects.toThrow(MalformedCallback);
      const action = { ...receipt, action: { encoding: "BASE64" } };
      await expect(received({ receipt: action, content: "*" })).rejects.toThrow(MalformedCallback);
    });
  });
});

/** No more of a certificate than there must be: its key, behind five things that nobody looks at. */
function certificateOf(key: Uint8Array): string {
  const sequence = (...parts: Uint8Array[]) => {
    const content = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]), content]);
  };
  const filler = Buffer.from([0x02, 0x01, 0x01]);
  const der = sequence(sequence(filler, filler, filler, filler, filler, key), filler);
  return `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
}
