import { ageless, type Fixtures, P256_PUBLIC } from "../fixtures.ts";

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
const event = (n: string) => ({
  email: n,
  event: "delivered",
  sg_event_id: n,
  sg_message_id: `${n}.f`,
  timestamp: 1,
});

export const fixtures: Fixtures = {
  source: () => ({ credentials: { public_key: P256_PUBLIC } }),
  vectors: {
    "sendgrid-ecdsa": (vector) => ({ credentials: { public_key: vector.secret_or_key }, options: ageless(vector) }),
  },
  mixed: {
    contentType: "application/json",
    body: JSON.stringify([event("a"), null, "text", event("z")]),
    good: ["a", "z"],
    bad: [
      { member: "[1]", reason: "It is no event" },
      { member: "[2]", reason: "It is no event" },
    ],
  },
};
