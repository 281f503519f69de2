import { parsed, scalarsOf } from "../../../../test/inbound/sample-prose.ts";
import { ageless, type Fixtures } from "../fixtures.ts";

const topicOf = (body: string | null): string => scalarsOf("TopicArn", parsed(body ?? ""))[0] ?? "none";

/** https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
const bounce = {
  eventType: "Bounce",
  mail: { messageId: "m", destination: ["a", "z"] },
  bounce: {
    bounceType: "Permanent",
    bouncedRecipients: [{ emailAddress: "a" }, { status: "5.1.1" }, { emailAddress: "z" }],
  },
};

export const fixtures: Fixtures = {
  source: ({ content }) => ({ credentials: {}, options: { topics: scalarsOf("TopicArn", content).slice(0, 1) } }),
  vectors: {
    // The message's own topic is the allowed one.
    sns: (vector) => ({ credentials: {}, options: { ...ageless(vector), topics: [topicOf(vector.body)] } }),
  },
  headers: ({ body }) =>
    Object.fromEntries(
      scalarsOf("Type", parsed(body ?? ""))
        .slice(0, 1)
        .map((type) => ["x-amz-sns-message-type", type]),
    ),
  mixed: {
    contentType: "application/json",
    body: JSON.stringify({
      Type: "Notification",
      MessageId: "i",
      TopicArn: "arn:aws:sns:us-east-1:123456789012:Topic",
      Message: JSON.stringify(bounce),
    }),
    good: ["a", "z"],
    bad: [{ member: "bounce.bouncedRecipients[1]", reason: "It names no recipient." }],
  },
};
