import type { Source } from "../../src/inbound/provider.ts";
import type { Sample } from "./sample.ts";
import { scalarsOf } from "./sample-prose.ts";

/** The public key of RFC 7515, A.3: any key will do, nothing is verified here. */
const PUBLIC_KEY =
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==";
const KEY = "a-key-for-samples";
const BASE64_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** The least that a source of a sample's provider has. */
export function sourceOf({ provider, query }: Sample, content: unknown): Source {
  const of = (credentials: Record<string, unknown>, options: Record<string, unknown> = {}): Source => ({
    credentials,
    options,
    callbackUrl: `https://hooks.example.com/in/${provider}/0123456789abcdef`,
  });
  switch (provider) {
    case "sendgrid":
    case "sendgrid-inbound-parse":
      return of({ public_key: PUBLIC_KEY });
    case "twilio-sms":
    case "twilio-whatsapp":
    case "plivo-sms":
      return of({ auth_token: KEY });
    case "meta-whatsapp":
      return of({ app_secret: KEY, verify_token: new URLSearchParams(query).get("hub.verify_token") ?? KEY });
    case "messagebird":
      return of({ signing_key: KEY }, { generation: "hmac" });
    case "bird":
      // Of its two generations the older one wraps what it says in a `payload`.
      return scalarsOf("service", content).length > 0
        ? of({ signing_key: KEY }, { generation: "notifications" })
        : of({ signing_key: BASE64_KEY }, { generation: "standard-webhooks" });
    case "aws-ses-sns":
      return of({}, { topics: scalarsOf("TopicArn", content).slice(0, 1) });
    case "gupshup":
    case "postmark":
      return of({ header: "Authorization", value: KEY });
    case "vonage-sms":
      return of({ signature_secret: KEY }, { scheme: "sig", algorithm: "sha256" });
    case "vonage-messages":
      return of({ signature_secret: KEY });
    case "mailgun":
      return of({ signing_key: KEY });
    case "mandrill":
      return of({ webhook_key: KEY });
    case "resend":
    case "standard-webhooks":
      return of({ signing_secret: BASE64_KEY });
    case "stripe":
    case "slack":
      return of({ signing_secret: KEY });
    case "github":
      return of({ secret: KEY });
    case "shopify":
      return of({ client_secret: KEY });
    case "generic":
      return of({ secret: KEY }, { scheme: "hmac", header: "X-Signature", event: "sample" });
    default:
      throw new Error(`Nobody has said what a source of ${provider} needs`);
  }
}
