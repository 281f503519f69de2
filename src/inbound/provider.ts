import type * as z from "zod";
import type { Json } from "../systems/event-type.ts";
import type { Guide, OwnGuide } from "./guide.ts";

/**
 * What a provider of callbacks is to Posthorn. Adding one is adding a folder in `providers/` whose `provider.ts` exports
 * what {@link defineProvider} made, and naming it in the registry, `providers/index.ts`. Everything here is pure: what comes
 * from outside is injected, so that a test needs no network, no clock and no bindings.
 */

/** A callback, as it came over the wire. */
export type CallbackRequest = {
  /** In upper case. */
  method: string;
  /** As the runtime shows it: not always what the provider signed. */
  url: string;
  headers: Headers;
  /** The raw bytes. */
  body: Uint8Array;
};

/** The source that a callback came to. */
export type Source<Credentials = unknown, Options = unknown> = {
  credentials: Credentials;
  options: Options;
  /** The URL as the provider was given it, without the query that a callback may bring. */
  callbackUrl: string;
};

/** What a verification is given beside the request. */
export type VerifyContext = {
  /** Unix seconds. */
  now: number;
  /**
   * The certificate at a URL that the provider's rules let pass, as PEM text.
   * @throws Error where it cannot be had now
   */
  fetchCertificate(url: string): Promise<string>;
  /** Whether a callback with this key, which its signature covers, was taken before. */
  seenBefore(key: string): Promise<boolean>;
};

/** Why a callback is not believed. Closed: operators read it, and the API's users switch on it. */
export const REJECTIONS = [
  "missing_signature",
  "bad_signature",
  "stale",
  "replayed",
  "wrong_topic",
  "malformed",
  "unsupported",
  "certificate_unavailable",
] as const;
export type Rejection = (typeof REJECTIONS)[number];
export type Verdict = "verified" | Rejection;

/** What a message is doing. */
export const STATUSES = [
  "queued",
  "deferred",
  "sent",
  "delivered",
  "read",
  "failed",
  "bounced",
  "dropped",
  "opened",
  "clicked",
  "complained",
  "unsubscribed",
] as const;
export type Status = (typeof STATUSES)[number];

export type Channel = "email" | "sms" | "whatsapp";

/** What happened to a message that was sent. */
export type StatusRecord = {
  type: "status";
  channel: Channel;
  status: Status;
  /** The message's id at the provider; null where the provider names none. */
  message_id: string | null;
  recipient: string | null;
  /** WhatsApp's id of a recipient, who may hide the number; `recipient` too where no number is told. */
  recipient_user_id?: string;
  /** Of a message to a group, whose `recipient` is one participant. */
  group_id?: string;
  /** Whether a bounce may pass; left out where the provider does not tell. */
  soft?: boolean;
  error?: { code: string | null; text: string | null };
  /** ISO 8601 in UTC; null where the provider tells no time. */
  occurred_at: string | null;
  /**
   * The same for every repetition of this news by the provider, and for no other. Where a new version makes another key of
   * the same news, what a provider repeats across its deployment becomes an event once more, and nothing is lost.
   */
  dedup_key: string;
  /** Who has reported it by a mail of their own; left out where the provider itself tells it. Null for nobody. */
  reported_by?: string | null;
  /** What the provider says of whether that mail is from them; left out where it tells nothing. */
  authentication?: Authentication;
  /** What the provider said of this one thing. */
  raw: Json;
  /** Names of the fields that were cut, as they were too long. */
  truncated?: string[];
};

/** A file, or a reference to one. */
export type Media = {
  content_type: string | null;
  filename?: string | null;
  /** Where the provider keeps it. */
  url?: string;
  /** By which the provider gives it out. */
  provider_media_id?: string;
  /** A mail's `Content-ID`, without brackets, of what its HTML shows. */
  content_id?: string;
  /** In bytes. */
  size?: number;
  /** The file itself, where the callback brought it: kept with the receipt, never in an event. */
  bytes?: Uint8Array;
};

/** What a message is. */
export const MESSAGE_KINDS = [
  "text",
  "image",
  "audio",
  "video",
  "document",
  "sticker",
  // A file of which nobody says what it is.
  "media",
  "location",
  "contacts",
  "order",
  // A button that was pressed, a row that was chosen, a form that was filled in.
  "interactive",
  "reaction",
  // The provider's own word about the sender.
  "system",
  "binary",
  "unsupported",
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** What made a mail that no person has written for its recipient alone. */
export const AUTO_KINDS = [
  // The answer of a mailbox whose owner is away.
  "out_of_office",
  // Any other answer, or notice, of a program.
  "auto_reply",
  // What became of a mail that was sent (RFC 3464), where that could not be read.
  "delivery_status",
  "read_receipt",
  "bulk",
  // What came by a mailing list: people write there, too.
  "list",
  // What was sent for this very source.
  "loop",
] as const;
export type AutoKind = (typeof AUTO_KINDS)[number];

/** What a mail's headers say of how it was made. */
export type Auto = {
  kind: AutoKind;
  /** The keyword of `Auto-Submitted` (RFC 3834), in lower case. */
  auto_submitted: string | null;
  /** `Precedence`, in lower case. */
  precedence: string | null;
  /** The id of `List-Id` (RFC 2919). */
  list: string | null;
};

/** What a check of a sender says: RFC 8601, 2.7.1 and 2.7.2. */
export const AUTHENTICATION_RESULTS = [
  "pass",
  "fail",
  "softfail",
  "neutral",
  "none",
  "policy",
  "temperror",
  "permerror",
] as const;
export type AuthenticationResult = (typeof AUTHENTICATION_RESULTS)[number];

/** Of one signature; `domain` is whose it is, null where the provider does not tell. */
export type DkimResult = { result: AuthenticationResult; domain: string | null };

/** What the provider says of whether a mail's sender is who it seems to be; null for what it does not tell. */
export type Authentication = {
  /** Of the envelope's sender. */
  spf: AuthenticationResult | null;
  dkim: DkimResult[];
  dmarc: AuthenticationResult | null;
};

/** What the provider says of whether a mail is spam; null for what it does not tell. */
export type Spam = { flagged: boolean | null; score: number | null };

/** A message that somebody sent to us. */
export type InboundRecord = {
  type: "inbound";
  channel: Channel;
  message_id: string | null;
  /** A mail's own `Message-ID`, where `message_id` is the provider's: answers name this one. */
  mail_id?: string | null;
  /**
   * The author: an address or number alone. Of a mail its `From` header, else its envelope's sender; null where neither
   * names anybody, as of a notification that is sent with the empty reverse path (RFC 5321, 4.5.5).
   */
  from: string | null;
  /** As a mail's `From` shows it, or a profile's name. */
  from_name?: string | null;
  /** Of a mail all of its `To` header; where that names nobody, whom its envelope names. */
  to: string[];
  cc?: string[];
  /** A mail's `Reply-To`. */
  reply_to?: string[];
  /** A mail's `Sender`: who sent it for its author. */
  sender?: string | null;
  /** Who a mail came from on its way, and whom it was brought for, where the provider tells; `from` is null for nobody. */
  envelope?: { from: string | null; to: string[] };
  /** Where else a mail says that it went: its `Delivered-To`, `X-Original-To` and `Envelope-To`. */
  delivered_to?: string[];
  /** What made a mail; null for a person, and left out where headers are not told. */
  auto?: Auto | null;
  /** Left out where the provider tells nothing of it. */
  authentication?: Authentication;
  spam?: Spam;
  /** A mail's `X-Posthorn-Source`: of which source a product that has sent it takes the answers. In no event. */
  sent_for?: string;
  /** Where the provider has put the mail itself. */
  stored?: { bucket: string; key: string };
  subject?: string | null;
  text: string | null;
  html?: string | null;
  media: Media[];
  in_reply_to?: string | null;
  /** Message ids of the thread, the oldest first. */
  references?: string[];
  /** What a pressed button or a chosen row means, as its sender has set it. */
  button?: string;
  location?: { lat: number; lon: number };
  reaction_to?: string;
  /** For one part of a long message. */
  part?: { number: number; of: number; reference: string };
  /** Of text messages and WhatsApp; mails are none of these. */
  kind?: MessageKind;
  /** What the provider says of the message, in its own words, that no other field has: contacts, an order, a form. */
  content?: Json;
  /** From where somebody came to write, such as an advertisement, in the provider's own words. */
  referral?: Json;
  /** Of the WhatsApp group that it was written in. */
  group_id?: string;
  /** WhatsApp's id of the sender, who may hide the number. */
  from_user_id?: string;
  /** Ids that the provider has for what is around the message, by its names for them. */
  provider_ids?: Readonly<Record<string, string>>;
  /** Whether the provider, or this service, could not show what was sent. */
  unsupported?: boolean;
  /** The sender has opted out by this message. */
  opt_out?: boolean;
  occurred_at: string | null;
  dedup_key: string;
  raw: Json;
  /** Names of the fields that were cut, as they were too long. */
  truncated?: string[];
};

/** What a provider says of who a mail is from, and whether it is wanted. */
export type SenderChecks = Pick<InboundRecord, "authentication" | "spam">;

/** An event of a provider whose events are passed on as they are. */
export type GenericRecord = {
  type: "generic";
  event: string;
  dedup_key: string;
  occurred_at: string | null;
  raw: Json;
  /** The JSON text that `raw` was read from, where that is not the body. */
  text?: string;
  /** `payload` where that is longer than an event shows: then `raw` is null. */
  truncated?: string[];
};

/** Kept as a receipt, and no event. */
export type IgnoredRecord = { type: "ignored"; reason: string; dedup_key: string | null };

/** Something between us and the provider. */
export type ControlRecord = {
  type: "control";
  /** What it is, for the receipt. */
  note: string;
  /** As of other records; null where a repetition does no harm. */
  dedup_key?: string | null;
  /** An answer in place of the usual one. */
  respond?: Reply;
  /** A URL to visit once, which the provider's rules let pass. */
  visit?: string;
  /** An operator should know: an event tells of it. */
  alert?: boolean;
  /** Which part of the callback could not be processed, and why: a name such as `entry[0].changes[1]`, a sentence. */
  unread?: { member: string; reason: string };
};

export type Normalised = StatusRecord | InboundRecord | GenericRecord | IgnoredRecord | ControlRecord;
/** What a provider may say that passes no events on: the types of all events that this becomes are in the catalogue. */
export type Reported = Exclude<Normalised, GenericRecord>;

/** What the provider is answered. */
export type Reply = { status: number; contentType?: string; body?: string; headers?: Readonly<Record<string, string>> };

/** Where a source's settings are at fault, such as `credentials`, and a sentence about it. */
export type ConfigIssue = { path: string; message: string };

/** A provider, whatever its credentials and options are. */
export type Provider = {
  /** As sources, `/in/{provider}/…` and its folder are called. */
  readonly name: string;
  /** What the portal tells whoever connects it. */
  readonly guide: Guide;
  /** Whether its events are passed on as they are, as types below its name, which nobody can list. */
  readonly passesOn: boolean;
  /** Whether a mail may bounce after the receiving server has taken it. */
  readonly bouncesLater: boolean;
  /** The largest callback that is read, in bytes. */
  readonly maxBody: number;
  /** With which status it is told to come again later: one after which it does. */
  readonly later: 429 | 503;
  /** How long the provider may repeat a callback, in seconds: as long its keys are remembered. */
  readonly retriesFor: number;
  /** Whether callbacks bear a signature. Where they do not, a shared credential is all the proof there is. */
  readonly signed: boolean;
  /** What a source's `credentials` must be; a fault is told to its user. */
  readonly credentials: z.ZodType;
  /** What a source's `options` may be. */
  readonly options: z.ZodType;
  /** What is wrong with credentials and options together, each of which its schema takes; null if nothing is. */
  configIssue(source: Omit<Source, "callbackUrl">): ConfigIssue | null;
  /** What is wrong with credentials that are given now, though stored ones like them are used on; null if nothing is. */
  misspelt(credentials: unknown): ConfigIssue | null;
  /**
   * Whether a callback is believed: `unsupported` where the source's credentials or options are none that a source may
   * have, such as an empty secret.
   * @throws MalformedCallback for what cannot even be read in order to be verified
   */
  verify(request: CallbackRequest, source: Source, context: VerifyContext): Promise<Verdict>;
  /** The answer to a request that is no callback but a check of ours, before any verification; null for a callback. */
  handshake(request: CallbackRequest, source: Source): Promise<Reply | null>;
  /**
   * What a verified callback says. Never empty.
   * @throws MalformedCallback where its form is none that this provider has
   */
  normalise(request: CallbackRequest, source: Source): Promise<Normalised[]>;
  /** The provider's own form of success. */
  respond(records: readonly Normalised[]): Reply;
  /** The provider's own form of refusal. */
  refuse(verdict: Rejection): Reply;
};

/** A callback that is verified and makes no sense. */
export class MalformedCallback extends Error {
  override readonly name = "MalformedCallback";
}

export const MB = 1024 * 1024;
/** For callbacks in general, and for those that bring whole emails. */
export const ORDINARY_BODY = MB;
export const EMAIL_BODY = 30 * MB;

type Definition<Credentials extends z.ZodType, Options extends z.ZodType> = Pick<
  Provider,
  "name" | "bouncesLater" | "retriesFor"
> & {
  guide: OwnGuide;
  maxBody?: number;
  /** 429 unless the provider takes that for final. */
  later?: 429 | 503;
  signed?: boolean;
  credentials: Credentials;
  options: Options;
  configIssue?(credentials: z.output<Credentials>, options: z.output<Options>): ConfigIssue | null;
  misspelt?(credentials: z.output<Credentials>): ConfigIssue | null;
  verify(
    request: CallbackRequest,
    source: Source<z.output<Credentials>, z.output<Options>>,
    context: VerifyContext,
  ): Promise<Verdict>;
  handshake?(request: CallbackRequest, source: Source<z.output<Credentials>, z.output<Options>>): Promise<Reply | null>;
  respond?(records: readonly Normalised[]): Reply;
  refuse?(verdict: Rejection): Reply;
} & (Normalising<true, Normalised, Credentials, Options> | Normalising<false, Reported, Credentials, Options>);

/** Who says that no events are passed on must not make any such. */
type Normalising<PassesOn, Said, Credentials extends z.ZodType, Options extends z.ZodType> = {
  passesOn: PassesOn;
  normalise(request: CallbackRequest, source: Source<z.output<Credentials>, z.output<Options>>): Promise<Said[]>;
};

const ACCEPTED: Reply = { status: 200 };

/** A refusal has no effect; where the fault is ours and may pass, the provider is to come again. */
export function usualRefusal(verdict: Rejection): Reply {
  if (verdict === "certificate_unavailable") return { status: 503, headers: { "Retry-After": "30" } };
  if (verdict === "malformed" || verdict === "unsupported") return { status: 400 };
  return { status: verdict === "missing_signature" ? 401 : 403 };
}

/**
 * Makes a provider of its parts: credentials and options are checked by their schemas before each use. What they do not fit
 * is a verdict of `verify`; the other functions throw a `ZodError`, so that the provider is told to come again.
 */
export function defineProvider<Credentials extends z.ZodType, Options extends z.ZodType>(
  definition: Definition<Credentials, Options>,
): Provider {
  const sourceOf = (source: Source) => ({
    callbackUrl: source.callbackUrl,
    credentials: definition.credentials.parse(source.credentials),
    options: definition.options.parse(source.options ?? {}),
  });
  return {
    name: definition.name,
    guide: { provider: definition.name, ...definition.guide },
    passesOn: definition.passesOn,
    bouncesLater: definition.bouncesLater,
    maxBody: definition.maxBody ?? ORDINARY_BODY,
    later: definition.later ?? 429,
    retriesFor: definition.retriesFor,
    signed: definition.signed ?? true,
    credentials: definition.credentials,
    options: definition.options,
    configIssue: (source) => {
      const { credentials, options } = sourceOf({ ...source, callbackUrl: "" });
      return definition.configIssue?.(credentials, options) ?? null;
    },
    misspelt: (credentials) => definition.misspelt?.(definition.credentials.parse(credentials)) ?? null,
    verify: async (request, source, context) => {
      const credentials = definition.credentials.safeParse(source.credentials);
      const options = definition.options.safeParse(source.options ?? {});
      // An empty secret would sign for everybody.
      if (!credentials.success || !options.success) return "unsupported";
      const checked = { callbackUrl: source.callbackUrl, credentials: credentials.data, options: options.data };
      return definition.verify(request, checked, context);
    },
    handshake: async (request, source) => (await definition.handshake?.(request, sourceOf(source))) ?? null,
    normalise: (request, source) => definition.normalise(request, sourceOf(source)),
    respond: (records) => {
      const own = records.flatMap((record) => (record.type === "control" && record.respond ? [record.respond] : []));
      return own[0] ?? definition.respond?.(records) ?? ACCEPTED;
    },
    refuse: (verdict) => definition.refuse?.(verdict) ?? usualRefusal(verdict),
  };
}
