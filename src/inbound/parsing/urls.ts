import type { CallbackRequest } from "../provider.ts";
import { byCodeUnits, parseForm, queryOf } from "./form.ts";
import { valuesOf } from "./parameters.ts";

/**
 * The URLs that a provider may have signed. What the runtime shows is not always one of them: it lower-cases the host,
 * resolves dot segments, gives an empty path its slash and writes `'` in a query as `%27`. So the URL as it was
 * configured comes first, with the query as it arrived, and what the runtime shows comes last.
 */

type Request = Pick<CallbackRequest, "url">;

/** At most two: neither query nor fragment. */
export const signedBases = (request: Request, callbackUrl: string): string[] =>
  unique([callbackUrl, request.url].map((url) => url.replace(/[?#].*$/s, "")));

/** At most five, with the query. */
export function signedUrls(request: Request, callbackUrl: string): string[] {
  const query = queryOf(request.url);
  return unique([
    ...signedBases(request, callbackUrl).flatMap((base) => quotings(query).map((each) => join(base, each))),
    // A bare question mark is part of the URL, though its query is empty.
    request.url.replace(/#.*$/s, ""),
  ]);
}

/**
 * At most 13, mostly two: Twilio signs a URL with its port or without it, whether that is the usual one or another,
 * and may have decoded and encoded the query anew, as `node:querystring` does.
 * Source: `validateRequest` of the package twilio 6.2.0.
 */
export function twilioUrls(request: Request, callbackUrl: string): string[] {
  const query = queryOf(request.url);
  const queries = unique([...quotings(query), reencoded(query)]);
  return unique([
    ...signedBases(request, callbackUrl)
      .flatMap(ports)
      .flatMap((base) => queries.map((each) => join(base, each))),
    request.url.replace(/#.*$/s, ""),
  ]);
}

/** As `node:querystring` writes it: spaces as `%20`, `! ' ( ) *` as they are, a name's values together. */
export const reencoded = (query: string): string =>
  [...valuesOf(parseForm(query))]
    .flatMap(([name, all]) => all.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
    .join("&");

/** As most other languages write a form: sorted by name, spaces as `+`, `! ' ( ) *` escaped. */
export const formEncoded = (query: string): string =>
  parseForm(query)
    .toSorted(([a], [b]) => byCodeUnits(a, b))
    .map((pair) => pair.map(formComponent).join("="))
    .join("&");

const formComponent = (text: string) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");

const quotings = (query: string) => unique([query, query.replaceAll("%27", "'")]);

/** A base as it is, without its port, and with one. */
function ports(base: string): string[] {
  const [, scheme = "", authority = "", path = ""] = /^(https?:\/\/)([^/]*)(.*)$/s.exec(base) ?? [];
  if (scheme === "") return [base];
  const bare = authority.replace(/:\d+$/, "");
  const full = bare === authority ? `${authority}:${scheme === "https://" ? 443 : 80}` : authority;
  return unique([base, scheme + bare + path, scheme + full + path]);
}

const join = (base: string, query: string) => (query === "" ? base : `${base}?${query}`);

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
