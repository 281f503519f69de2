import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { root } from "../../src/local/wrangler.ts";
import { JSON_TYPE, MULTIPART_TYPE, multipart } from "./callback-forms.ts";

/** Callbacks as providers make them, signed without any code of the service. */

export { FORM_TYPE, type FormPart, JSON_TYPE, MULTIPART_TYPE, multipart } from "./callback-forms.ts";

export interface Outgoing {
  method: "POST" | "GET" | "HEAD";
  /** Without its question mark. */
  query?: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

/** Calls a source's URL, and follows nothing. */
export const deliver = (url: string, { method, query, headers, body }: Outgoing): Promise<Response> =>
  fetch(query === undefined ? url : `${url}?${query}`, {
    method,
    headers,
    redirect: "manual",
    body: body === undefined ? null : typeof body === "string" ? body : new Uint8Array(body),
  });

/** A text, and where in a callback it stands: in the body, the query, or a header. */
export type Place = readonly [part: string, text: string];

/**
 * The same callback with one byte of it changed: the last of a text.
 * @throws Error where the text does not stand there
 */
export function forge(genuine: Outgoing, [part, text]: Place): Outgoing {
  const other = text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) ^ 1);
  const change = (whole: string | undefined) => {
    if (!whole?.includes(text)) throw new Error(`There is no ${text} in the ${part}`);
    return whole.replace(text, () => other);
  };
  if (part === "query") return { ...genuine, query: change(genuine.query) };
  if (part !== "body") return { ...genuine, headers: { ...genuine.headers, [part]: change(genuine.headers[part]) } };
  const bytes = Buffer.from(genuine.body ?? "").toString("latin1");
  return { ...genuine, body: Buffer.from(change(bytes), "latin1") };
}

/** What a provider sends, and what is to become of it: each folder has some in `cases.ts`. */
export interface OwnCase {
  name: string;
  credentials: Record<string, unknown>;
  options?: Record<string, unknown>;
  /** Made anew, as the provider signs it now for this URL. */
  callback(url: string): Outgoing | Promise<Outgoing>;
  /** Set where the provider signs a repetition with its own time. */
  repeatsAnew?: true;
  /** Of what is signed: a forger changes one byte of it. */
  forge: Place;
  /** The provider's form of success; 200 without a body unless told. */
  succeeds?: { status: number; type: string | null; body: string };
  /** The provider's form of refusal; 403 unless told. */
  refuses?: number;
  event: string;
  data: Record<string, unknown>;
}

export const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
export const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

interface Sample {
  kind: string;
  body: string | null;
  query?: string | null;
}

/**
 * What a provider sends in a case: the body, or of a GET the query.
 * @throws Error where there is no such sample
 */
export function sample(provider: string, kind: string): string {
  const samples: Sample[] = JSON.parse(
    readFileSync(join(root, "src/inbound/providers", provider, "samples.json"), "utf8"),
  );
  const found = samples.find((each) => each.kind === kind);
  const text = found?.query || found?.body;
  if (!text) throw new Error(`There is no sample ${kind} of ${provider}`);
  return text;
}

type Encoding = "hex" | "base64";

/** A digest by HMAC over texts and bytes, one after the other. */
export function hmac(hash: string, key: string, encoding: Encoding, ...data: (string | Buffer)[]): string {
  const mac = createHmac(hash, key);
  for (const each of data) mac.update(each);
  return mac.digest(encoding);
}

export const sha256 = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();

/** Unix seconds. */
export const seconds = (): number => Math.floor(Date.now() / 1000);

const sendgridKey = generateKeyPairSync("ec", { namedCurve: "P-256" });
/** As SendGrid shows it. */
export const SENDGRID_PUBLIC_KEY = sendgridKey.publicKey.export({ type: "spki", format: "der" }).toString("base64");

/** ECDSA in DER over the time and the body. */
export function sendgridSigned(body: string | Buffer, headers: Record<string, string>): Outgoing {
  const time = String(seconds());
  const signed = Buffer.concat([Buffer.from(time), Buffer.from(body)]);
  return {
    method: "POST",
    headers: {
      ...headers,
      "X-Twilio-Email-Event-Webhook-Timestamp": time,
      "X-Twilio-Email-Event-Webhook-Signature": sign("sha256", signed, sendgridKey.privateKey).toString("base64"),
    },
    body,
  };
}

/** What SendGrid posts of a mail in raw mode. */
export const rawParse = (mail: string, from: string, to: string): Outgoing =>
  sendgridSigned(
    multipart([
      { name: "email", content: Buffer.from(mail, "latin1") },
      { name: "dkim", content: "{@example.com : pass}" },
      { name: "to", content: to },
      { name: "from", content: from },
      { name: "sender_ip", content: "203.0.113.25" },
      { name: "envelope", content: JSON.stringify({ to: [to], from }) },
      { name: "charsets", content: '{"to":"UTF-8","subject":"UTF-8","from":"UTF-8"}' },
      { name: "SPF", content: "pass" },
    ]),
    MULTIPART_TYPE,
  );

const base64Url = (data: string | Buffer): string => Buffer.from(data).toString("base64url");

/** A JSON Web Token by HS256. */
export function jwt(claims: Record<string, unknown>, secret: string): string {
  const signed = `${base64Url('{"alg":"HS256","typ":"JWT"}')}.${base64Url(JSON.stringify(claims))}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** Names with their values, sorted by name, as several providers sign them. */
export const sorted = (pairs: Iterable<readonly [string, string]>): (readonly [string, string])[] =>
  [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));

/** A name and its value, one pair after the other. */
export const glued = (form: string): string => sorted(new URLSearchParams(form)).flat().join("");

/** What Vonage signs: `&name=value` by name, where values have `_` for `&` and `=`. */
export const vonageText = (parameters: Record<string, string>): string =>
  sorted(Object.entries(parameters))
    .map(([name, value]) => `&${name}=${value.replaceAll(/[&=]/g, "_")}`)
    .join("");

/** What Standard Webhooks' own library makes of a body, in the headers of a family. */
export function standardSigned(body: string, id: string, family: "webhook" | "svix" = "webhook"): Outgoing {
  const at = new Date();
  const library = family === "svix" ? new SvixWebhook(WHSEC) : new StandardWebhook(WHSEC);
  return {
    method: "POST",
    headers: {
      ...JSON_TYPE,
      [`${family}-id`]: id,
      [`${family}-timestamp`]: String(Math.floor(at.getTime() / 1000)),
      [`${family}-signature`]: library.sign(id, at, body),
    },
    body,
  };
}
