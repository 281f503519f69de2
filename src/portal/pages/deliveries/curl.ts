import type { SentRequest } from "../../../delivery/contract.ts";
import { MASK } from "../../../lib/mask-header.ts";

/** A text as one word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** curl takes a header without a value for one to leave out; the semicolon sends it empty. */
const headerLine = (name: string, value: string): string => (value === "" ? `${name};` : `${name}: ${value}`);

/**
 * The command that sends a request as it was sent. The body goes as it is, byte for byte (`--data-raw` gives no meaning to
 * an `@`), and so does the URL (`--globoff`: brackets are no ranges).
 */
export function curlOf({ url, headers, body }: SentRequest): string {
  const words = [
    `curl --globoff --request POST ${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `--header ${quoted(headerLine(name, value))}`),
    `--data-raw ${quoted(body)}`,
  ];
  return words.join(" \\\n  ");
}

/** The headers whose values are not shown. */
export const maskedOf = (headers: Readonly<Record<string, string>>): string[] =>
  Object.keys(headers).filter((name) => headers[name] === MASK);
