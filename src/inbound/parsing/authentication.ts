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
 *
 * Into what a server writes there it puts what senders choose: an address, a greeting, a signature's `i=`. Some quote it, some do
 * not (https://github.com/stalwartlabs/mail-auth, `auth_results.rs`), so that by the grammar alone nobody can tell whose word it
 * is. What has a form that no harmless sender brings about says nothing: signatures that do not come first, a check that is there
 * twice, comments in one another. Beside any `header.i` the domains of signatures are not told.
 * @param path the envelope's sender, which is written there as it came; null or empty for nobody
 * @returns no field where it says nothing
 */
export function authenticatedBy(
  server: string,
  headers: readonly Pair[],
  path: string | null,
): { authentication?: Authentication } {
  if (/[\s;()"\\,]/.test(path ?? "")) return {};
  let traces = 0;
  for (const [name, value] of headers) {
    if (name.toLowerCase() === "received" && ++traces > 1) return {};
    if (name.toLowerCase() !== "authentication-results") continue;
    const [who, ...results] = statementsIn(value) ?? [];
    if (who?.[0]?.toLowerCase() === server) return authenticationIn(results);
    // Nobody knows whose it is, nor what it would say.
    if (who === undefined && value.trim().toLowerCase().startsWith(server)) return {};
  }
  return {};
}

function authenticationIn(statements: readonly (readonly string[])[]): { authentication?: Authentication } {
  const all = statements.filter(([first]) => first !== "none").map((words) => words.map(pairIn));
  if (all.some((pairs) => pairs.includes(undefined))) return {};
  const results = all.map(([first, ...properties]) => ({
    method: first?.[0].split("/", 1)[0],
    result: resultOf(first?.[1]),
    properties: properties.flatMap((each) => (each ? [each] : [])),
  }));
  const of = (method: string) => results.filter((each) => each.method === method);
  // A server may check the name by which the other greeted it, too: that says nothing of the mail.
  const spf = of("spf").filter(({ properties }) => properties[0]?.[0] !== "smtp.helo");
  const [dkim, dmarc] = [of("dkim"), of("dmarc")];
  const comeFirst = results.slice(0, dkim.length).every(({ method }) => method === "dkim");
  if (!comeFirst || spf.length > 1 || dmarc.length > 1) return {};
  const isNamed = !results.some(({ properties }) => properties.some(([name]) => name === "header.i"));
  const signatures = dkim.map(({ result, properties }) => {
    return dkimOf(result, isNamed ? properties.find(([name]) => name === "header.d")?.[1] : null);
  });
  return authenticated(spf[0]?.result ?? null, signatures, dmarc[0]?.result);
}

/** A name and what it is set to, such as `header.d=example.com`. Addresses have `=` in them, too. */
function pairIn(word: string): Pair | undefined {
  const [, name, value] = /^([a-z][a-z0-9./_-]{0,60})=(\S+)$/i.exec(word) ?? [];
  return name === undefined || value === undefined ? undefined : [name.toLowerCase(), value];
}

/** The one value that is in quotes without a sender's doing: an address of IPv6. */
const QUOTED_IP = /\bsmtp\.remote-ip="([0-9a-f:.]{2,45})"/gi;

/** Statements in words; undefined for what has quotes, or comments or statements that do not stand apart. */
function statementsIn(value: string): string[][] | undefined {
  const plain = value.replaceAll(QUOTED_IP, "smtp.remote-ip=$1");
  const text = /["\\]/.test(plain) ? undefined : withoutComments(plain);
  const statements = text?.split(/;(?=\s|$)/);
  if (statements === undefined || statements.some((each) => each.includes(";"))) return undefined;
  return statements.map((each) => each.split(/\s+/).filter((word) => word !== "")).filter((words) => words.length > 0);
}

/** Undefined where a comment has another one in it, or the end of a statement, does not end, or touches a word. */
function withoutComments(value: string): string | undefined {
  const text = value.replaceAll(/(?<=\s)\([^();]*\)(?=[\s;]|$)/g, "");
  return /[()]/.test(text) ? undefined : text;
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
