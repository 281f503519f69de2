import {
  AUTHENTICATION_RESULTS,
  type Authentication,
  type AuthenticationResult,
  type DkimResult,
  type Spam,
} from "../provider.ts";
import type { Pair } from "./form.ts";

/** What the server that took a mail in says of whether its sender is who it seems to be. */

/** More signatures than this nobody looks at. */
const MOST_SIGNATURES = 20;
/** Of a header, so many characters. */
const MAX_HEADER = 16_000;
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
 * What a server of a name says in an `Authentication-Results` header (RFC 8601, 2.2). Only the uppermost one with that name is
 * believed: a sender may write others, and servers add theirs above those (RFC 8601, 5).
 * @returns no field where it says nothing
 */
export function authenticatedBy(server: string, headers: readonly Pair[]): { authentication?: Authentication } {
  const named = headers.filter(([name]) => name.toLowerCase() === "authentication-results");
  for (const [, value] of named) {
    const [who = "", ...results] = withoutComments(value.slice(0, MAX_HEADER)).split(";");
    if (who.trim().split(/\s+/, 1)[0]?.toLowerCase() === server) return authenticationIn(results);
  }
  return {};
}

function authenticationIn(results: readonly string[]): { authentication?: Authentication } {
  const all = results.flatMap((each) => {
    const [first = "", ...properties] = each.trim().split(/\s+/);
    const [method = "", result] = first.split("=");
    const found = resultOf(result);
    return found === null ? [] : [{ method: method.split("/", 1)[0]?.toLowerCase(), result: found, properties }];
  });
  const of = (method: string) => all.filter((each) => each.method === method);
  // A server may check the name by which the other greeted it, too: that says nothing of the mail.
  const spf =
    of("spf").find(({ properties }) => !properties.some((each) => /^smtp\.helo=/i.test(each))) ?? of("spf")[0];
  const dkim = of("dkim").map(({ result, properties }) => dkimOf(result, domainIn(properties)));
  return authenticated(spf?.result ?? null, dkim, of("dmarc")[0]?.result);
}

/** `header.d`, else the domain of `header.i`. */
function domainIn(properties: readonly string[]): string | null {
  const value = (name: string) => properties.find((each) => each.toLowerCase().startsWith(name))?.slice(name.length);
  return value("header.d=") ?? value("header.i=")?.split("@").at(-1) ?? null;
}

/** Comments nest (RFC 5322, 3.2.2). */
function withoutComments(text: string): string {
  let depth = 0;
  let kept = "";
  for (const part of text.split(/([()])/)) {
    if (part === "(") depth++;
    else if (part === ")") depth = Math.max(0, depth - 1);
    else if (depth === 0) kept += part;
  }
  return kept;
}

/** What a provider says in fields of its own; no field where it says nothing. */
export function authenticated(
  spf: AuthenticationResult | null,
  signatures: readonly (DkimResult | null)[],
  dmarc: AuthenticationResult | null = null,
): { authentication?: Authentication } {
  const dkim = signatures.filter((each) => each !== null).slice(0, MOST_SIGNATURES);
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
