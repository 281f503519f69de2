import ipaddr from "ipaddr.js";

/**
 * Whom to count a request for: the client's address; of an IPv6 address the /64, all of which one customer has. Cloudflare
 * sets the header on all that comes from outside. Local runs have none, and there all are one.
 */
export function clientOf(header: (name: string) => string | undefined): string {
  const address = header("CF-Connecting-IP") ?? "";
  if (!address.includes(":") || !ipaddr.IPv6.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":")}::/64`;
}
