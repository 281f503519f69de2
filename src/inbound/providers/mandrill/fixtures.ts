import { type Fixtures, KEY } from "../fixtures.ts";

/** https://mailchimp.com/developer/transactional/docs/webhooks/ */
const event = (n: string) => ({ event: "send", ts: 1, msg: { _id: n, email: n } });
const mailOfNobody = { event: "inbound", ts: 1, msg: { subject: "without a sender" } };

export const fixtures: Fixtures = {
  source: () => ({ credentials: { webhook_key: KEY } }),
  vectors: {
    mandrill: ({ secret_or_key: webhook_key }) => ({ credentials: { webhook_key } }),
  },
  takesNoJson: true,
  mixed: {
    contentType: "application/x-www-form-urlencoded",
    body: new URLSearchParams({
      mandrill_events: JSON.stringify([event("a"), [], mailOfNobody, { type: "blacklist" }, event("z")]),
    }).toString(),
    good: ["a", "z"],
    bad: [
      { member: "mandrill_events[1]", reason: "It is no event" },
      { member: "mandrill_events[2]", reason: "A mail in it has no sender, or no recipient" },
    ],
  },
};
