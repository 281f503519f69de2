import { describe, expect, it } from "vitest";
import { nonPublicKind } from "./addresses.ts";

/*
 * IANA's special-purpose address registries, as of 2026: each block, its first and its last address. What they call
 * globally reachable and is an anycast service or an identifier, not a host, is refused with the rest: named here.
 */
const IPV4: [string, string, string][] = [
  ["0.0.0.0/8 this network", "0.0.0.0", "0.255.255.255"],
  ["10.0.0.0/8 private use", "10.0.0.0", "10.255.255.255"],
  ["100.64.0.0/10 shared address space", "100.64.0.0", "100.127.255.255"],
  ["127.0.0.0/8 loopback", "127.0.0.0", "127.255.255.255"],
  ["169.254.0.0/16 link-local", "169.254.0.0", "169.254.255.255"],
  ["172.16.0.0/12 private use", "172.16.0.0", "172.31.255.255"],
  ["192.0.0.0/24 protocol assignments", "192.0.0.0", "192.0.0.255"],
  ["192.0.0.0/29 service continuity prefix", "192.0.0.0", "192.0.0.7"],
  ["192.0.0.8/32 dummy address", "192.0.0.8", "192.0.0.8"],
  ["192.0.0.9/32 port control anycast (reachable)", "192.0.0.9", "192.0.0.9"],
  ["192.0.0.10/32 TURN anycast (reachable)", "192.0.0.10", "192.0.0.10"],
  ["192.0.0.170/31 NAT64 discovery", "192.0.0.170", "192.0.0.171"],
  ["192.0.2.0/24 documentation", "192.0.2.0", "192.0.2.255"],
  ["192.31.196.0/24 AS112 (reachable)", "192.31.196.0", "192.31.196.255"],
  ["192.52.193.0/24 AMT (reachable)", "192.52.193.0", "192.52.193.255"],
  ["192.88.99.0/24 6to4 relays", "192.88.99.0", "192.88.99.255"],
  ["192.168.0.0/16 private use", "192.168.0.0", "192.168.255.255"],
  ["192.175.48.0/24 AS112 (reachable)", "192.175.48.0", "192.175.48.255"],
  ["198.18.0.0/15 benchmarking", "198.18.0.0", "198.19.255.255"],
  ["198.51.100.0/24 documentation", "198.51.100.0", "198.51.100.255"],
  ["203.0.113.0/24 documentation", "203.0.113.0", "203.0.113.255"],
  ["224.0.0.0/4 multicast", "224.0.0.0", "239.255.255.255"],
  ["240.0.0.0/4 reserved", "240.0.0.0", "255.255.255.254"],
  ["255.255.255.255/32 limited broadcast", "255.255.255.255", "255.255.255.255"],
];

const ONES = "ffff:ffff:ffff:ffff";

const IPV6: [string, string, string][] = [
  ["::1/128 loopback", "::1", "::1"],
  ["::/128 unspecified", "::", "::"],
  ["::ffff:0:0/96 IPv4-mapped", "::ffff:0:0", "::ffff:ffff:ffff"],
  ["64:ff9b::/96 translation (reachable)", "64:ff9b::", "64:ff9b::ffff:ffff"],
  ["64:ff9b:1::/48 translation", "64:ff9b:1::", `64:ff9b:1:ffff:${ONES}`],
  ["100::/64 discard-only", "100::", `100::${ONES}`],
  ["100:0:0:1::/64 dummy prefix", "100:0:0:1::", `100:0:0:1:${ONES}`],
  ["2001::/23 protocol assignments", "2001::", `2001:1ff:ffff:ffff:${ONES}`],
  ["2001::/32 Teredo", "2001::", `2001:0:ffff:ffff:${ONES}`],
  ["2001:1::1/128 port control anycast (reachable)", "2001:1::1", "2001:1::1"],
  ["2001:1::2/128 TURN anycast (reachable)", "2001:1::2", "2001:1::2"],
  ["2001:1::3/128 DNS-SD anycast (reachable)", "2001:1::3", "2001:1::3"],
  ["2001:2::/48 benchmarking", "2001:2::", `2001:2:0:ffff:${ONES}`],
  ["2001:3::/32 AMT (reachable)", "2001:3::", `2001:3:ffff:ffff:${ONES}`],
  ["2001:4:112::/48 AS112 (reachable)", "2001:4:112::", `2001:4:112:ffff:${ONES}`],
  ["2001:10::/28 ORCHID", "2001:10::", `2001:1f:ffff:ffff:${ONES}`],
  ["2001:20::/28 ORCHIDv2 (reachable)", "2001:20::", `2001:2f:ffff:ffff:${ONES}`],
  ["2001:30::/28 remote ids of drones (reachable)", "2001:30::", `2001:3f:ffff:ffff:${ONES}`],
  ["2001:db8::/32 documentation", "2001:db8::", `2001:db8:ffff:ffff:${ONES}`],
  ["2002::/16 6to4", "2002::", `2002:ffff:ffff:ffff:${ONES}`],
  ["2620:4f:8000::/48 AS112 (reachable)", "2620:4f:8000::", `2620:4f:8000:ffff:${ONES}`],
  ["3fff::/20 documentation", "3fff::", `3fff:fff:ffff:ffff:${ONES}`],
  ["5f00::/16 segment routing", "5f00::", `5f00:ffff:ffff:ffff:${ONES}`],
  ["fc00::/7 unique-local", "fc00::", `fdff:ffff:ffff:ffff:${ONES}`],
  ["fe80::/10 link-local", "fe80::", `febf:ffff:ffff:ffff:${ONES}`],
  ["ff00::/8 multicast", "ff00::", `ffff:ffff:ffff:ffff:${ONES}`],
];

describe("what is not public", () => {
  it.each([...IPV4, ...IPV6])("%s", (_, first, last) => {
    expect(nonPublicKind(first)).not.toBeNull();
    expect(nonPublicKind(last)).not.toBeNull();
  });

  it.each([
    ["::127.0.0.1", "compatible"],
    ["::8.8.8.8", "compatible, with a public one"],
    ["::ffff:0:8.8.8.8", "translated (RFC 2765)"],
    ["2606:4700::5efe:10.0.0.1", "ISATAP"],
    ["2606:4700:1:2:200:5efe:808:808", "ISATAP with the universal bit"],
  ])("%s embeds an IPv4 address: %s", (address) => {
    expect(nonPublicKind(address)).toBe("IPv4-embedding");
  });

  it.each(["127.1", "0x7f000001", "017700000001", "2130706433", "0177.0.0.1", "0x7f.1"])(
    "%s is this machine, however it is spelt",
    (address) => {
      expect(nonPublicKind(address)).toBe("loopback");
    },
  );

  it.each(["fe80::1%eth0", "4000::1", "1fff::1", "", "example.com", "1.2.3.4.5", "1.2.3.256", "::g"])(
    "nor is %j, zoned, allocated to nobody or no address at all",
    (address) => {
      expect(nonPublicKind(address)).not.toBeNull();
    },
  );
});

describe("what is public", () => {
  // The neighbours of every block above, and addresses that are known to answer.
  it.each([
    "1.0.0.0",
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.3.0",
    "192.31.195.255",
    "192.31.197.0",
    "192.52.192.255",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "192.175.47.255",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2000::1",
    `2000:ffff:ffff:ffff:${ONES}`,
    "2001:200::1",
    `2001:db7:ffff:ffff:${ONES}`,
    "2001:db9::1",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700:4700::1111",
    "2620:4f:7fff::1",
    "2620:4f:8001::1",
    "2a00:1450:4001:80b::200e",
    `3ffe:ffff:ffff:ffff:${ONES}`,
    "3fff:1000::1",
  ])("%s", (address) => {
    expect(nonPublicKind(address)).toBeNull();
  });
});
