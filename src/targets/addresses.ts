import ipaddr from "ipaddr.js";

/*
 * Which addresses are out on the internet. A range is public only where IANA's special-purpose registries leave it to
 * ordinary hosts: what carries an IPv4 address inside it is not, wherever that one leads, and neither is what IANA has
 * allocated to nobody.
 */

/** What an address is of, where it is not public: as in "a loopback address". */
export type AddressKind =
  | "loopback"
  | "private"
  | "link-local"
  | "shared (carrier-grade NAT)"
  | "multicast"
  | "documentation or reserved"
  | "IPv4-embedding";

/** All that IANA has given out for ordinary IPv6 hosts (RFC 4291, 2.4; RFC 3587). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

const KINDS: Record<string, AddressKind> = {
  loopback: "loopback",
  unspecified: "loopback",
  private: "private",
  uniqueLocal: "private",
  deprecatedSiteLocal: "private",
  linkLocal: "link-local",
  carrierGradeNat: "shared (carrier-grade NAT)",
  multicast: "multicast",
  broadcast: "multicast",
  ipv4Mapped: "IPv4-embedding",
  rfc6145: "IPv4-embedding",
  rfc6052: "IPv4-embedding",
  "6to4": "IPv4-embedding",
  teredo: "IPv4-embedding",
};

/**
 * Why an address is not one of the public internet; null if it is. An IPv4 address may be spelt in any way that
 * resolvers take: shortened, octal, hexadecimal, as one number.
 * @param text without brackets; what is no address at all counts as reserved
 */
export function nonPublicKind(text: string): AddressKind | null {
  if (!ipaddr.isValid(text)) return "documentation or reserved";
  const address = ipaddr.parse(text);
  const range = address.range();
  if (range !== "unicast") return KINDS[range] ?? "documentation or reserved";
  if (!(address instanceof ipaddr.IPv6)) return null;
  if (isCompatible(address) || isIsatap(address)) return "IPv4-embedding";
  return address.match(GLOBAL_UNICAST) ? null : "documentation or reserved";
}

/** RFC 4291, 2.5.5.1: deprecated, and no range of the library's. */
function isCompatible({ parts }: ipaddr.IPv6): boolean {
  return parts.slice(0, 6).every((part) => part === 0);
}

/** RFC 5214, 6.1: the interface identifier begins with 0000:5efe or 0200:5efe, below any prefix. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return (parts[4] === 0 || parts[4] === 0x200) && parts[5] === 0x5efe;
}
