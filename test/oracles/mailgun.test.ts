import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { it } from "vitest";
import { expectAllRefused, valueChanges, withCredentials } from "./changes.ts";
import { encoded, encoder, holdsFor, secret, text } from "./generate.ts";
import { caseOf, expectVerified, NOW } from "./verify.ts";

// Mailgun has no library that verifies: node:crypto signs as it documents, HMAC-SHA256 over the timestamp and the token.

const receiver = (key: string) => ({ provider: "mailgun", credentials: { signing_key: key } });
const newToken = () => randomBytes(25).toString("hex");
const signatureOf = (key: string, token: string) => createHmac("sha256", key).update(`${NOW}${token}`).digest("hex");

const JSON_TYPE = { "Content-Type": "application/json" };
const jsonOf = (token: string, signature: string, subject: string) =>
  JSON.stringify({
    signature: { timestamp: `${NOW}`, token, signature },
    "event-data": { id: "1", event: "opened", timestamp: NOW, message: { headers: { subject } } },
  });

it("takes events as Mailgun signs them", async () => {
  await holdsFor(fc.record({ key: secret, subject: text }), async ({ key, subject }) => {
    const token = newToken();
    const body = jsonOf(token, signatureOf(key, token), subject);
    await expectVerified(caseOf(receiver(key), { headers: JSON_TYPE, body }));
  });
});

it("takes mails as Mailgun signs them, whatever a mail calls its own fields", async () => {
  await holdsFor(fc.record({ key: secret, subject: text, encode: encoder }), async ({ key, subject, encode }) => {
    const token = newToken();
    const pairs = [
      ["token", subject],
      ["signature", subject],
      ["subject", subject],
      ["timestamp", `${NOW}`],
      ["token", token],
      ["signature", signatureOf(key, token)],
    ] as const;
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    await expectVerified(caseOf(receiver(key), { headers, body: encoded(pairs, encode) }));
  });
});

// What happened, and to what, is not signed: only the timestamp, the token and the signature are changed here.
it("refuses a signature that is changed anywhere", async () => {
  const token = newToken();
  const signature = signatureOf("key", token);
  const signed = caseOf(receiver("key"), { headers: JSON_TYPE, body: jsonOf(token, signature, "é") });
  await expectVerified(signed);
  await expectAllRefused(
    valueChanges(signed, `${NOW}`, "text"),
    valueChanges(signed, token, "text"),
    valueChanges(signed, signature, "hex"),
    withCredentials(signed, { signing_key: "kez" }),
  );
});
