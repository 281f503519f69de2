import { Webhook as StandardWebhook } from "standardwebhooks";
import twilio from "twilio";
import { FORM_TYPE, hmac, JSON_TYPE, type Outgoing, sample } from "../support/provider-callbacks.ts";
import { marked } from "./marks.ts";

/** Providers that call back, as each signs it at this moment. */

/** @param n the event's number @param url where it is sent to */
export type Callback = (n: number, url: string) => Outgoing;

interface Provider {
  settings: { credentials: object; options?: object };
  /** What it becomes. */
  event: string;
  callback: Callback;
}

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export const PROVIDERS = {
  "twilio-sms": {
    settings: { credentials: { auth_token: SECRET } },
    event: "message.received",
    callback: (n, url) => {
      const form = new URLSearchParams(sample("twilio-sms", "inbound text"));
      form.set("MessageSid", `SM${String(n).padStart(32, "0")}`);
      form.set("Body", marked(n));
      const signature = twilio.getExpectedTwilioSignature(SECRET, url, Object.fromEntries(form));
      return { method: "POST", headers: { ...FORM_TYPE, "x-twilio-signature": signature }, body: form.toString() };
    },
  },
  "standard-webhooks": {
    settings: { credentials: { signing_secret: WHSEC } },
    event: "standard-webhooks.user.created",
    callback: (n) => {
      const body = JSON.stringify({ type: "user.created", data: { mark: marked(n) } });
      const now = new Date();
      const headers = {
        ...JSON_TYPE,
        "webhook-id": `msg_${n}`,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
        "webhook-signature": new StandardWebhook(WHSEC).sign(`msg_${n}`, now, body),
      };
      return { method: "POST", headers, body };
    },
  },
  generic: {
    settings: {
      credentials: { secret: SECRET },
      options: { scheme: "hmac", header: "X-Signature", timestamp_header: "X-Time", event_path: "kind", id_path: "no" },
    },
    event: "generic.door.opened",
    callback: (n) => {
      const body = JSON.stringify({ kind: "door.opened", no: String(n), mark: marked(n) });
      const time = String(Math.floor(Date.now() / 1000));
      const signature = hmac("sha256", SECRET, "hex", `${time}.${body}`);
      return { method: "POST", headers: { ...JSON_TYPE, "x-time": time, "x-signature": signature }, body };
    },
  },
} satisfies Record<string, Provider>;

export type ProviderName = keyof typeof PROVIDERS;
