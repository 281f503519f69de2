import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { CALLBACK_URL, called, sourceWith, verifyContext } from "../../../../test/inbound/callback.ts";
import { FORM_TYPE } from "../../../../test/support/callback-forms.ts";
import { twilioWhatsapp } from "./provider.ts";

const source = sourceWith({ auth_token: "12345" });
const normalise = (body: string) => twilioWhatsapp.normalise(called({ body, headers: FORM_TYPE }), source);
const FROM_TO = "From=whatsapp%3A%2B1&To=whatsapp%3A%2B2";

it("is signed as text messages are, prefixes included", async () => {
  const signature = createHmac("sha1", "12345").update(`${CALLBACK_URL}Fromwhatsapp:+1Towhatsapp:+2`).digest("base64");
  const request = called({ body: FROM_TO, headers: { ...FORM_TYPE, "X-Twilio-Signature": signature } });
  expect(await twilioWhatsapp.verify(request, source, verifyContext())).toBe("verified");
});

it("tells that a message was read, and by whom", async () => {
  expect(await normalise(`MessageSid=SM1&MessageStatus=read&EventType=READ&${FROM_TO}`)).toMatchObject([
    { type: "status", channel: "whatsapp", status: "read", recipient: "+2", dedup_key: "SM1|read" },
  ]);
});

it("tells a pressed button and what it answers", async () => {
  const answer = "MessageType=button&ButtonText=Yes&ButtonPayload=confirm_1&Body=Yes&OriginalRepliedMessageSid=SM0";
  expect(await normalise(`MessageSid=SM2&${FROM_TO}&ProfileName=Zo%C3%AB&${answer}`)).toMatchObject([
    {
      type: "inbound",
      channel: "whatsapp",
      from: "+1",
      from_name: "Zoë",
      to: ["+2"],
      text: "Yes",
      button: "confirm_1",
      in_reply_to: "SM0",
    },
  ]);
});

it("tells a chosen row, a place, and a reaction", async () => {
  expect(await normalise(`MessageSid=SM2&${FROM_TO}&ListId=row_1&ListTitle=One`)).toMatchObject([{ button: "row_1" }]);
  expect(await normalise(`MessageSid=SM2&${FROM_TO}&Latitude=52.5&Longitude=13.4`)).toMatchObject([
    { text: null, location: { lat: 52.5, lon: 13.4 } },
  ]);
  const [reaction] = await normalise(`MessageSid=SM2&${FROM_TO}&MessageType=reaction&OriginalRepliedMessageSid=SM0`);
  expect(reaction).toMatchObject({ reaction_to: "SM0" });
  expect(reaction).not.toHaveProperty("in_reply_to");
});

it("takes no word for an opting out, unless Twilio says so", async () => {
  const [word] = await normalise(`MessageSid=SM2&${FROM_TO}&Body=STOP`);
  expect(word).not.toHaveProperty("opt_out");
  expect(await normalise(`MessageSid=SM2&${FROM_TO}&Body=x&OptOutType=STOP`)).toMatchObject([{ opt_out: true }]);
});
