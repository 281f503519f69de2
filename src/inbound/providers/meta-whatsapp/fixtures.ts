import { type Fixtures, KEY, type MixedBatch } from "../fixtures.ts";

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages */
export const statusOf = (n: string) => ({ id: `w${n}`, status: "sent", timestamp: "1", recipient_id: n });

/** As Meta tells of several, and who hands that on. */
export const mixedStatuses = (status: (n: string) => object): MixedBatch => ({
  contentType: "application/json",
  body: JSON.stringify({
    object: "whatsapp_business_account",
    entry: [
      {
        id: "1",
        changes: [
          { field: "messages", value: { statuses: [status("a"), 7, { status: "sent" }] } },
          "no change",
          { field: "messages", value: { messages: [{ type: "text", text: { body: "from nobody" } }] } },
          { field: "messages", value: { statuses: { id: "no list" } } },
        ],
      },
      null,
      { id: "2", changes: [{ field: "messages", value: { statuses: [status("z")] } }] },
    ],
  }),
  good: ["a", "z"],
  bad: [
    { member: "entry[0].changes[0].value.statuses[1]", reason: "It is no object." },
    { member: "entry[0].changes[0].value.statuses[2]", reason: "It is a status without an id or a name." },
    { member: "entry[0].changes[1]", reason: "It is no object." },
    { member: "entry[0].changes[2].value.messages[0]", reason: "It is a message without an id." },
    { member: "entry[0].changes[3].value.statuses", reason: "It is no list." },
    { member: "entry[1]", reason: "It is no entry." },
  ],
});

export const fixtures: Fixtures = {
  source: ({ query }) => ({
    credentials: { app_secret: KEY, verify_token: new URLSearchParams(query).get("hub.verify_token") ?? KEY },
  }),
  vectors: {
    "hub-sha256": ({ secret_or_key: app_secret }) => ({ credentials: { app_secret, verify_token: "unused" } }),
  },
  mixed: mixedStatuses(statusOf),
};
