import { generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { EventWebhook } from "@sendgrid/eventwebhook";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyChanges, expectAllRefused, headerChanges, withCredentials, withoutHeader } from "./changes.ts";
import { body, bytes, holdsFor } from "./generate.ts";
import { caseOf, expectVerified, NOW } from "./verify.ts";

const SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature";
const TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp";
const PROVIDERS = ["sendgrid", "sendgrid-inbound-parse"] as const;
const library = new EventWebhook();

/** A key pair, its public half as SendGrid shows it. */
function newKeys() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privateKey, publicKey, shown: publicKey.export({ type: "spki", format: "der" }).toString("base64") };
}
const keys = newKeys();

const signatureOf = (privateKey: KeyObject, timestamp: string, content: string | Uint8Array) =>
  sign("sha256", Buffer.concat([Buffer.from(timestamp), Buffer.from(content)]), privateKey);

function signedCase(provider: string, content: string | Uint8Array, signature: Buffer, type = "application/json") {
  return caseOf(
    { provider, credentials: { public_key: keys.shown } },
    {
      headers: { "Content-Type": type, [SIGNATURE]: signature.toString("base64"), [TIMESTAMP]: `${NOW}` },
      body: content,
    },
  );
}

const confirmed = (content: string, signature: Buffer): boolean =>
  library.verifySignature(library.convertPublicKeyToECDSA(keys.shown), content, signature.toString("base64"), `${NOW}`);

describe.each(PROVIDERS)("%s", (provider) => {
  it("takes what SendGrid's library takes", async () => {
    await holdsFor(body, async (content) => {
      // SendGrid ends its lists with a line end, which is signed.
      const lines = `${content}\r\n`;
      const signature = signatureOf(keys.privateKey, `${NOW}`, lines);
      expect(confirmed(lines, signature)).toBe(true);
      await expectVerified(signedCase(provider, lines, signature));
    });
  });

  it("refuses what is changed anywhere", async () => {
    const content = '[{"email":"é@example.com","event":"open"},\r\n{"event":"click"}]\r\n';
    const signed = signedCase(provider, content, signatureOf(keys.privateKey, `${NOW}`, content));
    await expectVerified(signed);
    await expectAllRefused(
      bodyChanges(signed),
      headerChanges(signed, SIGNATURE, "base64"),
      headerChanges(signed, TIMESTAMP, "text"),
      withoutHeader(signed, SIGNATURE),
      withoutHeader(signed, TIMESTAMP),
      withCredentials(signed, { public_key: newKeys().shown }),
    );
  });
});

// The signature's two numbers are written as short as they can be: one in 256 has a byte less, or two.
it("takes signatures of every length", async () => {
  const lengths = new Map<number, Buffer>();
  for (let n = 0; n < 20_000 && lengths.size < 5; n++) {
    const signature = signatureOf(keys.privateKey, `${NOW}`, "[]");
    lengths.set(signature.length, signature);
  }
  expect([...lengths.keys()].some((length) => length < 70)).toBe(true);
  const signatures = [...lengths.values()];
  for (const signature of signatures) expect(confirmed("[]", signature)).toBe(true);
  await expectVerified(...signatures.map((signature) => signedCase("sendgrid", "[]", signature)));
});

// The library takes text only; of other bytes node:crypto says whether they are signed.
it("takes mails whose bytes are no UTF-8", async () => {
  await holdsFor(fc.record({ bytes }), async (given) => {
    const signature = signatureOf(keys.privateKey, `${NOW}`, given.bytes);
    expect(verify("sha256", Buffer.concat([Buffer.from(`${NOW}`), given.bytes]), keys.publicKey, signature)).toBe(true);
    await expectVerified(
      signedCase("sendgrid-inbound-parse", given.bytes, signature, "multipart/form-data; boundary=xYzZY"),
    );
  });
});
