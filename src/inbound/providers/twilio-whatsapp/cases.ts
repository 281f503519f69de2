import { type OwnCase, sample } from "../../../../test/support/provider-callbacks.ts";
import { twilioSigned, twilioSms, twilioSmsInbound } from "../twilio-sms/cases.ts";

const twilioWhatsApp: OwnCase = {
  ...twilioSms,
  name: "Twilio WhatsApp, status",
  callback: twilioSigned(sample("twilio-whatsapp", "status read")),
  event: "whatsapp.read",
  data: { ...twilioSms.data, channel: "whatsapp", status: "read" },
};

const twilioWhatsAppInbound: OwnCase = {
  ...twilioSmsInbound,
  name: "Twilio WhatsApp, inbound",
  callback: twilioSigned(sample("twilio-whatsapp", "inbound text")),
  data: { ...twilioSmsInbound.data, channel: "whatsapp", from_name: "Zoë" },
};

export const cases: readonly OwnCase[] = [twilioWhatsApp, twilioWhatsAppInbound];
