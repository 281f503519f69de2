import {
  AUTHENTICATION_RESULTS,
  type Authentication,
  type AuthenticationResult,
  type DkimResult,
  type Spam,
} from "../provider.ts";
import type { Pair } from "./form.ts";

/** What the server that took a mail in says of whether its sender is who it seems to be. */

/** The longest domain (RFC 1035, 2.3.4). */
const MAX_DOMAIN = 253;

/** RFC 8601, 2.7.1 and 2.7.2. SPF's `hardfail` was its `fail` in RFC 5451; providers write some in capitals. */
export function resultOf(word: string | null | undefined): AuthenticationResult | null {
  const result = word?.trim().toLowerCase();
  return AUTHENTICATION_RESULTS.find((each) => each === (result === "hardfail" ? "fail" : result)) ?? null;
}

/** Of a signature; null where there is no result. */
export function dkimOf(result: AuthenticationResult | null, domain: string | null | undefined): DkimResult | null {
  if (result === null) return null;
  const named = domain?.trim().replace(/^@/, "").toLowerCase() || null;
  return { result, domain: named !== null && named.length <= MAX_DOMAIN ? named : null };
}

/**
 * What a server of a name says in an `Authentication-Results` header (RFC 8601, 2.2). Only what it has written itself is
 * believed: a server adds its headers above those that came along (RFC 8601, 5), so that is the uppermost with its name, and
 * above the trace of any server before it.
 * @returns no field where it says nothing
 */
export function authenticatedBy(server: string, headers: readonly Pair[]): { authentication?: Authentication } {
  let traces = 0;
  for (const [name, value] of headers) {
    if (name.toLowerCase() === "received" && ++traces > 1) return {};
    if (name.toLowerCase() !== "authentication-results") continue;
    const [who = [], ...results] = statementsIn(value);
    if (who[0]?.toLowerCase() === server) return authenticationIn(results);
  }
  return {};
}

function authenticationIn(results: readonly Statement[]): { authentication?: Authentication } {
  const all = results.flatMap((statement) => {
    const [[method, result] = ["", ""], ...properties] = pairsIn(statement);
    const found = resultOf(result);
    return found === null ? [] : [{ method: method.split("/", 1)[0]?.trim(), result: found, properties }];
  });
  const of = (method: string) => all.filter((each) => each.method === method);
  // A server may check the name by which the other greeted it, too: that says nothing of the mail.
  const spf = of("spf").find(({ properties }) => !properties.some(([name]) => name === "smtp.helo")) ?? of("spf")[0];
  const dkim = of("dkim").map(({ result, properties }) => dkimOf(result, domainIn(properties)));
  return authenticated(spf?.result ?? null, dkim, of("dmarc")[0]?.result);
}

/** `header.d`, else the domain of `header.i`. */
function domainIn(properties: readonly Pair[]): string | null {
  const value = (name: string) => properties.find(([each]) => each === name)?.[1];
  return value("header.d") ?? value("header.i")?.split("@").at(-1) ?? null;
}

/** Words, without quotes, and between them `=` as {@link EQUALS}. */
type Statement = string[];
/** No word is like this: it has a line feed in it, as no unfolded header. */
const EQUALS = "=\n";

/** What a name is set to; what has no name is left out. Names are in lower case. */
function pairsIn(statement: Statement): Pair[] {
  const pairs: Pair[] = [];
  for (let at = 0; at < statement.length; at++) {
    const [name, sign, value] = statement.slice(at, at + 3);
    if (sign !== EQUALS || name === undefined || name === EQUALS || value === undefined || value === EQUALS) continue;
    pairs.push([name.toLowerCase(), value]);
    at += 2;
    // Base64 may end in it.
    while (statement[at + 1] === EQUALS) at++;
  }
  return pairs;
}

/** What stands in quotes, or in a comment, parts nothing (RFC 5322, 3.2.2 and 3.2.4): senders choose what is written there. */
function statementsIn(value: string): Statement[] {
  const statements: Statement[] = [[]];
  let word: string | undefined;
  let depth = 0;
  let isQuoted = false;
  const end = () => {
    if (word !== undefined) statements.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < value.length; at++) {
    const character = value[at] ?? "";
    const isEscape = character === "\\" && (isQuoted || depth > 0);
    if (isEscape) at++;
    if (isQuoted) {
      if (character === '"') isQuoted = false;
      else word = `${word ?? ""}${isEscape ? (value[at] ?? "") : character}`;
    } else if (depth > 0) {
      if (character === "(") depth++;
      else if (character === ")") depth--;
    } else if (character === '"') {
      isQuoted = true;
      word ??= "";
    } else if (character === "(") {
      end();
      depth++;
    } else if (/\s/.test(character)) end();
    else if (character === ";") {
      end();
      statements.push([]);
    } else if (character === "=") {
      end();
      statements.at(-1)?.push(EQUALS);
    } else word = (word ?? "") + character;
  }
  end();
  return statements;
}

/** What a provider says in fields of its own; no field where it says nothing. */
export function authenticated(
  spf: AuthenticationResult | null,
  signatures: readonly (DkimResult | null)[],
  dmarc: AuthenticationResult | null = null,
): { authentication?: Authentication } {
  const dkim = signatures.filter((each) => each !== null);
  return spf === null && dkim.length === 0 && dmarc === null ? {} : { authentication: { spf, dkim, dmarc } };
}

/**
 * The same of spam.
 * @param flag `yes` or `no`, in whatever case
 * @param points as the provider counts them
 */
export function spamOf(flag: string | null | undefined, points: string | null | undefined): { spam?: Spam } {
  const number = Number(points?.trim() || Number.NaN);
  const score = Number.isFinite(number) ? number : null;
  const word = /^\s*(yes|no)\b/i.exec(flag ?? "")?.[1]?.toLowerCase();
  const flagged = word === undefined ? null : word === "yes";
  return flagged === null && score === null ? {} : { spam: { flagged, score } };
}
