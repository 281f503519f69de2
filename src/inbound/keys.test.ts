import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback } from "../../test/inbound/callback.ts";
import type { Json } from "../systems/event-type.ts";
import type { Normalised } from "./provider.ts";
import { providers } from "./providers/index.ts";

/** Credentials that fit; nothing is verified here. */
const CREDENTIALS: Readonly<Record<string, object>> = {
  "aws-ses-sns": {},
  bird: { signing_key: "key" },
  gupshup: { header: "X-Key", value: "key" },
  mandrill: { webhook_key: "key" },
  "meta-whatsapp": { app_secret: "key", verify_token: "token" },
  postmark: { header: "X-Key", value: "key" },
  shopify: { client_secret: "key" },
};
const OPTIONS: Readonly<Record<string, object>> = {
  "aws-ses-sns": { topics: ["arn:aws:sns:eu-west-1:123456789012:mail"] },
  bird: { generation: "notifications" },
};

async function records(name: string, body: string, headers: Record<string, string> = {}): Promise<Normalised[]> {
  const provider = providers[name];
  if (!provider) throw new Error(`There is no provider ${name}`);
  const source = { credentials: CREDENTIALS[name] ?? {}, options: OPTIONS[name] ?? {}, callbackUrl: CALLBACK_URL };
  return provider.normalise(callback(body, headers), source);
}

const keysOf = async (...of: Parameters<typeof records>) => (await records(...of)).map(({ dedup_key }) => dedup_key);

/** By each of its readings a callback has the same keys; by the other one it has others. */
async function expectApart(name: string, one: string, other: string): Promise<void> {
  const keys = await keysOf(name, one);
  expect(await keysOf(name, one)).toEqual(keys);
  for (const key of await keysOf(name, other)) expect(keys).not.toContain(key);
}

const whatsApp = (...statuses: Json[]) =>
  JSON.stringify({
    object: "whatsapp_business_account",
    entry: [{ id: "1", changes: [{ field: "messages", value: { metadata: { phone_number_id: "9" }, statuses } }] }],
  });

describe("statuses of WhatsApp", () => {
  // Fields by ServerStatusPayload of the package whatsapp-api-js 6.3.0.
  const inGroup = (participant: object): Json =>
    ({
      id: "w1",
      status: "delivered",
      timestamp: "1774606936",
      recipient_id: "g1",
      recipient_type: "group",
      ...participant,
    }) as Json;

  it("are apart for each participant of a group", async () => {
    const two = await records(
      "meta-whatsapp",
      whatsApp(inGroup({ recipient_participant_id: "111" }), inGroup({ recipient_participant_id: "222" })),
    );
    expect(two).toMatchObject([
      { recipient: "111", group_id: "g1", dedup_key: "w1|delivered|111" },
      { recipient: "222", group_id: "g1", dedup_key: "w1|delivered|222" },
    ]);
  });

  it("name who hides the number, and who of a group does", async () => {
    const hidden = { id: "w2", status: "read", timestamp: "1774606936", recipient_user_id: "US.13491208655302741918" };
    expect(await records("meta-whatsapp", whatsApp(hidden))).toMatchObject([
      { recipient: "US.13491208655302741918", recipient_user_id: "US.13491208655302741918", dedup_key: "w2|read" },
    ]);
    expect(await records("meta-whatsapp", whatsApp(inGroup({ recipient_user_id: "US.1" })))).toMatchObject([
      { recipient: "US.1", group_id: "g1", dedup_key: "w1|delivered|US.1" },
    ]);
  });

  it("of one person are known by message and status, as they were", async () => {
    const status = {
      id: "w3",
      status: "read",
      timestamp: "1774606936",
      recipient_id: "111",
      recipient_user_id: "US.1",
    };
    expect(await records("meta-whatsapp", whatsApp(status))).toMatchObject([
      { recipient: "111", recipient_user_id: "US.1", dedup_key: "w3|read" },
    ]);
  });

  it("are apart for two who hide their numbers and want no more marketing", async () => {
    const of = (user_id: string) =>
      JSON.stringify({
        object: "whatsapp_business_account",
        entry: [
          {
            changes: [
              {
                field: "user_preferences",
                value: {
                  user_preferences: [{ user_id, category: "marketing_messages", value: "stop", timestamp: 1774606936 }],
                },
              },
            ],
          },
        ],
      });
    await expectApart("meta-whatsapp", of("US.1"), of("US.2"));
    expect(await records("meta-whatsapp", of("US.1"))).toMatchObject([{ recipient: "US.1" }]);
  });
});

describe("Shopify's events", () => {
  // One change raises several topics, and an app is in many shops: https://shopify.dev/docs/apps/build/webhooks
  const key = async (shop: string, topic: string, id = "98880550-7158-44d4-b7cd-2c97c8a091b5") =>
    keysOf("shopify", "{}", { "X-Shopify-Topic": topic, "X-Shopify-Shop-Domain": shop, "X-Shopify-Event-Id": id });

  it("are known by shop, topic and id", async () => {
    const first = await key("a.myshopify.com", "products/create");
    expect(first).toEqual(["a.myshopify.com|products/create|98880550-7158-44d4-b7cd-2c97c8a091b5"]);
    expect(await key("b.myshopify.com", "products/create")).not.toEqual(first);
    expect(await key("a.myshopify.com", "products/update")).not.toEqual(first);
  });
});

describe("clicks within a second", () => {
  it("of Mandrill are apart by their URLs", async () => {
    // https://mailchimp.com/developer/transactional/docs/webhooks/: `url` of a click
    const event = (url: string) =>
      new URLSearchParams({
        mandrill_events: JSON.stringify([
          { event: "click", ts: 1774606936, url, msg: { _id: "m1", email: "a@example.org" } },
        ]),
      }).toString();
    await expectApart("mandrill", event("https://example.com/a"), event("https://example.com/b"));
  });

  it("of Postmark are apart by their links", async () => {
    // https://postmarkapp.com/developer/webhooks/click-webhook
    const event = (OriginalLink: string) =>
      JSON.stringify({
        RecordType: "Click",
        MessageID: "883953f4-6105-42a2-a16a-77a8eac79483",
        Recipient: "a@example.org",
        ReceivedAt: "2026-03-27T10:22:16Z",
        OriginalLink,
      });
    await expectApart("postmark", event("https://example.com/a"), event("https://example.com/b"));
  });
});

describe("mails by SES", () => {
  // https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html: `receipt.recipients` are those
  // that the active rule matched, `receipt.action` is that of the rule.
  const received = (recipients: string[], type = "SNS", id = "n1", bucketName?: string) =>
    JSON.stringify({
      Type: "Notification",
      MessageId: id,
      TopicArn: "arn:aws:sns:eu-west-1:123456789012:mail",
      Message: JSON.stringify({
        notificationType: "Received",
        mail: { messageId: "m1", source: "a@example.org", destination: ["x@example.com", "y@example.com"] },
        receipt: { recipients, action: { type, topicArn: "arn:aws:sns:eu-west-1:123456789012:mail", bucketName } },
        ...(type === "SNS" ? { content: "From: a@example.org\r\nSubject: Hi\r\n\r\nHello" } : {}),
      }),
    });

  it("are apart for the recipients that two rules matched, and the same by two notifications of one", async () => {
    await expectApart("aws-ses-sns", received(["x@example.com"]), received(["y@example.com"]));
    expect(await keysOf("aws-ses-sns", received(["y@example.com", "x@example.com"], "SNS", "n2"))).toEqual(
      await keysOf("aws-ses-sns", received(["x@example.com", "y@example.com"])),
    );
  });

  it("are not taken for the mail where they tell only that it was stored", async () => {
    await expectApart("aws-ses-sns", received(["x@example.com"], "S3"), received(["x@example.com"]));
    const lying = (bucket: string) => received(["x@example.com"], "S3", "n1", bucket);
    await expectApart("aws-ses-sns", lying("b1"), lying("b2"));
  });
});

describe("a notification of Bird about several contacts", () => {
  it("names none of them, as its status is the message's", async () => {
    const event = (contacts: Json[]) =>
      JSON.stringify({
        service: "channels",
        event: "sms.outbound",
        payload: { id: "b1", status: "delivered", receiver: { contacts } },
      });
    const [one, other] = [{ identifierValue: "+12025550143" }, { identifierValue: "+12025550199" }];
    expect(await records("bird", event([one]))).toMatchObject([{ recipient: "+12025550143" }]);
    expect(await records("bird", event([one, other]))).toMatchObject([{ recipient: null, dedup_key: "b1|delivered" }]);
  });
});
