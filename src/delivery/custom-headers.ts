import { utf8 } from "../lib/bytes.ts";
import { dialects } from "../systems/index.ts";

/** RFC 9110, 5.6.2. */
const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/**
 * Line breaks would end the header, other controls end the connection at many servers. What is not ASCII the runtime
 * would send as UTF-8, which receivers read as something else, and would write to the log while it does.
 */
const PRINTABLE = /^[\x20-\x7e]*$/;
export const MAX_HEADERS = 20;
/** Names and values together, in bytes. */
export const MAX_BYTES = 4096;

/** What belongs to the connection (RFC 9110, 7.6.1), which is the runtime's: it leaves most of them out, and says nothing. */
const CONNECTION = [
  ...["host", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings"],
  ...["expect", "accept-encoding"],
];
/** Who we are, and whom we speak for: a receiver may trust what a proxy of its own would say here. */
const ORIGIN = ["user-agent", "via", "cdn-loop", "forwarded", "true-client-ip", "x-real-ip"];
/** What describes the body, what proxies say, what Cloudflare adds, and what receivers take for a dialect's. */
const PREFIXES = [
  ...["content-", "proxy-", "x-forwarded-", "cf-"],
  ...["x-webhook-", "webhook-", "svix-", "x-gopimi-"],
];

/** What any dialect sets: in a second spelling of its name the receiver would get both values. */
function namesOfDialects(): string[] {
  const workspace = { id: 1, externalId: "1", publicName: "" };
  const ids = { deliveryId: "", eventId: "" };
  const message = { ...ids, type: "a.b", channels: [], occurredAt: 0, data: "{}", workspace };
  return [...dialects.values()].flatMap((dialect) =>
    Object.keys(dialect.headers(message, { timestamp: 0, signature: "" })),
  );
}

const RESERVED: ReadonlySet<string> = new Set([...CONNECTION, ...ORIGIN, ...namesOfDialects()]);

const isReserved = (lower: string): boolean =>
  RESERVED.has(lower) || PREFIXES.some((prefix) => lower.startsWith(prefix));

function complaint(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return "This is no header name: it has letters, digits and !#$%&'*+-.^_`|~ only";
  if (isReserved(name.toLowerCase())) return "The name is reserved: requests have their own, or none";
  if (!PRINTABLE.test(value)) return "A value holds printable ASCII only: encode what is not, as base64 for example";
  if (value.trim() !== value) return "A value has no spaces at its ends: they would be lost on the way";
  return undefined;
}

/** What is wrong with one header, or with `null` all of them together. */
export type HeaderFault = { name: string | null; message: string };

/** What keeps headers from being added to a webhook's requests: nothing, where they may be. */
export function headerFaults(headers: Readonly<Record<string, string>>): HeaderFault[] {
  const faults: HeaderFault[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    const message = seen.has(lower) ? "The name appears twice: case does not count" : complaint(name, value);
    if (message !== undefined) faults.push({ name, message });
    seen.add(lower);
    bytes += utf8(name).length + utf8(value).length;
  }
  const count = Object.keys(headers).length;
  if (count > MAX_HEADERS)
    faults.push({ name: null, message: `At most ${MAX_HEADERS} headers, and there are ${count}` });
  if (bytes > MAX_BYTES) {
    faults.push({
      name: null,
      message: `Names and values together may have at most ${MAX_BYTES} bytes, and they have ${bytes}`,
    });
  }
  return faults;
}

/** Those that may be sent: what was stored before a rule was made is left out. */
export function permitted(headers: Readonly<Record<string, string>>): Record<string, string> {
  const refused = new Set(headerFaults(headers).map(({ name }) => name));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !refused.has(name)));
}
