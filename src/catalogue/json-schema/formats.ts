import { Budget } from "./budget.ts";
import { compilePattern, type Pattern } from "./patterns.ts";

/**
 * The formats of JSON Schema 2020-12 (validation, 7.3) that are checked, and `url`, which many use; of others nothing is
 * asked. Each is linear in its text: expressions go through the linear engine, hosts and URLs through the runtime's parser.
 */

function compiled(source: string): Pattern {
  const compiled = compilePattern(source);
  if ("complaint" in compiled) throw new Error(`${source}: ${compiled.complaint}`);
  return compiled.pattern;
}

/** Compiled when it is first used: all of them take longer than the Worker's whole start should. */
const matches = (source: string): ((text: string) => boolean) => {
  let pattern: Pattern | undefined;
  return (text) => {
    pattern ??= compiled(source);
    return pattern.test(text, new Budget(Number.POSITIVE_INFINITY));
  };
};

const DATE = matches(String.raw`^\d{4}-\d{2}-\d{2}$`);
const TIME = matches(String.raw`^\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$`);

/** RFC 3339, 5.6. */
function isDate(text: string): boolean {
  if (!DATE(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** RFC 3339, 5.6: the sixtieth second only where UTC has it, at the end of a day. */
function isTime(text: string): boolean {
  if (!TIME(text)) return false;
  const [hour, minute, second] = [text.slice(0, 2), text.slice(3, 5), text.slice(6, 8)].map(Number);
  if (hour === undefined || minute === undefined || second === undefined) return false;
  const zone = /^[Zz]$/.test(text.slice(-1)) ? null : text.slice(-6);
  const [zoneHour, zoneMinute] = zone === null ? [0, 0] : [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  if (hour > 23 || minute > 59 || zoneHour > 23 || zoneMinute > 59) return false;
  if (second < 60) return true;
  const offset = (zoneHour * 60 + zoneMinute) * (zone?.startsWith("-") ? -1 : 1);
  return second === 60 && (hour * 60 + minute - offset + 2 * 1440) % 1440 === 1439;
}

const isDateTime = (text: string): boolean =>
  /^[Tt]$/.test(text.charAt(10)) && isDate(text.slice(0, 10)) && isTime(text.slice(11));

const isDuration = matches(
  String.raw`^P(\d+W|(\d+Y(\d+M(\d+D)?)?|\d+M(\d+D)?|\d+D)(T(\d+H(\d+M(\d+S)?)?|\d+M(\d+S)?|\d+S))?|T(\d+H(\d+M(\d+S)?)?|\d+M(\d+S)?|\d+S))$`,
);

const LABEL = matches("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$");
/** RFC 1123, 2.1. */
const isHostname = (text: string): boolean => text.length <= 253 && text.split(".").every(LABEL);

const LOCAL = matches(String.raw`^[A-Za-z0-9!#$%&'*+/=?^_\x60{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_\x60{|}~-]+)*$`);
const QUOTED = matches(String.raw`^"([\x20-\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"$`);

/** RFC 5321, 4.1.2. */
function isEmail(text: string): boolean {
  const cut = text.lastIndexOf("@");
  const [local, host] = [text.slice(0, Math.max(cut, 0)), text.slice(cut + 1)];
  if (cut < 1 || local.length > 64 || !(LOCAL(local) || QUOTED(local))) return false;
  if (!host.startsWith("[") || !host.endsWith("]")) return isHostname(host);
  const literal = host.slice(1, -1);
  return /^ipv6:/i.test(literal) ? isIpv6(literal.slice(5)) : isIpv4(literal);
}

const OCTET = matches(String.raw`^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$`);
const isIpv4 = (text: string): boolean =>
  text.length <= 15 && text.split(".").length === 4 && text.split(".").every(OCTET);

/** RFC 4291, 2.2: as the host of a URL is read, which takes no zone. */
function isIpv6(text: string): boolean {
  // The longest has an IPv4 address in it.
  if (text.length > 45 || !text.includes(":") || !/^[0-9A-Fa-f:.]+$/.test(text)) return false;
  const embedded = text.slice(text.lastIndexOf(":") + 1);
  if (embedded.includes(".") && !isIpv4(embedded)) return false;
  return URL.canParse(`http://[${text}]/`);
}

/** RFC 3986, appendix A: a character of it, or an escape. */
const uriCharacter = (more: string): string => `([A-Za-z0-9._~!$&'()*+,;=${more}-]|%[0-9A-Fa-f]{2})`;
const AUTHORITY = String.raw`//(${uriCharacter(":")}*@)?(\[[0-9A-Fa-f:.]+\]|\[[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+\]|${uriCharacter("")}*)(:[0-9]*)?`;
const SEGMENTS = `(/${uriCharacter(":@")}*)*`;
const QUERY_AND_FRAGMENT = String.raw`(\?${uriCharacter(":@/?")}*)?(#${uriCharacter(":@/?")}*)?`;
/** What is behind the scheme, or all where there is none. @param first what the first segment may have, if no slash is before it */
const behindScheme = (first: string): string =>
  `(${AUTHORITY}${SEGMENTS}|/(${uriCharacter(":@")}+${SEGMENTS})?|${uriCharacter(first)}+${SEGMENTS}|)${QUERY_AND_FRAGMENT}`;
const WITH_SCHEME = matches(`^[A-Za-z][A-Za-z0-9+.-]*:${behindScheme(":@")}$`);
// A colon in the first segment would make a scheme of what is before it.
const WITHOUT_SCHEME = matches(`^${behindScheme("@")}$`);

/** Whether an address in brackets, if there is one, is one. */
function hasHost(text: string): boolean {
  const inBrackets = /^[^/?#]*\/\/[^/?#]*\[([0-9A-Fa-f:.]+)\]/.exec(text)?.[1];
  return inBrackets === undefined || isIpv6(inBrackets);
}

const isUri = (text: string): boolean => WITH_SCHEME(text) && hasHost(text);
const isReference = (text: string): boolean => (WITH_SCHEME(text) || WITHOUT_SCHEME(text)) && hasHost(text);
const isUrl = (text: string): boolean => /^(https?|ftp):\/\//i.test(text) && !/\s/.test(text) && URL.canParse(text);

const isTemplate = matches(
  String.raw`^([^\x00-\x20\x7f"<>%\\^\x60{|}]|%[0-9A-Fa-f]{2}|\{[+#./;?&=,!@|]?([A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+(:[1-9][0-9]{0,3}|\*)?(,([A-Za-z0-9_.]|%[0-9A-Fa-f]{2})+(:[1-9][0-9]{0,3}|\*)?)*\})*$`,
);

/** Names of properties (`Script=Greek`) that there are; the runtime makes a set of each, of up to a million characters. */
const properties = new Set<string>();

function isProperty(name: string): boolean {
  if (!properties.has(name) && !isExpression(`\\p{${name}}`)) return false;
  properties.add(name);
  return true;
}

function isExpression(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

/**
 * ECMA-262, with the flag `u`. The runtime reads it here, and compiles it at its first use, which never comes; properties
 * are the exception, so that each is read once, and `\d` stands for it.
 */
function isRegex(text: string): boolean {
  let known = true;
  const plain = text.replace(/\\(?:[pP]\{([^}]{1,64})\}|[\s\S])/g, (escaped, name: string | undefined) => {
    if (name === undefined) return escaped;
    known = known && isProperty(name);
    return "\\d";
  });
  return known && isExpression(plain);
}

export const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["date", isDate],
  ["time", isTime],
  ["date-time", isDateTime],
  ["duration", isDuration],
  ["email", isEmail],
  ["hostname", isHostname],
  ["ipv4", isIpv4],
  ["ipv6", isIpv6],
  ["uri", isUri],
  ["uri-reference", isReference],
  ["uri-template", isTemplate],
  ["url", isUrl],
  ["uuid", matches("^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$")],
  ["regex", isRegex],
  ["json-pointer", matches("^(/([^~/]|~0|~1)*)*$")],
  ["json-pointer-uri-fragment", matches("^#(/([A-Za-z0-9_.!$&'()*+,;:=@-]|%[0-9A-Fa-f]{2}|~0|~1)*)*$")],
  ["relative-json-pointer", matches("^(0|[1-9][0-9]*)(#|(/([^~/]|~0|~1)*)*)$")],
]);
