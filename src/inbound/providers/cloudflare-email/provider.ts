import * as z from "zod";
import { hex } from "../../../lib/bytes.ts";
import { joined } from "../../../lib/joined.ts";
import { withReports } from "../../delivery-report.ts";
import { authenticatedBy } from "../../parsing/authentication.ts";
import { fromNobody } from "../../parsing/auto.ts";
import { parseMail } from "../../parsing/mime.ts";
import { defineProvider, EMAIL_BODY, MalformedCallback } from "../../provider.ts";
import { digest } from "../../signatures/hmac.ts";
import { guide } from "./guide.ts";

/** What a mail's envelope said, as headers of the request that it becomes. */
export const ENVELOPE = { from: "x-envelope-from", to: "x-envelope-to" } as const;

/** Email Routing's name in the headers that it adds (https://developers.cloudflare.com/email-routing/postmaster/). */
const SERVER = "mx.cloudflare.net";

const DAYS_7_SECONDS = 604_800;

/**
 * Mail that Cloudflare Email Routing hands to the Worker itself (email.ts). Nothing that comes over HTTP is one: it is
 * refused whatever it bears. Two mails are the same that have one `Message-ID`, which names one version of one message
 * (RFC 5322, 3.6.4), and came for one recipient of the envelope; without an id, that are the same bytes.
 */
export const cloudflareEmail = defineProvider({
  name: "cloudflare-email",
  guide,
  passesOn: false,
  bouncesLater: false,
  maxBody: EMAIL_BODY,
  retriesFor: DAYS_7_SECONDS,
  signed: false,
  credentials: z.strictObject({}),
  options: z.strictObject({}),
  verify: async () => "unsupported",
  async normalise({ headers, body }) {
    // Empty for what nobody is to answer: that is a mail, too.
    const sender = headers.get(ENVELOPE.from);
    const mail = await parseMail(body, (all) => authenticatedBy(SERVER, all, sender));
    const recipient = headers.get(ENVELOPE.to);
    const from = mail.from ?? (sender || null);
    if ((from === null && sender === null) || !recipient)
      throw new MalformedCallback("It has no sender, or no recipient");
    const id = mail.message_id ?? hex(await digest("SHA-256", new Uint8Array(body)));
    return withReports([
      {
        ...mail,
        type: "inbound",
        channel: "email",
        from,
        to: mail.to.length > 0 ? mail.to : [recipient],
        envelope: { from: sender || null, to: [recipient] },
        ...(sender === "" ? { auto: fromNobody(mail) } : {}),
        dedup_key: joined([id, recipient]),
        raw: null,
      },
    ]);
  },
});
