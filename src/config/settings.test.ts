import { describe, expect, it } from "vitest";
import { settingsOf } from "./settings.ts";

const settings = (variables: Record<string, string> = {}) => {
  const needed = { ADMIN_TOKEN: "t", ENCRYPTION_KEY: "0123456789abcdef" };
  // Settings look at the variables alone.
  return settingsOf({ ...needed, ...variables } as unknown as Env);
};

describe("NOTIFY_FROM", () => {
  it.each([
    ["Posthorn <posthorn@example.com>", { name: "Posthorn", email: "posthorn@example.com" }],
    ['"Posthorn, Inc." <posthorn@example.com>', { name: "Posthorn, Inc.", email: "posthorn@example.com" }],
    ["posthorn@example.com", { name: "", email: "posthorn@example.com" }],
    ["<posthorn@example.com>", { name: "", email: "posthorn@example.com" }],
    ["", null],
    [undefined, null],
  ])("%j is read as %j", (text, sender) => {
    expect(settings(text === undefined ? {} : { NOTIFY_FROM: text }).NOTIFY_FROM).toEqual(sender);
  });

  it.each(["Posthorn", "Posthorn <posthorn>", "a@example.com, b@example.com", "Posthorn <a@example.com"])(
    "%j is refused",
    (text) => {
      expect(() => settings({ NOTIFY_FROM: text })).toThrow(/^Misconfigured: .*NOTIFY_FROM must be an address/s);
    },
  );
});

describe("DNS_GUARD", () => {
  it.each(["off", "OFF", "false", "no", "0", " off "])("%j turns it off", (text) => {
    expect(settings({ DNS_GUARD: text }).DNS_GUARD).toBe(false);
  });

  it.each(["", "on", "true", "1", "offf", "none", "disabled"])("%j leaves it on", (text) => {
    expect(settings({ DNS_GUARD: text }).DNS_GUARD).toBe(true);
  });

  it("is on where nobody says anything", () => {
    expect(settings().DNS_GUARD).toBe(true);
  });
});

describe("DNS_RESOLVER", () => {
  it("is Cloudflare's where nobody says anything, or nothing", () => {
    expect(settings().DNS_RESOLVER).toBe("https://cloudflare-dns.com/dns-query");
    expect(settings({ DNS_RESOLVER: " " }).DNS_RESOLVER).toBe("https://cloudflare-dns.com/dns-query");
  });

  it.each(["https://dns.google/resolve", "http://127.0.0.1:8053/dns-query"])("may be %s", (url) => {
    expect(settings({ DNS_RESOLVER: url }).DNS_RESOLVER).toBe(url);
  });

  it.each(["http://dns.example.com/dns-query", "dns.google", "1.1.1.1", "udp://1.1.1.1"])("may not be %s", (url) => {
    expect(() => settings({ DNS_RESOLVER: url })).toThrow(/^Misconfigured: .*DNS_RESOLVER must be an https/s);
  });
});

describe("OWN_HOSTS", () => {
  it.each([
    ["", []],
    [" , ", []],
    ["hooks.example.com", ["hooks.example.com"]],
    ["Hooks.Example.COM, posthorn.acme.workers.dev,", ["hooks.example.com", "posthorn.acme.workers.dev"]],
    ["münchen.de", ["xn--mnchen-3ya.de"]],
  ])("%j is read as %j", (text, hosts) => {
    expect(settings({ OWN_HOSTS: text }).OWN_HOSTS).toEqual(hosts);
  });

  it.each(["https://hooks.example.com", "hooks.example.com/in", "hooks.example.com:8443", "a b", "me@example.com"])(
    "%j is refused",
    (text) => {
      expect(() => settings({ OWN_HOSTS: text })).toThrow(/^Misconfigured: .*OWN_HOSTS must be host names/s);
    },
  );
});
