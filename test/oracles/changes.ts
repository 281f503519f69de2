import type { Case } from "./protocol.ts";
import { expectRefused } from "./verify.ts";

/**
 * A signed callback with one byte changed, every byte of its parts in turn. Each change is one that alters what the
 * byte says: in hex another digit, not its other case; in base64 a bit that counts, not one of those behind the last
 * byte.
 */

type Changed = [name: string, changed: Case][];

/** Flips of a byte: one that mostly leaves a letter a letter, and one that leaves UTF-8. */
const FLIPS = [0x01, 0x80];

/** The body, but for parts of it that the scheme leaves out, and those that are changed otherwise. */
export function bodyChanges(signed: Case, leaveOut: readonly string[] = []): Changed {
  const body = Buffer.from(signed.request.body, "base64");
  const left = leaveOut.map((part) => {
    const from = body.indexOf(part);
    if (from < 0) throw new Error(`The body has no ${part}`);
    return [from, from + Buffer.byteLength(part)] as const;
  });
  const withBody = (name: string, changed: Buffer): Changed[number] => [
    `body${name}`,
    { ...signed, request: { ...signed.request, body: changed.toString("base64") } },
  ];
  const flipped = [...body.keys()]
    .filter((at) => !left.some(([from, to]) => at >= from && at < to))
    .flatMap((at) =>
      FLIPS.map((flip) => {
        const changed = Buffer.from(body);
        changed.writeUInt8(changed.readUInt8(at) ^ flip, at);
        return withBody(`[${at}] ^ ${flip}`, changed);
      }),
    );
  const longer = ["0", "&z=1"].map((more) => withBody(` and ${more}`, Buffer.concat([body, Buffer.from(more)])));
  return [...flipped, ...longer, withBody(" but its last byte", body.subarray(0, -1)), withBody(": none", Buffer.of())];
}

/** Everything behind the URL's question mark. */
export function queryChanges(signed: Case): Changed {
  const { url } = signed.request;
  const changes: [number | string, string][] = [
    ...textChanges(url, url.indexOf("?") + 1),
    ["… and a digit", `${url}0`],
    ["… and a parameter", `${url}&z=1`],
    ["without", url.replace(/\?.*$/s, "")],
  ];
  return changes.map(([at, changed]) => [`url[${at}]`, { ...signed, request: { ...signed.request, url: changed } }]);
}

/** How a header is written; of `v1,…` and the like, what comes before the signature is text. */
type Form = "text" | "hex" | "base64" | "base64url";

/** A header from the start, or from behind a prefix of it, on; a prefix is changed as text. */
export function headerChanges(signed: Case, header: string, form: Form, prefix = ""): Changed {
  const value = signed.request.headers[header] ?? "";
  const rest = value.slice(prefix.length);
  const changes: [number, string][] = [
    ...textChanges(prefix).map(([at, changed]): [number, string] => [at, changed + rest]),
    ...digitChanges(rest, form).map(([at, changed]): [number, string] => [prefix.length + at, prefix + changed]),
  ];
  return changes.map(([at, changed]) => [
    `${header}[${at}]`,
    { ...signed, request: { ...signed.request, headers: { ...signed.request.headers, [header]: changed } } },
  ]);
}

/** Without a header at all. */
export function withoutHeader(signed: Case, header: string): Changed {
  const { [header]: _, ...headers } = signed.request.headers;
  return [[`no ${header}`, { ...signed, request: { ...signed.request, headers } }]];
}

/** The same callback under other credentials. */
export const withCredentials = (signed: Case, credentials: unknown): Changed => [
  ["other credentials", { ...signed, source: { ...signed.source, credentials } }],
];

/** A text that stands in the body, changed there digit by digit. */
export function valueChanges(signed: Case, value: string, form: Form): Changed {
  const body = Buffer.from(signed.request.body, "base64").toString();
  if (!body.includes(value)) throw new Error(`The body has no ${value}`);
  return digitChanges(value, form).map(([at, changed]) => [
    `${value.slice(0, 8)}…[${at}]`,
    {
      ...signed,
      request: { ...signed.request, body: Buffer.from(body.replace(value, () => changed)).toString("base64") },
    },
  ]);
}

export async function expectAllRefused(...changes: Changed[]): Promise<void> {
  await expectRefused(new Map(changes.flat()));
}

const ALPHABETS = {
  hex: "0123456789abcdef",
  base64: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  base64url: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

function digitChanges(text: string, form: Form): [number, string][] {
  if (form === "text") return textChanges(text);
  const alphabet = ALPHABETS[form];
  return [...text].map((digit, at) => {
    const value = alphabet.indexOf(form === "hex" ? digit.toLowerCase() : digit);
    // The highest bit counts in every digit. Padding becomes a digit.
    const changed = value < 0 ? "A" : alphabet.charAt(value ^ (alphabet.length / 2));
    return [at, text.slice(0, at) + changed + text.slice(at + 1)];
  });
}

/** Each character with its lowest bit flipped, from an index on. */
function textChanges(text: string, from = 0): [number, string][] {
  return Array.from({ length: text.length - from }, (_, index) => {
    const at = from + index;
    return [at, text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1)];
  });
}
