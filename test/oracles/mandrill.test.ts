import fc from "fast-check";
import twilio from "twilio";
import { it } from "vitest";
import { bodyChanges, expectAllRefused, headerChanges, withCredentials, withoutHeader } from "./changes.ts";
import { asObject, encoded, encoder, holdsFor, secret, text, uniqueFields } from "./generate.ts";
import { CALLBACK_URL, caseOf, expectVerified } from "./verify.ts";

// Mandrill has no library that verifies. Its scheme is Twilio's for forms whose names come once each, so Twilio's
// library signs: HMAC-SHA1 in base64 over the URL and, by sorted name, each name and value.

const SIGNATURE = "X-Mandrill-Signature";
const receiver = (key: string) => ({ provider: "mandrill", credentials: { webhook_key: key } });

function signed(key: string, pairs: readonly (readonly [string, string])[], body: string) {
  const signature = twilio.getExpectedTwilioSignature(key, CALLBACK_URL, asObject(pairs));
  const headers = { "Content-Type": "application/x-www-form-urlencoded", [SIGNATURE]: signature };
  return caseOf(receiver(key), { headers, body });
}

const eventsOf = (subject: string) => JSON.stringify([{ event: "open", ts: 1, msg: { _id: "1", subject } }]);

it("takes forms that are signed as Mandrill signs", async () => {
  await holdsFor(fc.record({ key: secret, subject: text, more: uniqueFields, encode: encoder }), async (given) => {
    const pairs = [["mandrill_events", eventsOf(given.subject)] as const, ...given.more];
    await expectVerified(signed(given.key, pairs, encoded(pairs, given.encode)));
  });
});

it("refuses a form that is changed anywhere", async () => {
  const pairs = [["mandrill_events", eventsOf("50% + 1 ✓")] as const];
  const each = signed("key", pairs, encoded(pairs, encodeURIComponent));
  await expectVerified(each);
  await expectAllRefused(
    bodyChanges(each),
    headerChanges(each, SIGNATURE, "base64"),
    withoutHeader(each, SIGNATURE),
    withCredentials(each, { webhook_key: "kex" }),
  );
});
