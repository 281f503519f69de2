import type { EventType, Json } from "../systems/event-type.ts";

const system = "inbound";

type Message = { provider: string; channel: string; source_id: string; message_id: string | null; recipient: string };

type Report = {
  status: string;
  /** Whether the message's status moved on: late reports and engagement leave it where it is. */
  advanced: boolean;
  /** Whether a bounce may pass. */
  soft?: boolean;
  error?: { code: string; text: string };
  occurred_at: string;
  receipt_id: string;
  /** The one event of the callback that this is about, in the provider's words. */
  raw: Json;
};

function reported({ source_id, ...message }: Message, { receipt_id, raw, ...report }: Report): Json {
  return { ...message, ...report, source_id, receipt_id, raw };
}

const sendgrid = { provider: "sendgrid", channel: "email", source_id: "src_01KM5QRAN0AKX5DS99AJREKXVH" };
const mailgun = { provider: "mailgun", channel: "email", source_id: "src_01KM5QT580NRDJQ6C6BHY6G2YP" };
const resend = { provider: "resend", channel: "email", source_id: "src_01KM5QVZV0QWB1FJHEW5Q78RQW" };
const twilioSms = { provider: "twilio-sms", channel: "sms", source_id: "src_01KM5QJTW07MW34BWH97R5HT6C" };
const twilioWhatsapp = {
  provider: "twilio-whatsapp",
  channel: "whatsapp",
  source_id: "src_01KM5QMNF0R3NJPMP0HNSZBNH8",
};
const metaWhatsapp = { provider: "meta-whatsapp", channel: "whatsapp", source_id: "src_01KM5QPG20RDZY0XER1E1TM7WX" };

const REPLY_ID = "bKsNdWkTXuJGOgvzFbqP8y";
/** What the customer wrote back, above what that was the answer to. */
const REPLY_TEXT =
  "Signing in again did it, thank you! The chart on the first page is still empty though, see the screenshot.";
const REPLY_QUOTED =
  "On Thu, Mar 26, 2026 at 3:43 PM Support <support@inbound.example.com> wrote:\n> Please sign in again.";
/** An agent's reply to a customer. */
const reply: Message = { ...sendgrid, message_id: REPLY_ID, recipient: "jane.doe@example.com" };
const replyRaw = {
  email: reply.recipient,
  "smtp-id": `<${REPLY_ID}@geopod-ismtpd-2>`,
  sg_message_id: `${REPLY_ID}.recvd-6b8f7d5c9-x2lqk-1-69C54612-31.0`,
  category: ["ticket-reply"],
};
const browser = {
  ip: "203.0.113.24",
  useragent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0",
};

/** One copy of a newsletter. */
function newsletter(message_id: string, recipient: string) {
  const message: Message = { ...sendgrid, message_id, recipient };
  const raw = {
    email: recipient,
    "smtp-id": `<${message_id}@geopod-ismtpd-9>`,
    sg_message_id: `${message_id}.recvd-79c4db66f-8wn2p-1-69C62AF1-4.0`,
    category: ["newsletter", "2026-03"],
  };
  return { message, raw };
}
const toClosedMailbox = newsletter("vRPJ2XwJiUo1MM4dgY6v7W", "l.moreau@example.org");
const toSuppressed = newsletter("6Gw7uBox3BC0lMRihh97fj", "n.castro@example.org");
const toAnnoyed = newsletter("WYjtwELnkK5eofIgtm47Fj", "p.lindholm@example.org");
const toLeaving = newsletter("bmgFb2Yb6mKqpaGi28p3Qx", "aiko.tanaka@example.org");

const statement: Message = {
  ...mailgun,
  message_id: "20260327070003.4f1c8a02d6b7e913@mg.example.com",
  recipient: "omar.haddad@example.org",
};
const statementRaw = {
  id: "Fq3vN0pTSkyWb7aEo2LxHg",
  recipient: statement.recipient,
  message: {
    headers: {
      to: "Omar Haddad <omar.haddad@example.org>",
      from: "Billing <billing@example.com>",
      subject: "Your statement for March",
      "message-id": statement.message_id,
    },
    attachments: [],
    size: 18_204,
  },
};

const reminder: Message = {
  ...twilioSms,
  message_id: "SM3519015e743478e65bc42f9861692ddd",
  recipient: "+12025550143",
};
const unreachable: Message = {
  ...twilioSms,
  message_id: "SMc8ea74946c057f83ba27475674e0e016",
  recipient: "+12025550199",
};

/** The form that Twilio posts, decoded. */
function twilioForm({ message_id, channel, recipient }: Message, status: string) {
  const address = (phone: string) => (channel === "whatsapp" ? `whatsapp:${phone}` : phone);
  return {
    MessageSid: message_id,
    MessageStatus: status,
    SmsSid: message_id,
    SmsStatus: status,
    From: address("+12025550100"),
    To: address(recipient),
    ApiVersion: "2010-04-01",
  };
}

const parcelNews: Message = {
  ...metaWhatsapp,
  message_id: "wamid.HQUYCzEyMDI1NTUwMTc4FQIAERgSNTMwOTRFNUYyQkU2RkM1OTUx",
  recipient: "12025550178",
};
const lateFollowUp: Message = {
  ...metaWhatsapp,
  message_id: "wamid.HQUYCzEyMDI1NTUwMTc4FQIAERgSRDM1OTNFNzgyQkIwOTk1NzA5",
  recipient: "12025550178",
};
const confirmation: Message = {
  ...twilioWhatsapp,
  message_id: "SMd054e32e56afe707821711a83a589726",
  recipient: "+12025550151",
};

/** Meta's `statuses[]` element; its times are seconds since 1970, as text. */
const metaStatus = ({ message_id, recipient }: Message, status: string, timestamp: string) => ({
  id: message_id,
  status,
  timestamp,
  recipient_id: recipient,
});

/** What messaging providers report, in one form for all of them. */
export const inboundEvents: readonly EventType[] = [
  {
    name: "email.queued",
    title: "Email queued",
    description: "The provider accepted an email and will send it.",
    system,
    sample: reported(statement, {
      status: "queued",
      advanced: true,
      occurred_at: "2026-03-27T07:00:03.000Z",
      receipt_id: "rcp_01KMQ1FK88KEXXPTJQVBWJ5KJD",
      raw: { ...statementRaw, event: "accepted", timestamp: 1774594803 },
    }),
  },
  {
    name: "email.sent",
    title: "Email sent",
    description: "The provider handed an email on towards its recipient's mail server.",
    system,
    sample: reported(reply, {
      status: "sent",
      advanced: true,
      occurred_at: "2026-03-26T14:43:31.000Z",
      receipt_id: "rcp_01KMN9KGG8JYVRJSN50QVW5EAX",
      raw: {
        ...replyRaw,
        event: "processed",
        timestamp: 1774536211,
        sg_event_id: "cHJvY2Vzc2VkLTMxLWJLc05kV2tUWHVKR09ndno",
      },
    }),
  },
  {
    name: "email.delivered",
    title: "Email delivered",
    description: "The recipient's mail server accepted an email.",
    system,
    sample: reported(reply, {
      status: "delivered",
      advanced: true,
      occurred_at: "2026-03-26T14:43:33.000Z",
      receipt_id: "rcp_01KMN9KNCG0MXX5KA82ESTSQ8A",
      raw: {
        ...replyRaw,
        event: "delivered",
        timestamp: 1774536213,
        sg_event_id: "ZGVsaXZlcmVkLTAtYktzTmRXa1RYdUpHT2d2eg",
        response: "250 2.0.0 OK",
        tls: 1,
      },
    }),
  },
  {
    name: "email.deferred",
    title: "Email deferred",
    description: "The recipient's mail server did not take an email for now, and the provider tries again.",
    system,
    sample: reported(statement, {
      status: "deferred",
      advanced: true,
      error: { code: "451", text: "4.7.1 Greylisted, please try again in 600 seconds" },
      occurred_at: "2026-03-27T07:00:06.000Z",
      receipt_id: "rcp_01KMQ1FP60V2FYNZQS6C437ABP",
      raw: {
        ...statementRaw,
        event: "failed",
        severity: "temporary",
        reason: "generic",
        timestamp: 1774594806,
        "delivery-status": {
          code: 451,
          message: "4.7.1 Greylisted, please try again in 600 seconds",
          "attempt-no": 1,
          "retry-seconds": 600,
          "mx-host": "mx1.example.org",
        },
      },
    }),
  },
  {
    name: "email.bounced",
    title: "Email bounced",
    description: "The recipient's mail server refused an email.",
    system,
    sample: reported(toClosedMailbox.message, {
      status: "bounced",
      advanced: true,
      soft: false,
      error: { code: "5.1.1", text: "550 5.1.1 The email account that you tried to reach does not exist" },
      occurred_at: "2026-03-27T07:00:05.000Z",
      receipt_id: "rcp_01KMQ1FM7GKFXENDKA85HGN0EP",
      raw: {
        ...toClosedMailbox.raw,
        event: "bounce",
        type: "bounce",
        timestamp: 1774594805,
        sg_event_id: "Ym91bmNlLTAtdlJQSjJYd0ppVW8xTU00ZA",
        status: "5.1.1",
        reason: "550 5.1.1 The email account that you tried to reach does not exist",
      },
    }),
  },
  {
    name: "email.dropped",
    title: "Email dropped",
    description: "The provider gave an email up without trying to send it.",
    system,
    sample: reported(toSuppressed.message, {
      status: "dropped",
      advanced: true,
      error: { code: "5.0.0", text: "Bounced Address" },
      occurred_at: "2026-03-27T07:00:03.000Z",
      receipt_id: "rcp_01KMQ1FH9RMJ9F6TW0WAJJQMBY",
      raw: {
        ...toSuppressed.raw,
        event: "dropped",
        timestamp: 1774594803,
        sg_event_id: "ZHJvcC0wLTZHdzd1Qm94M0JDMGxNUmk",
        status: "5.0.0",
        reason: "Bounced Address",
      },
    }),
  },
  {
    name: "email.failed",
    title: "Email failed",
    description: "The provider could not send an email.",
    system,
    sample: reported(
      { ...resend, message_id: "9486482b-4635-4dbc-a6d0-92ee810db891", recipient: "k.adeyemi@example.org" },
      {
        status: "failed",
        advanced: true,
        error: { code: "reached_daily_quota", text: "reached_daily_quota" },
        occurred_at: "2026-03-27T18:20:00.000Z",
        receipt_id: "rcp_01KMR8CJ40GVRC10B5FHDHRSMN",
        raw: {
          type: "email.failed",
          created_at: "2026-03-27T18:20:00.000Z",
          data: {
            email_id: "9486482b-4635-4dbc-a6d0-92ee810db891",
            from: "Accounts <accounts@example.com>",
            to: ["k.adeyemi@example.org"],
            subject: "Confirm your new password",
            created_at: "2026-03-27T18:19:59.672Z",
            failed: { reason: "reached_daily_quota" },
          },
        },
      },
    ),
  },
  {
    name: "email.complained",
    title: "Email complained about",
    description: "The recipient reported an email as spam.",
    system,
    sample: reported(toAnnoyed.message, {
      status: "complained",
      advanced: false,
      occurred_at: "2026-03-27T11:45:09.000Z",
      receipt_id: "rcp_01KMQHSJC81CKQGB8NFCD55TKT",
      raw: {
        ...toAnnoyed.raw,
        event: "spamreport",
        timestamp: 1774611909,
        sg_event_id: "c3BhbXJlcG9ydC0wLVdZanR3RUxua0s1ZW9mSQ",
      },
    }),
  },
  {
    name: "email.opened",
    title: "Email opened",
    description: "The recipient opened an email.",
    system,
    sample: reported(reply, {
      status: "opened",
      advanced: false,
      occurred_at: "2026-03-26T14:52:37.000Z",
      receipt_id: "rcp_01KMNA43R8MDHSCH116Z6PWQ6E",
      raw: {
        ...replyRaw,
        ...browser,
        event: "open",
        timestamp: 1774536757,
        sg_event_id: "b3Blbi0wLWJLc05kV2tUWHVKR09ndno",
        sg_machine_open: false,
      },
    }),
  },
  {
    name: "email.clicked",
    title: "Email link clicked",
    description: "The recipient followed a link of an email.",
    system,
    sample: reported(reply, {
      status: "clicked",
      advanced: false,
      occurred_at: "2026-03-26T14:53:02.000Z",
      receipt_id: "rcp_01KMNA53ZGNJSHHMY99P448TBC",
      raw: {
        ...replyRaw,
        ...browser,
        event: "click",
        timestamp: 1774536782,
        sg_event_id: "Y2xpY2stMC1iS3NOZFdrVFh1SkdPZ3Z6",
        url: "https://app.example.com/login",
      },
    }),
  },
  {
    name: "email.unsubscribed",
    title: "Unsubscribed by email",
    description: "The recipient asked to get no more emails of this kind.",
    system,
    sample: reported(toLeaving.message, {
      status: "unsubscribed",
      advanced: false,
      occurred_at: "2026-03-27T13:08:55.000Z",
      receipt_id: "rcp_01KMQPJYJRC54418W8P0Z379ZR",
      raw: {
        ...toLeaving.raw,
        event: "unsubscribe",
        timestamp: 1774616935,
        sg_event_id: "dW5zdWJzY3JpYmUtMC1ibWdGYjJZYjZtS3FwYUc",
      },
    }),
  },
  {
    name: "sms.queued",
    title: "SMS queued",
    description: "The provider accepted a text message and will send it.",
    system,
    sample: reported(reminder, {
      status: "queued",
      advanced: true,
      occurred_at: "2026-03-27T09:00:00.214Z",
      receipt_id: "rcp_01KMQ8B5TPJGAXRFADWXA2PAAF",
      raw: twilioForm(reminder, "queued"),
    }),
  },
  {
    name: "sms.deferred",
    title: "SMS deferred",
    description: "The carrier holds a text message back and tries again.",
    system,
    sample: reported(
      { ...unreachable, provider: "vonage-sms", message_id: "14000000F9DB2A71" },
      {
        status: "deferred",
        advanced: true,
        occurred_at: "2026-03-27T09:00:02.411Z",
        receipt_id: "rcp_01KMQ8B7ZB8C0Q3S2G4V6N1M5K",
        raw: { msisdn: "12025550166", messageId: "14000000F9DB2A71", status: "buffered", "err-code": "0" },
      },
    ),
  },
  {
    name: "sms.sent",
    title: "SMS sent",
    description: "The provider handed a text message to the recipient's carrier.",
    system,
    sample: reported(reminder, {
      status: "sent",
      advanced: true,
      occurred_at: "2026-03-27T09:00:01.377Z",
      receipt_id: "rcp_01KMQ8B6Z1PG31JNS1W33F3VAZ",
      raw: twilioForm(reminder, "sent"),
    }),
  },
  {
    name: "sms.delivered",
    title: "SMS delivered",
    description: "The carrier confirmed that a text message arrived.",
    system,
    sample: reported(reminder, {
      status: "delivered",
      advanced: true,
      occurred_at: "2026-03-27T09:00:04.902Z",
      receipt_id: "rcp_01KMQ8BAD6ES1XZDY1DT2BC84P",
      raw: twilioForm(reminder, "delivered"),
    }),
  },
  {
    name: "sms.read",
    title: "Text message read",
    description: "The recipient read a text message, where its channel tells (RCS).",
    system,
    sample: reported(reminder, {
      status: "read",
      advanced: true,
      occurred_at: "2026-03-27T09:04:40.118Z",
      receipt_id: "rcp_01KMQ8JQHP4Z6D9T1E3W7Y5A2B",
      raw: twilioForm(reminder, "read"),
    }),
  },
  {
    name: "sms.failed",
    title: "SMS failed",
    description: "A text message could not be sent or did not arrive.",
    system,
    sample: reported(unreachable, {
      status: "failed",
      advanced: true,
      error: { code: "30003", text: "Unreachable destination handset" },
      occurred_at: "2026-03-27T09:15:12.008Z",
      receipt_id: "rcp_01KMQ97088RWTX9PNZ03Y6CZJP",
      raw: {
        ...twilioForm(unreachable, "undelivered"),
        ErrorCode: "30003",
        ErrorMessage: "Unreachable destination handset",
      },
    }),
  },
  {
    name: "sms.dropped",
    title: "SMS dropped",
    description: "A text message was cancelled or rejected before it was sent.",
    system,
    sample: reported(unreachable, {
      status: "dropped",
      advanced: true,
      occurred_at: "2026-03-27T09:15:12.008Z",
      receipt_id: "rcp_01KMQ97088V0C1X5N8R4J6H3GD",
      raw: twilioForm(unreachable, "canceled"),
    }),
  },
  {
    name: "whatsapp.queued",
    title: "WhatsApp message queued",
    description: "The provider accepted a WhatsApp message and will send it.",
    system,
    sample: reported(confirmation, {
      status: "queued",
      advanced: true,
      occurred_at: "2026-03-27T10:22:05.640Z",
      receipt_id: "rcp_01KMQD1FT846MYAEZ828NP9TJQ",
      raw: twilioForm(confirmation, "queued"),
    }),
  },
  {
    name: "whatsapp.sent",
    title: "WhatsApp message sent",
    description: "A WhatsApp message left for its recipient.",
    system,
    sample: reported(parcelNews, {
      status: "sent",
      advanced: true,
      occurred_at: "2026-03-27T10:22:14.000Z",
      receipt_id: "rcp_01KMQD1QZG73X9A1JR44S81V5P",
      raw: {
        ...metaStatus(parcelNews, "sent", "1774606934"),
        pricing: { billable: true, pricing_model: "PMP", category: "utility", type: "regular" },
      },
    }),
  },
  {
    name: "whatsapp.delivered",
    title: "WhatsApp message delivered",
    description: "A WhatsApp message arrived on a device of its recipient.",
    system,
    sample: reported(parcelNews, {
      status: "delivered",
      advanced: true,
      occurred_at: "2026-03-27T10:22:16.000Z",
      receipt_id: "rcp_01KMQD1SY0YVH875M2CQZY7FQE",
      raw: metaStatus(parcelNews, "delivered", "1774606936"),
    }),
  },
  {
    name: "whatsapp.read",
    title: "WhatsApp message read",
    description: "The recipient read a WhatsApp message.",
    system,
    sample: reported(parcelNews, {
      status: "read",
      advanced: true,
      occurred_at: "2026-03-27T10:31:40.000Z",
      receipt_id: "rcp_01KMQDK0Q0QQX8YND7GPZF0CJM",
      raw: metaStatus(parcelNews, "read", "1774607500"),
    }),
  },
  {
    name: "whatsapp.failed",
    title: "WhatsApp message failed",
    description: "A WhatsApp message could not be sent or did not arrive.",
    system,
    sample: reported(lateFollowUp, {
      status: "failed",
      advanced: true,
      error: { code: "131047", text: "Re-engagement message" },
      occurred_at: "2026-03-27T18:21:00.000Z",
      receipt_id: "rcp_01KMR8ECQ090QQ9838JA8QNS4V",
      raw: {
        ...metaStatus(lateFollowUp, "failed", "1774635660"),
        errors: [
          {
            code: 131047,
            title: "Re-engagement message",
            error_data: { details: "More than 24 hours have passed since the recipient last replied." },
          },
        ],
      },
    }),
  },
  {
    name: "whatsapp.dropped",
    title: "WhatsApp message dropped",
    description: "A WhatsApp message was cancelled or rejected before it was sent.",
    system,
    sample: reported(confirmation, {
      status: "dropped",
      advanced: true,
      occurred_at: "2026-03-27T10:24:31.502Z",
      receipt_id: "rcp_01KMQD5YAY2K7P9S4T6W8Z1X3V",
      raw: twilioForm(confirmation, "canceled"),
    }),
  },
  {
    name: "whatsapp.unsubscribed",
    title: "WhatsApp recipient unsubscribed",
    description: "A recipient does not want any more messages by WhatsApp.",
    system,
    sample: reported(
      { ...parcelNews, message_id: null },
      {
        status: "unsubscribed",
        advanced: false,
        occurred_at: "2026-03-27T11:02:09.000Z",
        receipt_id: "rcp_01KMQFBWR8D3F5H7K9M1N4P6Q2",
        raw: { wa_id: "12025550178", category: "marketing_messages", value: "stop", timestamp: 1774609329 },
      },
    ),
  },
  {
    name: "message.received",
    title: "Message received",
    description: "Somebody sent a message, by any channel that a source takes in.",
    system,
    sample: {
      provider: "postmark",
      channel: "email",
      message_id: "d4460b8f-7704-4479-8cb1-ad741b763875",
      from: "jane.doe@example.com",
      to: ["support@inbound.example.com"],
      auto: null,
      subject: "Re: Ticket #42 - Cannot access dashboard",
      text: `${REPLY_TEXT}\n\n${REPLY_QUOTED}`,
      reply: REPLY_TEXT,
      quoted: REPLY_QUOTED,
      html: `<p>${REPLY_TEXT}</p>`,
      media: [
        {
          content_type: "image/png",
          filename: "empty-chart.png",
          size: 48213,
          url: "https://hooks.example.com/api/v1/workspaces/1/sources/src_01KM58BRY0TVT080AVTTWT5T7G/receipts/rcp_01KMNBQM68R7P6DKM231BX7JVA/attachments/0-0",
        },
      ],
      in_reply_to: `<${REPLY_ID}@geopod-ismtpd-2>`,
      occurred_at: "2026-03-26T15:20:44.000Z",
      source_id: "src_01KM58BRY0TVT080AVTTWT5T7G",
      receipt_id: "rcp_01KMNBQM68R7P6DKM231BX7JVA",
    },
  },
];
