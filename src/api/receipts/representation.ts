import {
  RECEIPT_VERDICTS,
  type ReceiptDetail,
  type ReceiptSummary,
  type RejectionReport,
} from "../../inbound/contract.ts";
import { REJECTIONS } from "../../inbound/provider.ts";
import { base64, utf8 } from "../../lib/bytes.ts";
import { iso, isoOrNull, Timestamp } from "../fields.ts";
import * as z from "../z.ts";

const shape = {
  id: z.string().openapi({ example: "rcp_01KMN3V4W50000000000000001" }),
  at: Timestamp,
  verdict: z.enum(RECEIPT_VERDICTS).openapi({
    description:
      "`verified`: it became events; `partial`: some of it did, and some could not be read; `ignored`: nothing that there is an event for; `control`: between the provider and us; `malformed`: verified, and not understood.",
  }),
  reason: z.string().nullable(),
  events: z
    .array(z.string())
    .nullable()
    .openapi({ description: "Ids of its events, without those in `set_aside`; null while they wait." }),
  set_aside: z
    .array(z.object({ event_type: z.string(), reason: z.string() }))
    .openapi({ description: "Events that could not be published after some tries, and why." }),
  event_types: z
    .array(z.string())
    .openapi({ description: "The types of its events, each once.", example: ["email.delivered"] }),
};

export const ReceiptRow = z.object(shape).openapi("ReceiptRow");

const AttachmentView = z
  .object({
    id: z.string().openapi({ description: "For `GET …/attachments/{attachment}`." }),
    filename: z.string().nullable(),
    content_type: z.string().nullable(),
    size: z.int().nullable(),
  })
  .openapi("Attachment");

export const ReceiptView = z
  .object({
    ...shape,
    attachments: z.array(AttachmentView),
    unread_members: z.array(z.object({ member: z.string(), reason: z.string() })).openapi({
      description: "Parts of the callback that could not be read, such as `entry[0].changes[1]`, and why: 100 at most.",
    }),
    request: z.object({
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()).openapi({ description: "Credentials masked." }),
      body: z.string(),
      body_encoding: z.enum(["utf-8", "base64"]).openapi({ description: "`base64` for what is not UTF-8." }),
    }),
  })
  .openapi("Receipt");

export function viewReceiptRow(receipt: ReceiptSummary): z.infer<typeof ReceiptRow> {
  const { id, at, verdict, reason, events, setAside, eventTypes } = receipt;
  const set_aside = setAside.map(({ type, reason: why }) => ({ event_type: type, reason: why }));
  return { id, at: iso(at), verdict, reason, events, set_aside, event_types: eventTypes };
}

export function viewReceipt(receipt: ReceiptDetail): z.infer<typeof ReceiptView> {
  const { method, url, headers, body } = receipt.request;
  return {
    ...viewReceiptRow(receipt),
    attachments: receipt.attachments.map(({ id, filename = null, content_type, size = null }) => {
      return { id, filename, content_type, size };
    }),
    unread_members: receipt.unread,
    request: { method, url, headers: { ...headers }, ...textOf(body) },
  };
}

/** Bytes at a time: a call takes so many arguments. */
const CHUNK = 0x6000;

function textOf(body: Uint8Array): { body: string; body_encoding: "utf-8" | "base64" } {
  const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(body);
  if (!text.includes("\ufffd") || sameAs(text, body)) return { body: text, body_encoding: "utf-8" };
  let encoded = "";
  for (let from = 0; from < body.length; from += CHUNK) encoded += base64(body.subarray(from, from + CHUNK));
  return { body: encoded, body_encoding: "base64" };
}

function sameAs(text: string, body: Uint8Array): boolean {
  const again = utf8(text);
  return again.length === body.length && again.every((byte, index) => byte === body[index]);
}

export const RejectionsView = z
  .object({
    since: Timestamp.nullable().openapi({ description: "Since when they are counted; null if there were none." }),
    counts: z.partialRecord(z.enum(REJECTIONS), z.int()),
    latest: z.array(
      z.object({
        at: Timestamp,
        cause: z.enum(REJECTIONS),
        method: z.string(),
        from: z.string().nullable().openapi({ description: "The address that it came from." }),
        user_agent: z.string().nullable(),
      }),
    ),
  })
  .openapi("Rejections");

export function viewRejections({ since, counts, latest }: RejectionReport): z.infer<typeof RejectionsView> {
  return {
    since: isoOrNull(since),
    counts,
    latest: latest.map(({ at, cause, method, from, userAgent }) => {
      return { at: iso(at), cause, method, from, user_agent: userAgent };
    }),
  };
}
