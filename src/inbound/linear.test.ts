import { afterEach, expect, it, vi } from "vitest";
import { called, sourceWith } from "../../test/inbound/callback.ts";
import { FORM_TYPE, JSON_TYPE } from "../../test/support/callback-forms.ts";
import type { Provider } from "./provider.ts";
import { providers } from "./providers/index.ts";

/** Callbacks with thousands of whatever may come more than once: what is looked at is counted, not timed. */

afterEach(() => vi.restoreAllMocks());

const MANY = 2000;
const numbers = Array.from({ length: MANY }, (_, number) => number);
const named = (name: string): Provider => {
  const provider = providers[name];
  if (!provider) throw new Error(`There is no ${name}`);
  return provider;
};

it.each([
  ["twilio-sms", "MessageSid=SM1&From=1&To=2&", "MediaUrl"],
  ["twilio-whatsapp", "MessageSid=SM1&From=1&To=2&", "MediaUrl"],
  ["plivo-sms", "MessageUUID=m&From=1&To=2&", "Media"],
])("%s finds its files without going through all parameters for each", async (name, head, file) => {
  const body = head + numbers.map((number) => `${file}${number}=u${number}`).join("&");
  const walks = vi.spyOn(Array.prototype, "find");
  const [record] = await named(name).normalise(called({ body, headers: FORM_TYPE }), sourceWith({ auth_token: "a" }));
  expect(walks.mock.calls.length).toBeLessThan(100);
  expect(record).toMatchObject({ media: numbers.map((number) => ({ url: `u${number}` })) });
});

it.each(["meta-whatsapp", "gupshup"])(
  "%s finds each message's sender without going through all of them",
  async (name) => {
    const contacts = numbers.map((number) => ({ wa_id: `${number}`, profile: { name: `n${number}` } }));
    const messages = numbers.map((number) => ({
      id: `m${number}`,
      from: `${number}`,
      type: "text",
      text: { body: "x" },
    }));
    const value = { contacts, messages };
    const body = JSON.stringify({
      object: "whatsapp_business_account",
      entry: [{ changes: [{ field: "messages", value }] }],
    });
    const credentials = name === "gupshup" ? { header: "X-Token", value: "v" } : { app_secret: "s", verify_token: "t" };
    const looks = vi.spyOn(Object, "hasOwn");
    const walks = vi.spyOn(Map.prototype, "values");
    const records = await named(name).normalise(called({ body, headers: JSON_TYPE }), sourceWith(credentials));
    expect(looks.mock.calls.length).toBeLessThan(40 * MANY);
    expect(walks.mock.calls.length).toBeLessThan(100);
    expect(records).toHaveLength(MANY);
    expect(records.at(-1)).toMatchObject({ from: `${MANY - 1}`, from_name: `n${MANY - 1}` });
  },
);

it("of an event of SES about too many recipients the first are told, and the others named", async () => {
  const bounce = { bounceType: "Permanent", bouncedRecipients: numbers.map((n) => ({ emailAddress: `${n}` })) };
  const records = await sesEvent(bounce);
  expect(records).toHaveLength(1001);
  expect(records[999]).toMatchObject({ type: "status", recipient: "999" });
  expect(records[1000]).toMatchObject({
    unread: { member: "bounce.bouncedRecipients[1000…1999]", reason: "No event of SES is about more than 1000." },
  });
});

it("of an event of SES with more names than any has no recipient's record has a copy", async () => {
  const names = Object.fromEntries(numbers.map((number) => [`n${number}`, 1]));
  const records = await sesEvent({ ...names, bouncedRecipients: [{ emailAddress: "a" }, { emailAddress: "b" }] });
  expect(records).toMatchObject(["a", "b"].map((recipient) => ({ recipient, raw: null, truncated: ["raw"] })));
});

function sesEvent(bounce: object) {
  const event = { notificationType: "Bounce", mail: { messageId: "m", destination: ["a"] }, bounce };
  const arn = "arn:aws:sns:us-east-1:123456789012:Topic";
  const message = { Type: "Notification", MessageId: "i", TopicArn: arn, Message: JSON.stringify(event) };
  const request = called({ body: JSON.stringify(message), headers: JSON_TYPE });
  return named("aws-ses-sns").normalise(request, sourceWith({}, { topics: [arn] }));
}
