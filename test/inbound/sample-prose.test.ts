import { expect, it } from "vitest";
import { meant } from "./sample-prose.ts";

const sent = {
  headers: new Headers({ "X-Shopify-Webhook-Id": "w1", "svix-id": "s1" }),
  content: {
    ID: 42,
    MessageId: "m1",
    Message: '{"bounce":{"bouncedRecipients":[{"emailAddress":"a@example.com"},{"emailAddress":"b@example.com"}]}}',
    signature: { token: "t1" },
    entry: [{ statuses: [{ id: "wamid.1" }] }],
  },
};

it.each([
  ["wamid.1|delivered", ["wamid.1|delivered"]],
  ["<x@example.org>|in@example.com (Mandrill sends no event id)", ["<x@example.org>|in@example.com"]],
  ["ID", ["42"]],
  ["signature.token (event-data.id is only unique within a day)", ["t1"]],
  ["statuses[].id|sent", ["wamid.1|sent"]],
  ["MessageId|recipient (one record per recipient)", ["m1|a@example.com", "m1|b@example.com"]],
  ["svix-id header", ["s1"]],
  ["X-Shopify-Event-Id / X-Shopify-Webhook-Id header", ["w1"]],
  ["svix-id header or MessageId", ["s1", "m1"]],
  // Named, and not sent: nothing can be equal to it by chance.
  ["webhook-id header", ["webhook-id header"]],
])("%s", (text, values) => {
  expect(meant(text, sent)).toEqual(values);
});
