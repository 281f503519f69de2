import type { Source } from "../../src/inbound/provider.ts";

/** A signature as `vectors.json` has it. */
export interface Vector {
  provider: string;
  scheme: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  /** Null where there is none. */
  body: string | null;
  body_encoding?: "base64";
  secret_or_key: string;
  expect: boolean;
  note: string;
  /** Unix seconds; null where the scheme has no clock. */
  now: number | null;
  options?: Record<string, unknown>;
}

/** Which provider a vector is for, and the source that it would come to. */
export function sourceOf(vector: Vector): { provider: string } & Source {
  const { scheme, secret_or_key: secret, options = {} } = vector;
  const callbackUrl = vector.url.replace(/\?.*$/s, "");
  const of = (provider: string, credentials: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
    provider,
    credentials,
    // A clock only where the vector has one.
    options: { ...(vector.now === null ? { tolerance: 0 } : {}), ...more },
    callbackUrl,
  });
  switch (scheme) {
    case "sendgrid-ecdsa":
      return vector.provider === "sendgrid-inbound-parse"
        ? of("sendgrid-inbound-parse", { public_key: secret })
        : of("sendgrid", { public_key: secret });
    case "twilio":
      return { ...of("twilio-sms", { auth_token: secret }), options: {} };
    case "hub-sha256":
      return vector.provider === "github"
        ? { ...of("github", { secret }), options: {} }
        : { ...of("meta-whatsapp", { app_secret: secret, verify_token: "unused" }), options: {} };
    case "messagebird-hmac":
      return of("messagebird", { signing_key: secret }, { generation: "hmac" });
    case "messagebird-jwt":
      return { ...of("messagebird", { signing_key: secret }), options: { generation: "jwt" } };
    case "bird-hmac":
      return of("bird", { signing_key: secret }, { generation: "notifications" });
    case "standard-webhooks":
      if (vector.provider === "bird") return of("bird", { signing_key: secret }, { generation: "standard-webhooks" });
      return of(vector.provider === "resend" ? "resend" : "standard-webhooks", { signing_secret: secret });
    case "sns":
      return of("aws-ses-sns", {}, { topics: [topicOf(vector.body)] });
    case "vonage-sig":
      return of("vonage-sms", { signature_secret: secret }, { scheme: "sig", algorithm: options.algorithm });
    case "vonage-jwt":
      return of("vonage-messages", { signature_secret: secret }, options);
    case "plivo-v2":
    case "plivo-v3":
      return { ...of("plivo-sms", { auth_token: secret }), options: {} };
    case "mailgun":
      return of("mailgun", { signing_key: secret });
    case "mandrill":
      return { ...of("mandrill", { webhook_key: secret }), options: {} };
    case "stripe":
      return of("stripe", { signing_secret: secret });
    case "slack":
      return of("slack", { signing_secret: secret });
    case "shopify":
      return { ...of("shopify", { client_secret: secret }), options: {} };
    case "static-credential":
      return { ...of("postmark", { header: String(options.header), value: secret }), options: {} };
    default:
      throw new Error(`No provider has the scheme ${scheme}`);
  }
}

/** The message's own topic is the allowed one. */
function topicOf(body: string | null): string {
  try {
    return String((JSON.parse(body ?? "") as { TopicArn?: unknown }).TopicArn);
  } catch {
    return "none";
  }
}
