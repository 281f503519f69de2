import type {
  ControlRecord,
  GenericRecord,
  IgnoredRecord,
  InboundRecord,
  Media,
  Normalised,
  Rejection,
} from "./provider.ts";
import type { TicketOptions } from "./tickets.ts";

/** What the route, the API and the email handler may ask of a Source object; and what it answers. */

/** A file of a message, without the file. */
export type KeptMedia = Omit<Media, "bytes">;
/** The same with the id that it has in its receipt. */
export type Attachment = KeptMedia & { id: string };

/** A record as it is kept: without the bytes of its files, which the raw request has. */
export type KeptRecord =
  | Exclude<Normalised, InboundRecord | GenericRecord>
  /** `text` is the payload as JSON text, digit for digit as it came; null where only `raw` tells it. */
  | (Omit<GenericRecord, "text"> & { text: string | null })
  | (Omit<InboundRecord, "media"> & {
      media: KeptMedia[];
      /** Of an email, what is new in its text; null where that has none. */
      reply?: string | null;
      /** Of an email, what is not in `reply` of its text: the history and the signature; null where there is neither. */
      quoted?: string | null;
    });

/** Of a callback, what does not come out of its records. */
export type ReceivedRequest = {
  method: string;
  url: string;
  /** Credentials masked. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array<ArrayBuffer>;
};

/** A callback that its provider is known to have made. */
export type Callback = {
  workspaceId: number;
  provider: string;
  /** Where the API is reached, for links: an origin. */
  origin: string;
  /** Milliseconds since 1970. */
  at: number;
  request: ReceivedRequest;
  records: KeptRecord[];
  /** Why its records could not be read; null if they could. */
  malformed: string | null;
  /** What its signature covers and must not come again. */
  replayKeys: string[];
  tickets: TicketOptions;
  /** How long the provider may repeat it, in milliseconds. */
  keepMs: number;
};

export type Accepted = { receipt: string | null; duplicate: boolean };

/** What became of a callback. */
export const RECEIPT_VERDICTS = ["verified", "partial", "ignored", "control", "malformed"] as const;
export type ReceiptVerdict = (typeof RECEIPT_VERDICTS)[number];

export type ReceiptSummary = {
  id: string;
  at: number;
  verdict: ReceiptVerdict;
  reason: string | null;
  /** Ids of the events that it became, without those that were set aside; null while they wait to be published. */
  events: string[] | null;
  /** Those that could not be published, and why. */
  setAside: { type: string; reason: string }[];
  /** The types of these events, each once; a hundred of them at most. */
  eventTypes: string[];
};

/** A part of a callback that could not be processed: which, such as `entry[0].changes[1]`, and why. */
export type UnreadMember = { member: string; reason: string };

export type ReceiptDetail = ReceiptSummary & {
  /** A hundred of them at most. */
  unread: UnreadMember[];
  request: ReceivedRequest;
  attachments: Attachment[];
};

/** `seq` is its place in the list. */
export type ListedReceipt = ReceiptSummary & { seq: number };

/** The newest first, and whether there are more below: a page of receipts that tell of much has fewer of them. */
export type ReceiptPage = { rows: ListedReceipt[]; more: boolean };

/** A callback that was not believed. */
export type Rejected = { at: number; cause: Rejection; method: string; from: string | null; userAgent: string | null };

/** Rejections as an isolate has collected them. */
export type RejectedBatch = { counts: Partial<Record<Rejection, number>>; latest: Rejected[] };

export type RejectionReport = RejectedBatch & {
  /** Since when they are counted; null if there were none. */
  since: number | null;
};

export type { ControlRecord, IgnoredRecord };
