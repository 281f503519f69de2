import { createHash } from "node:crypto";
import {
  FORM_TYPE,
  hmac,
  JSON_TYPE,
  type OwnCase,
  SECRET,
  sample,
  seconds,
  vonageText,
} from "../../../../test/support/provider-callbacks.ts";

/** A report of Vonage's with a time and a nonce, signed as an account has chosen. */
function vonageReport(text: string, signature: (signed: string) => string): Record<string, string> {
  const parameters = { ...Object.fromEntries(new URLSearchParams(text)), timestamp: String(seconds()), nonce: "n-1" };
  return { ...parameters, sig: signature(vonageText(parameters)) };
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

const vonageGet: OwnCase = {
  name: "Vonage SMS, by GET",
  credentials: { signature_secret: SECRET },
  options: { algorithm: "md5hash" },
  callback: () => {
    const parameters = vonageReport(sample("vonage-sms", "DLR delivered"), (signed) => md5(signed + SECRET));
    return { method: "GET", query: new URLSearchParams(parameters).toString(), headers: {} };
  },
  forge: ["query", "msisdn=14845552121"],
  event: "sms.delivered",
  data: {
    status: "delivered",
    message_id: "14000000F9DBBBBB",
    recipient: "14845552121",
    occurred_at: "2020-07-17T02:34:35.000Z",
  },
};

const vonageForm: OwnCase = {
  ...vonageGet,
  name: "Vonage SMS, by a form",
  options: { algorithm: "sha256" },
  callback: () => {
    const sign = (signed: string) => hmac("sha256", SECRET, "hex", signed).toUpperCase();
    const parameters = vonageReport(sample("vonage-sms", "capture dlr-post"), sign);
    return { method: "POST", headers: FORM_TYPE, body: new URLSearchParams(parameters).toString() };
  },
  forge: ["body", "msisdn=14845552121"],
  data: { ...vonageGet.data, occurred_at: "2020-07-17T02:35:15.000Z" },
};

const vonageJson: OwnCase = {
  ...vonageGet,
  name: "Vonage SMS, by JSON",
  options: { algorithm: "sha512" },
  callback: () => {
    const event: Record<string, string> = JSON.parse(sample("vonage-sms", "capture dlr-post-json"));
    const text = new URLSearchParams(event).toString();
    const parameters = vonageReport(text, (signed) => hmac("sha512", SECRET, "hex", signed));
    return { method: "POST", headers: JSON_TYPE, body: JSON.stringify(parameters) };
  },
  forge: ["body", '"msisdn":"14845552121'],
  data: { ...vonageGet.data, occurred_at: "2020-07-17T02:35:01.000Z" },
};

const vonageInbound: OwnCase = {
  ...vonageGet,
  name: "Vonage SMS, inbound",
  options: { algorithm: "md5" },
  callback: () => {
    const text = new URLSearchParams(sample("vonage-sms", "capture inbound"));
    text.delete("sig");
    // Both characters that are signed as an underscore.
    text.set("text", "1+1=2 & more");
    const parameters = vonageReport(text.toString(), (signed) => hmac("md5", SECRET, "hex", signed));
    return { method: "GET", query: new URLSearchParams(parameters).toString(), headers: {} };
  },
  event: "message.received",
  data: {
    channel: "sms",
    message_id: "02000000DA7C52E7",
    from: "14845552121",
    to: ["16105553939"],
    text: "1+1=2 & more",
  },
};

export const cases: readonly OwnCase[] = [vonageGet, vonageForm, vonageJson, vonageInbound];
