import type { Normalised } from "../../src/inbound/provider.ts";
import { providers } from "../../src/inbound/providers/index.ts";
import { FORM_TYPE, JSON_TYPE } from "../support/callback-forms.ts";
import { called } from "./callback.ts";
import { sourceOf } from "./fixtures.ts";

/** Mails as providers call back about them, and what becomes of these. Nothing is signed: that is verified elsewhere. */

export type MailCallback = { body: string; headers: Record<string, string> };

export const form = (fields: Record<string, string>): MailCallback => ({
  body: new URLSearchParams(fields).toString(),
  headers: FORM_TYPE,
});
export const json = (value: unknown): MailCallback => ({ body: JSON.stringify(value), headers: JSON_TYPE });

/** What a form of Mailgun's is signed with. */
export const MAILGUN_MARK = { timestamp: "1774538444", token: "t", signature: "00" };

/** One mail as an event of Mandrill's. */
export const mandrill = (msg: object): MailCallback =>
  form({ mandrill_events: JSON.stringify([{ event: "inbound", ts: 1774538444, msg }]) });

const TOPIC = "arn:aws:sns:us-east-1:123456789012:Topic";

/** A notification of SES about a mail, as SNS brings it. */
export const ses = (event: { mail: object; receipt: object; content?: string }): MailCallback =>
  json({
    ...{ Type: "Notification", MessageId: "i", TopicArn: TOPIC },
    Message: JSON.stringify({ notificationType: "Received", ...event }),
  });

/** What a source of a provider makes of it. */
export async function normalised(name: string, given: MailCallback): Promise<Normalised[]> {
  const provider = providers[name];
  if (!provider) throw new Error(`There is no provider ${name}`);
  return provider.normalise(called(given), sourceOf(name, { TopicArn: TOPIC }));
}
