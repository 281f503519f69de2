import * as z from "zod";
import { fromBase64, hex, utf8 } from "../../../lib/bytes.ts";
import { sameBytes } from "../../../lib/constant-time.ts";
import type { Json } from "../../../systems/event-type.ts";
import { formOf, isForm, lastValues } from "../../parsing/form.ts";
import { jsonOf, textAt } from "../../parsing/json.ts";
import { millisecondsOf } from "../../parsing/times.ts";
import { type CallbackRequest, defineProvider, MalformedCallback, usualRefusal, type Verdict } from "../../provider.ts";
import { isStale, rotating, Secret, tolerance } from "../../settings.ts";
import { concat, digest, type Hash, signedByAny } from "../../signatures/hmac.ts";
import { bearsValue, HeaderName, HeaderValue, isAnyOf } from "../../signatures/shared-header.ts";
import { guide } from "./guide.ts";

const HASHES = { sha1: "SHA-1", sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const satisfies Record<
  string,
  Hash
>;

const Path = z
  .string()
  .max(1024)
  .regex(/^[^.]+(\.[^.]+)*$/, "It must be names with points between them, such as data.object.id");

/** Where an event's name and id are looked for: the first of path, header and, for the name, the fixed one. */
const naming = {
  /** A path into the body: names of its objects, and positions in its lists. */
  event_path: Path.optional(),
  /** Headers are not signed: whoever can repeat a callback can change them. */
  event_header: HeaderName.optional(),
  event: z.string().min(1, "It must not be empty").max(255).optional(),
  id_path: Path.optional(),
  id_header: HeaderName.optional(),
};

const Signed = z
  .strictObject({
    ...naming,
    scheme: z.literal("hmac"),
    /** Of the signature. */
    header: HeaderName,
    encoding: z.enum(["hex", "base64"]).default("hex"),
    /** What stands in the header before the signature. */
    prefix: z.string().max(64).default(""),
    hash: z.enum(["sha1", "sha256", "sha384", "sha512"]).default("sha256"),
    /** Of the time, in seconds or milliseconds since 1970 or by ISO 8601. */
    timestamp_header: HeaderName.optional(),
    tolerance: tolerance(300),
    /** What is signed; the body alone, or after the time and a point, where it is left out. */
    template: z
      .string()
      .max(256)
      .refine((text) => text.split("{body}").length === 2, "It must have {body} in it, once")
      .optional(),
  })
  .superRefine(({ template, timestamp_header }, context) => {
    if (template === undefined) return;
    const hasTime = template.includes("{timestamp}");
    if (hasTime === (timestamp_header !== undefined)) return;
    const message = hasTime
      ? "timestamp_header must tell where its {timestamp} comes from"
      : "It must have {timestamp} in it: a time that is not signed proves nothing";
    context.addIssue({ code: "custom", path: ["template"], message });
  });

const Options = z
  .discriminatedUnion("scheme", [
    Signed,
    z.strictObject({ ...naming, scheme: z.literal("basic") }),
    z.strictObject({ ...naming, scheme: z.literal("header"), header: HeaderName }),
  ])
  .refine((options) => options.event_path ?? options.event_header ?? options.event, {
    path: ["event"],
    message: "One of event_path, event_header and event must tell what an event is called",
  });

/** Of each scheme its own. */
const Credentials = z.union(
  [
    z.strictObject({ secret: rotating(Secret) }),
    z.strictObject({
      // RFC 7617, 2: the first colon ends it.
      username: Secret.regex(/^[^:]*$/, "It must have no colon"),
      password: rotating(Secret),
    }),
    z.strictObject({ value: rotating(HeaderValue) }),
  ],
  "It must be a secret, a username and a password, or a value; none of them empty",
);

const NEEDS = { hmac: ["secret"], basic: ["username", "password"], header: ["value"] } as const;

/**
 * Anybody who signs the body, or a text around it, by HMAC; or shows a password, or the value of a header. Two callbacks are
 * the same that have one id where the source's options say it is; without such an option, that are the same bytes.
 */
export const generic = defineProvider({
  name: "generic",
  guide,
  passesOn: true,
  bouncesLater: false,
  /** As long as the most patient of those that are known. */
  retriesFor: 7 * 86_400,
  credentials: Credentials,
  options: Options,

  configIssue(credentials, { scheme }) {
    if (NEEDS[scheme].every((name) => name in credentials)) return null;
    return { path: "credentials", message: `The scheme ${scheme} takes ${NEEDS[scheme].join(" and ")}` };
  },

  async verify(request, { credentials, options }, { now }) {
    if (options.scheme === "hmac" && "secret" in credentials) {
      return verifyHmac(request, options, credentials.secret, now);
    }
    if (options.scheme === "basic" && "username" in credentials) {
      return verifyBasic(request, credentials.username, credentials.password);
    }
    if (options.scheme === "header" && "value" in credentials) {
      return bearsValue(request, options.header, credentials.value);
    }
    // The source is set up with the credentials of another scheme: no callback may pass for that.
    return "unsupported";
  },

  async normalise({ headers, body }, { options }) {
    const raw = contentOf(headers, body);
    const event = named(raw, headers, options.event_path, options.event_header) ?? options.event;
    if (event === undefined) throw new MalformedCallback("It does not tell what it is called.");
    const id = named(raw, headers, options.id_path, options.id_header);
    const dedup_key = id ?? hex(await digest("SHA-256", concat(body)));
    return [{ type: "generic", event, dedup_key, occurred_at: null, raw }];
  },

  /** Some show a password only once they are asked for it (RFC 9110, 11.6.1). */
  refuse: (verdict) =>
    verdict === "missing_signature"
      ? { status: 401, headers: { "WWW-Authenticate": 'Basic realm="callbacks"' } }
      : usualRefusal(verdict),
});

async function verifyHmac(
  { headers, body }: CallbackRequest,
  options: z.output<typeof Signed>,
  secrets: readonly string[],
  now: number,
): Promise<Verdict> {
  const given = headers.get(options.header);
  const time = options.timestamp_header === undefined ? "" : headers.get(options.timestamp_header);
  if (!given || time === null) return "missing_signature";
  if (!given.startsWith(options.prefix)) return "bad_signature";
  const template = options.template ?? (options.timestamp_header === undefined ? "{body}" : "{timestamp}.{body}");
  const [before = "", after = ""] = template.split("{body}").map((part) => part.replaceAll("{timestamp}", () => time));
  const signature = given.slice(options.prefix.length).trim();
  const data = concat(before, body, after);
  if (!(await signedByAny(HASHES[options.hash], secrets, data, [signature], options.encoding))) return "bad_signature";
  if (options.timestamp_header === undefined) return "verified";
  const milliseconds = millisecondsOf(time) ?? Number.NaN;
  return isStale(milliseconds / 1000, now, options.tolerance) ? "stale" : "verified";
}

/** RFC 7617, with UTF-8. */
async function verifyBasic(
  { headers }: CallbackRequest,
  username: string,
  passwords: readonly string[],
): Promise<Verdict> {
  const header = headers.get("authorization");
  if (header === null) return "missing_signature";
  const given = fromBase64(/^Basic +([A-Za-z0-9+/]+=*)$/i.exec(header)?.[1] ?? "");
  if (!given) return "bad_signature";
  const known = passwords.map((password) => `${username}:${password}`);
  const text = new TextDecoder().decode(given);
  // What is no UTF-8 reads like other bytes that are none.
  return isAnyOf(text, known) && sameBytes(utf8(text), given) ? "verified" : "bad_signature";
}

/**
 * JSON as such, a form as an object of its fields, and everything else as text.
 * @throws MalformedCallback for JSON that nests deeper, or has more in it, than callbacks may
 */
function contentOf(headers: Headers, body: Uint8Array): Json {
  if (body.length === 0) return null;
  if (isForm(headers)) return Object.fromEntries(lastValues(formOf(body)));
  const text = new TextDecoder().decode(body);
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return jsonOf(text);
}

function named(raw: Json, headers: Headers, path: string | undefined, header: string | undefined): string | undefined {
  const told = path === undefined ? null : textAt(raw, ...path.split("."));
  return told ?? ((header === undefined ? null : headers.get(header)) || undefined);
}
