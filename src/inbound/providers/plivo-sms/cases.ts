import { FORM_TYPE, glued, hmac, type OwnCase, SECRET, sample } from "../../../../test/support/provider-callbacks.ts";

const PLIVO_NONCE = "05429567804466091622";

const plivo: OwnCase = {
  name: "Plivo, signed as version 3",
  credentials: { auth_token: SECRET },
  callback: (url) => {
    const body = sample("plivo-sms", "status delivered");
    return {
      method: "POST",
      headers: {
        ...FORM_TYPE,
        // For incoming messages, too, only the main account's signature need fit.
        "x-plivo-signature-v3": hmac("sha256", "a sub-account's token", "base64", "x"),
        "x-plivo-signature-ma-v3": hmac("sha256", SECRET, "base64", `${url}?${glued(body)}.${PLIVO_NONCE}`),
        "x-plivo-signature-v3-nonce": PLIVO_NONCE,
      },
      body,
    };
  },
  forge: ["body", "To=14155552671"],
  event: "sms.delivered",
  data: { status: "delivered", message_id: "5b40a428-bfc7-4daf-9d06-726c558bf3b8", recipient: "14155552671" },
};

const plivoV2: OwnCase = {
  ...plivo,
  name: "Plivo, signed as version 2",
  callback: (url) => ({
    method: "POST",
    headers: {
      ...FORM_TYPE,
      "x-plivo-signature-v2": hmac("sha256", SECRET, "base64", url + PLIVO_NONCE),
      "x-plivo-signature-v2-nonce": PLIVO_NONCE,
    },
    body: sample("plivo-sms", "inbound MMS"),
  }),
  // The body is not covered.
  forge: ["x-plivo-signature-v2-nonce", PLIVO_NONCE],
  event: "message.received",
  data: {
    channel: "sms",
    message_id: "db3ce55a-7f1d-11e1-8ea7-1231380bc197",
    from: "14151234567",
    to: ["14157654321"],
    text: "caption",
    media: [{ url: "https://media.plivo.com/Account/MA/Message/x/Media/y.jpg" }],
  },
};

export const cases: readonly OwnCase[] = [plivo, plivoV2];
