import { nonPublicKind } from "./addresses.ts";
import { refusePort } from "./ports.ts";

/*
 * Where Posthorn sends requests, and where it does not. It checks what a URL says; what its name resolves to is checked
 * apart (resolve.ts).
 */

/** What is lifted, and what is forbidden beyond what is forbidden everywhere. */
export interface TargetRules {
  /** Lifts everything but that it must be an http(s) URL: for development. */
  allowPrivate: boolean;
  /** Host names of this deployment: a delivery to itself would come back as an event, and go out again. */
  ownHosts?: readonly string[];
}

/**
 * Names below which nothing is on the internet: special use (RFC 6761, 6762, 7686, 8375, 9476), ICANN's `.internal`, the
 * top levels that ICANN gives to nobody as networks use them inside, and what clusters and routers call themselves.
 */
const PRIVATE_SUFFIXES = [
  "localhost",
  "internal",
  "local",
  "svc",
  "cluster.local",
  "localdomain",
  "home.arpa",
  "lan",
  "onion",
  "test",
  "invalid",
  "alt",
  "arpa",
  "corp",
  "home",
  "intranet",
  "private",
];

/** As `URL` leaves them: a slash that is not one, and what it drops without a word. */
const UNTIDY = /[\\\s\p{Cc}]/u;
/** Two slashes, which `URL` does not insist on, and what lies between them and the path. */
const AUTHORITY = /^https?:\/\/([^/?#]+)/i;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
/** RFC 1035, 2.3.4; in octets. */
const MAX_NAME = 253;
const MAX_LABEL = 63;

/**
 * Why a URL is refused as a target, as a sentence for the user; null if it is fine. The host is taken as `URL` writes it,
 * which turns octal, hexadecimal, shortened and full-width forms of an address into its plain one, and an
 * internationalised name into its ASCII form (UTS 46).
 */
export function refuseTarget(text: string, { allowPrivate, ownHosts = [] }: TargetRules): string | null {
  const url = URL.parse(text);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return "This is not an https:// URL.";
  if (allowPrivate) return null;
  if (url.protocol !== "https:") return "Only https:// URLs are allowed.";
  if (UNTIDY.test(text)) return "A URL must not have spaces, control characters or backslashes: encode them.";
  const [, authority] = AUTHORITY.exec(text) ?? [];
  if (authority === undefined) return "This is not an https:// URL: after https: come two slashes and a host.";
  if (authority.includes("@")) return "A URL must not carry a user name or password.";
  return refusePort(Number(url.port || 443)) ?? refuseHost(url.hostname, ownHosts);
}

/** @param host as `URL` writes it: in lower case and ASCII, an IPv6 address in brackets */
function refuseHost(host: string, ownHosts: readonly string[]): string | null {
  if (host.startsWith("[")) return refuseLiteral(host.slice(1, -1));
  if (IPV4.test(host)) return refuseLiteral(host);
  if (host.endsWith(".")) return "A host name must not end with a dot.";
  if (host.length > MAX_NAME || host.split(".").some((label) => label === "" || label.length > MAX_LABEL)) {
    return `${host.slice(0, 80)} is not a host name: each part has 1 to ${MAX_LABEL} characters, all of it ${MAX_NAME} at most.`;
  }
  if (PRIVATE_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`))) {
    return `${host} is a private name; use one that is reachable from the internet.`;
  }
  if (!host.includes(".")) return "A host name needs at least one dot.";
  if (ownHosts.includes(host)) return `${host} is this service itself; a webhook goes to a system of yours.`;
  return null;
}

function refuseLiteral(address: string): string {
  const kind = nonPublicKind(address);
  const what = kind === null ? "" : `${address} is not reachable from the internet (${kind}). `;
  return `${what}An IP address cannot be a target; use a host name.`;
}
