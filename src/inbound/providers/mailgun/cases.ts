import {
  FORM_TYPE,
  hmac,
  JSON_TYPE,
  type OwnCase,
  SECRET,
  sample,
  seconds,
} from "../../../../test/support/provider-callbacks.ts";

const MAILGUN_TOKEN = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0";

const mailgunMark = () => {
  const timestamp = String(seconds());
  return { timestamp, token: MAILGUN_TOKEN, signature: hmac("sha256", SECRET, "hex", timestamp + MAILGUN_TOKEN) };
};

const mailgun: OwnCase = {
  name: "Mailgun, events",
  credentials: { signing_key: SECRET },
  callback: () => {
    const event: Record<string, unknown> = JSON.parse(sample("mailgun", "delivered"));
    return { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ ...event, signature: mailgunMark() }) };
  },
  // The signature covers no more than the token and the time.
  forge: ["body", MAILGUN_TOKEN],
  refuses: 406,
  event: "email.delivered",
  data: { status: "delivered", message_id: "20130503182626.18666.16540@example.com", recipient: "alice@example.com" },
};

const mailgunRoute: OwnCase = {
  ...mailgun,
  name: "Mailgun, mail of a route",
  callback: () => {
    const form = new URLSearchParams(sample("mailgun", "inbound route"));
    for (const [name, value] of Object.entries(mailgunMark())) form.set(name, value);
    return { method: "POST", headers: FORM_TYPE, body: form.toString() };
  },
  event: "message.received",
  data: {
    channel: "email",
    message_id: "<CAEPk3R+4Zr@mail.example.org>",
    from: "from+test@example.org",
    from_name: "Displayed From",
    to: ["test@inbound.example.com"],
    subject: "Test subject",
    text: "Test body plain",
    html: "<div>Test body html</div>",
  },
};

export const cases: readonly OwnCase[] = [mailgun, mailgunRoute];
