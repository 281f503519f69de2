import { afterEach, describe, expect, it, vi } from "vitest";
import { attemptsAt, refuseUrl } from "./evaluate.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const settings = (variables: Record<string, string> = {}) =>
  ({
    ADMIN_TOKEN: "an-admin-token-for-tests-and-nothing-else",
    ENCRYPTION_KEY: "0123456789abcdef",
    ...variables,
  }) as unknown as Env;

/** DNS, with one address for every name. */
function dns(address = "192.0.43.8") {
  const type = address.includes(":") ? 28 : 1;
  return vi
    .spyOn(globalThis, "fetch")
    .mockImplementation(async () => Response.json({ Status: 0, Answer: [{ type, TTL: 60, data: address }] }));
}

const forbidden = (reason: RegExp) => ({ kind: "forbidden", reason: expect.stringMatching(reason) });

describe("a URL", () => {
  it("may be called where it says nothing odd and its name leads to the internet", async () => {
    const asked = dns();
    expect(await refuseUrl(settings(), "https://a.example.com:8443/hook")).toBeNull();
    const questions = asked.mock.calls.map(([url]) => String(url));
    expect(questions).toEqual([
      "https://cloudflare-dns.com/dns-query?name=a.example.com&type=A",
      "https://cloudflare-dns.com/dns-query?name=a.example.com&type=AAAA",
    ]);
  });

  it("is evaluated by what it says before anybody is asked", async () => {
    const asked = dns();
    expect(await refuseUrl(settings(), "https://10.0.0.1/")).toEqual(forbidden(/^10\.0\.0\.1 is not reachable/));
    expect(await attemptsAt(settings(), "http://a.example.com/")()).toEqual(forbidden(/^Only https/));
    expect(asked).not.toHaveBeenCalled();
  });

  it.each([
    ["among OWN_HOSTS", { OWN_HOSTS: "in.example.org, own.example.org" }, undefined],
    ["PUBLIC_ORIGIN's", { PUBLIC_ORIGIN: "https://own.example.org" }, undefined],
    ["the one that this request came to", {}, "own.example.org"],
  ])("is this deployment's own where its host is %s", async (_, variables, servedAt) => {
    dns();
    const refusal = await refuseUrl(settings(variables), "https://OWN.example.org/hook", servedAt);
    expect(refusal).toEqual(forbidden(/^own\.example\.org is this service itself/));
    expect(await refuseUrl(settings(variables), "https://not-own.example.org/hook", servedAt)).toBeNull();
  });

  it("is not looked up where that is turned off, or where private targets are allowed", async () => {
    const asked = dns("127.0.0.1");
    const url = "https://b.example.com/";
    expect(await refuseUrl(settings(), url)).toEqual(forbidden(/loopback/));
    asked.mockClear();
    for (const variables of [{ DNS_GUARD: "off" }, { ALLOW_PRIVATE_TARGETS: "true" }]) {
      expect(await refuseUrl(settings(variables), url)).toBeNull();
      expect(await attemptsAt(settings(variables), url)()).toBeNull();
    }
    expect(asked).not.toHaveBeenCalled();
  });

  it("is looked up anew when it is stored, and once for many attempts", async () => {
    const asked = dns();
    const url = "https://c.example.com/";
    for (let times = 0; times < 2; times++) expect(await refuseUrl(settings(), url)).toBeNull();
    expect(asked).toHaveBeenCalledTimes(4);
    const attempt = attemptsAt(settings(), url);
    for (let times = 0; times < 3; times++) expect(await attempt()).toBeNull();
    expect(await attemptsAt(settings(), "https://c.example.com/another")()).toBeNull();
    expect(asked).toHaveBeenCalledTimes(6);
  });
});
