import type { Source } from "../../src/inbound/provider.ts";

/** A signature as `vectors.json` has it. */
export interface Vector {
  provider: string;
  scheme: string;
  method: string;
  /** With its query, unless that stands beside it. */
  url: string;
  /** What follows the question mark, as it is in the URL or by name; `params` is another name for it, but of a POST. */
  query?: Query | null;
  params?: Query | null;
  headers: Record<string, string>;
  /** Null where there is none. */
  body: string | null;
  body_encoding?: "base64";
  secret_or_key: string;
  expect: boolean;
  /** Whether that is believed to be wrong: then the opposite is expected. */
  doubted?: boolean;
  note: string;
  /** Unix seconds; null where the scheme has no clock. */
  now: number | null;
  options?: Record<string, unknown>;
}

type Query = string | Record<string, string | number | readonly (string | number)[]>;

/** Where a vector's callback comes to, with all of its query; what stands beside a URL that has it already is not repeated. */
export function urlOf({ url, method, query, params }: Pick<Vector, "url" | "method" | "query" | "params">): string {
  // Beside a POST they are its form's, which the body has.
  const beside = queryText(query ?? (method === "POST" ? "" : params) ?? "");
  const [base = "", ...own] = url.split("?");
  const there = own.join("?");
  if (beside === "" || beside === there) return url;
  return `${base}?${there === "" ? beside : `${there}&${beside}`}`;
}

function queryText(query: Query): string {
  if (typeof query === "string") return query.replace(/^\?/, "");
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]));
  return new URLSearchParams(pairs).toString();
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
    case "twilio": {
      // By which of its two ways it is signed, a header says: https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
      const named = Object.keys(vector.headers).map((name) => name.toLowerCase());
      const isShared = named.includes("x-twilio-webhooks-signature-settings");
      const credentials = isShared ? { shared_key: secret } : { auth_token: secret };
      const provider = vector.provider === "twilio-whatsapp" ? "twilio-whatsapp" : "twilio-sms";
      return { ...of(provider, credentials), options: {} };
    }
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
      return {
        ...of(vector.provider === "gupshup" ? "gupshup" : "postmark", {
          header: String(options.header),
          value: secret,
        }),
        options: {},
      };
    // Those of `generic`, by its own names, too.
    case "hmac":
    case "generic-hmac":
      return of("generic", { secret }, { scheme: "hmac", event: "vector", ...options });
    case "basic":
    case "generic-basic":
      return { ...of("generic", basicOf(secret)), options: { event: "vector", ...options, scheme: "basic" } };
    case "header":
    case "generic-header":
      return { ...of("generic", { value: secret }), options: { event: "vector", ...options, scheme: "header" } };
    default:
      throw new Error(`No provider has the scheme ${scheme}`);
  }
}

/** Of `user:password`, as RFC 7617 joins them. */
function basicOf(secret: string): Record<string, unknown> {
  const [username = "", ...rest] = secret.split(":");
  return { username, password: rest.join(":") };
}

/** The message's own topic is the allowed one. */
function topicOf(body: string | null): string {
  try {
    return String((JSON.parse(body ?? "") as { TopicArn?: unknown }).TopicArn);
  } catch {
    return "none";
  }
}
