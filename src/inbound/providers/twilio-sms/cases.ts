import twilio from "twilio";
import { FORM_TYPE, type Outgoing, type OwnCase, SECRET, sample } from "../../../../test/support/provider-callbacks.ts";

const INBOUND_ANSWER = { status: 200, type: "text/xml", body: "<Response/>" };

const NO_CONTENT = { status: 204, type: null, body: "" };

/** By Twilio's own library: a form, for the URL that it is to be sent to. */
export const twilioSigned =
  (body: string, token = SECRET) =>
  (url: string): Outgoing => {
    const parameters = Object.fromEntries(new URLSearchParams(body).entries());
    const signature = twilio.getExpectedTwilioSignature(token, url, parameters);
    return { method: "POST", headers: { ...FORM_TYPE, "x-twilio-signature": signature }, body };
  };

export const twilioSms: OwnCase = {
  name: "Twilio SMS, status",
  credentials: { auth_token: SECRET },
  callback: twilioSigned(sample("twilio-sms", "status delivered")),
  forge: ["body", "14155552671"],
  succeeds: NO_CONTENT,
  event: "sms.delivered",
  data: {
    channel: "sms",
    status: "delivered",
    message_id: "SM11111111111111111111111111111111",
    recipient: "+14155552671",
    advanced: true,
  },
};

export const twilioSmsInbound: OwnCase = {
  ...twilioSms,
  name: "Twilio SMS, inbound",
  callback: twilioSigned(sample("twilio-sms", "inbound text")),
  forge: ["body", "Body=Hello"],
  succeeds: INBOUND_ANSWER,
  event: "message.received",
  data: {
    channel: "sms",
    message_id: "SM22222222222222222222222222222222",
    from: "+14155552671",
    to: ["+15005550006"],
    text: "Hello!",
    media: [],
  },
};

export const cases: readonly OwnCase[] = [twilioSms, twilioSmsInbound];
