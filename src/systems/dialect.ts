import type { EventType } from "./event-type.ts";

/** How one system's webhooks look on the wire. Adding a system is adding one folder, and one line in `index.ts`. */

/** What a delivery says, before a dialect gives it its form. */
export type Message = {
  /** The delivery's UUID: the same over all attempts, the receiver's key to deduplicate on. */
  deliveryId: string;
  eventId: string;
  /** The event's type, such as `ticket.created`. */
  type: string;
  /** What the event belongs to, such as a survey. */
  channels: readonly string[];
  /** When the event happened, in milliseconds since 1970. */
  occurredAt: number;
  /** The event's payload, as JSON text, exactly as published. */
  data: string;
  /** `publicName`: what its receivers know it by. */
  workspace: { id: number; externalId: string; publicName: string };
};

/** What changes from one attempt to the next. */
export type Sending = {
  /** When this attempt is made, in seconds since 1970. */
  timestamp: number;
  /** What {@link Dialect.sign} returned; undefined where the endpoint has no secret. */
  signature: string | undefined;
};

/**
 * One question to an endpoint, asked before its URL or verify token is saved. The answer's status and the beginning of
 * its body decide.
 */
export type Handshake = {
  /** For the answer, in milliseconds. */
  readonly timeoutMs: number;
  /** A new challenge. */
  challenge(): string;
  /** What is asked for with GET. */
  url(target: string, challenge: string, verifyToken: string): string;
  passes(status: number, body: string, challenge: string): boolean;
};

/** How a receiver can tell that a request is genuine: what explains it to people goes by this. */
export type SignatureForm =
  /** HMAC-SHA256 of the body with the secret's text, in hex behind the prefix. */
  | { readonly scheme: "body"; readonly header: string; readonly prefix: string }
  /** That of the Standard Webhooks specification. */
  | { readonly scheme: "standard"; readonly header: string };

/**
 * Ten failed probes, and five days without a success: for systems whose documents name no rule of their own. The five days
 * are those of https://docs.svix.com/retries.
 */
export const FIVE_DAYS_OF_FAILURES = { failures: 10, seconds: 5 * 24 * 3600 };

export type Dialect = {
  readonly name: string;
  /** Whose receivers it is for and how it signs: a sentence for who chooses one. */
  readonly summary: string;
  readonly signature: SignatureForm;
  /** The system's own event types; empty where it has none that others do not. */
  readonly catalogue: readonly EventType[];
  /** Seconds before each retry. */
  readonly retryDelays: readonly number[];
  /** When a webhook that fails is disabled, where it does not say otherwise itself; both must be reached. */
  readonly disableAfter: { readonly failures: number; readonly seconds: number };
  /** For connecting, headers and body together, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether an answer of 410 Gone disables the webhook, where it does not say otherwise itself. */
  readonly disablesOnGone: boolean;
  readonly secret: {
    /** Whether every endpoint gets one, generated if none is given. */
    readonly required: boolean;
    /** Whether a header takes the signatures of several secrets, so that an old one goes on beside its successor. */
    readonly overlaps: boolean;
    generate(): string;
    /** A sentence about what is wrong with a secret that a user brought; undefined if nothing is. */
    complaint(secret: string): string | undefined;
  };
  /** Webhooks of something at the system, such as a survey: what it is called, and how many of them it may have. */
  readonly groups?: { readonly name: string; readonly most: number };
  /** Undefined where nothing is asked. */
  readonly handshake?: Handshake;
  /** The body, as JSON text with its keys in the order of the system's documentation. */
  body(message: Message): string;
  /**
   * Signs a body.
   * @param secrets all that are valid now, the newest first; never empty
   */
  sign(secrets: readonly string[], message: Message, timestamp: number, body: string): Promise<string>;
  /** All headers but the endpoint's custom ones. Names in lower case. */
  headers(message: Message, sending: Sending): Record<string, string>;
};
