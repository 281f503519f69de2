import { afterEach, describe, expect, it, vi } from "vitest";
import * as lookups from "./lookup.ts";
import { resolve } from "./resolve.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const RESOLVER = "https://dns.example/dns-query";

const A = (...addresses: string[]) => addresses.map((data) => ({ type: 1, TTL: 60, data }));
const AAAA = (...addresses: string[]) => addresses.map((data) => ({ type: 28, TTL: 60, data }));

function zone(records: { type: number; TTL: number; data: string }[]) {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const type = new URL(String(input)).searchParams.get("type") === "A" ? 1 : 28;
    return Response.json({ Status: 0, Answer: records.filter((record) => record.type === type) });
  });
}

describe("a name", () => {
  it("is fine where every address is public, for as long as the records live", async () => {
    zone([...A("1.1.1.1", "8.8.8.8"), ...AAAA("2606:4700:4700::1111")]);
    expect(await resolve(RESOLVER, "hooks.example.com")).toEqual({ refusal: null, ttlMs: 60_000 });
  });

  it.each([
    ["this machine", A("127.0.0.1"), "loopback"],
    ["a private network", A("10.0.0.1"), "private"],
    ["the metadata of clouds", A("169.254.169.254"), "link-local"],
    ["a mix of public and private", A("1.1.1.1", "192.168.0.1"), "private"],
    ["a mix over both families", [...A("1.1.1.1"), ...AAAA("fd00::1")], "private"],
    ["a mapped address", AAAA("::ffff:127.0.0.1"), "IPv4-embedding"],
    ["an address by NAT64", AAAA("64:ff9b::7f00:1"), "IPv4-embedding"],
    ["what is no address", A("localhost"), "documentation or reserved"],
  ])("is refused where it leads to %s, and the address is nobody's business", async (_, records, kind) => {
    zone(records);
    const { refusal, ttlMs } = await resolve(RESOLVER, "hooks.example.com");
    const why = `hooks.example.com resolves to an address that is not reachable from the internet (${kind}); let it resolve to public ones alone.`;
    expect(refusal).toEqual({ kind: "forbidden", reason: why });
    expect(ttlMs).toBe(60_000);
  });

  it.each([
    ["nothing", "unresolved", /^hooks\.example\.com has no address in DNS; check/],
    ["failed", "unresolved", /^The name servers of hooks\.example\.com do not answer properly/],
    ["unavailable", "unavailable", /^hooks\.example\.com could not be looked up in DNS just now; try again/],
  ] as const)("of which the lookup says %s is %s", async (state, kind, reason) => {
    vi.spyOn(lookups, "lookUp").mockResolvedValue({ state });
    expect(await resolve(RESOLVER, "hooks.example.com")).toEqual({
      refusal: { kind, reason: expect.stringMatching(reason) },
      ttlMs: 0,
    });
  });
});
