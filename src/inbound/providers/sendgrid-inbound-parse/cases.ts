import { mailFile } from "../../../../test/support/mails.ts";
import {
  MULTIPART_TYPE,
  multipart,
  type OwnCase,
  rawParse,
  SENDGRID_PUBLIC_KEY,
  sendgridSigned,
} from "../../../../test/support/provider-callbacks.ts";

/** A file that is no UTF-8. */
const BYTES = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0xfe, 0x00]);

const parsed: OwnCase = {
  name: "SendGrid, Inbound Parse",
  credentials: { public_key: SENDGRID_PUBLIC_KEY },
  callback: () =>
    sendgridSigned(
      multipart([
        { name: "headers", content: "Message-ID: <CAN_P@mail.gmail.com>\nDate: Fri, 27 Mar 2026 10:31:00 +0100\n" },
        { name: "to", content: "Support <inbound@parse.example.com>" },
        { name: "from", content: "Sender Name <example@example.com>" },
        { name: "subject", content: "Different File Types" },
        // By its charset, which the runtime's own reading of forms would take for UTF-8.
        { name: "text", content: Buffer.from("H\xe9llo", "latin1") },
        { name: "envelope", content: '{"to":["inbound@parse.example.com"],"from":"bounce@example.com"}' },
        { name: "charsets", content: '{"to":"UTF-8","subject":"UTF-8","from":"UTF-8","text":"iso-8859-1"}' },
        { name: "attachments", content: "1" },
        { name: "attachment-info", content: '{"attachment1":{"filename":"p.png","name":"p.png","type":"image/png"}}' },
        { name: "attachment1", content: BYTES, filename: "p.png", type: "image/png" },
      ]),
      MULTIPART_TYPE,
    ),
  forge: ["body", "Different File Types"],
  event: "message.received",
  data: {
    channel: "email",
    message_id: "<CAN_P@mail.gmail.com>",
    from: "example@example.com",
    from_name: "Sender Name",
    to: ["inbound@parse.example.com"],
    subject: "Different File Types",
    text: "Héllo",
    media: [{ filename: "p.png", content_type: "image/png", size: 9 }],
  },
};

const raw: OwnCase = {
  ...parsed,
  name: "SendGrid, Inbound Parse in raw mode",
  callback: () => rawParse(mailFile("reply.eml"), "juergen@example.com", "reply+1042@in.example.com"),
  forge: ["body", "Danke"],
  data: {
    channel: "email",
    message_id: "<reply-1@mail.example.com>",
    from: "juergen@example.com",
    from_name: "Jürgen Müller",
    to: ["reply+1042@in.example.com"],
    subject: "Re: [#1042] Rechnung für März",
    in_reply_to: "<ticket-1042.2@in.example.com>",
  },
};

export const cases: readonly OwnCase[] = [parsed, raw];
