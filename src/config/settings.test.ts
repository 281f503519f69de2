import { describe, expect, it } from "vitest";
import { settingsOf } from "./settings.ts";

const variables = (given: Record<string, string>): Env => {
  const needed = { ADMIN_TOKEN: "t", ENCRYPTION_KEY: "0123456789abcdef" };
  // Settings look at the variables alone.
  return { ...needed, ...given } as unknown as Env;
};

const settings = (given: Record<string, string> = {}) => settingsOf(variables(given));

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

describe("encryption keys", () => {
  const keysOf = (variables: Record<string, string>) =>
    settingsOf({ ADMIN_TOKEN: "t", ...variables } as unknown as Env).encryptionKeys;
  const [a, b, c] = ["0123456789abcdef", "ABCDEFGHIJKLMNOP", "a single key, as it stands"];

  it.each<[Record<string, string>, string[]]>([
    [{ ENCRYPTION_KEY: a }, [a]],
    [{ ENCRYPTION_KEY: c }, [c]],
    [{ ENCRYPTION_KEYS: a }, [a]],
    [{ ENCRYPTION_KEYS: `${b},${a}` }, [b, a]],
    [{ ENCRYPTION_KEYS: `\n${b}\n\t${a} , ` }, [b, a]],
    [{ ENCRYPTION_KEYS: `${b} ${a}`, ENCRYPTION_KEY: c }, [b, a, c]],
    [{ ENCRYPTION_KEYS: `${b} ${a} ${b}`, ENCRYPTION_KEY: b }, [b, a]],
    [{ ENCRYPTION_KEYS: "", ENCRYPTION_KEY: a }, [a]],
    [{ ENCRYPTION_KEYS: b, ENCRYPTION_KEY: "" }, [b]],
  ])("of %j are %j: the first seals, the single one is the oldest", (variables, keys) => {
    expect(keysOf(variables)).toEqual(keys);
  });

  it.each<[Record<string, string>, RegExp]>([
    [{}, /ENCRYPTION_KEYS or ENCRYPTION_KEY must be set/],
    [{ ENCRYPTION_KEYS: " , ", ENCRYPTION_KEY: "" }, /ENCRYPTION_KEYS or ENCRYPTION_KEY must be set/],
    [{ ENCRYPTION_KEY: "hunter2" }, /ENCRYPTION_KEY must have at least 16 characters/],
    [{ ENCRYPTION_KEYS: `${a},hunter2` }, /Each of ENCRYPTION_KEYS must have at least 16 characters/],
    [{ ENCRYPTION_KEYS: a, ENCRYPTION_KEY: "hunter2" }, /ENCRYPTION_KEY must have at least 16 characters/],
  ])("%j are refused by the variable's name, without what it holds", (variables, message) => {
    expect(() => keysOf(variables)).toThrow(message);
    expect(() => keysOf(variables)).not.toThrow(/hunter2|0123456789/);
  });
});

describe("PORTAL_FRAME_ORIGINS", () => {
  it.each([
    ["", []],
    ["https://app.example.com", ["https://app.example.com"]],
    ["https://app.example.com, http://localhost:3000", ["https://app.example.com", "http://localhost:3000"]],
    ["http://127.0.0.1:3000", ["http://127.0.0.1:3000"]],
  ])("%j are %j", (PORTAL_FRAME_ORIGINS, origins) => {
    expect(settings({ PORTAL_FRAME_ORIGINS }).PORTAL_FRAME_ORIGINS).toEqual(origins);
  });

  it.each(["*", "'self'", "https:", "https://*.example.com", "http://app.example.com", "https://a.example/app"])(
    "%j is refused",
    (PORTAL_FRAME_ORIGINS) => {
      expect(() => settings({ PORTAL_FRAME_ORIGINS })).toThrow(/^Misconfigured: .*PORTAL_FRAME_ORIGINS must be/s);
    },
  );
});

describe("CORS_ORIGINS", () => {
  it.each([
    ["", []],
    ["https://app.example.com", ["https://app.example.com"]],
    [" https://app.example.com, https://b.example:8443 ,", ["https://app.example.com", "https://b.example:8443"]],
  ])("%j opens to %j", (CORS_ORIGINS, origins) => {
    expect(settingsOf(variables({ CORS_ORIGINS })).CORS_ORIGINS).toEqual(origins);
  });

  it.each([
    "*",
    "null",
    "https://*.example.com",
    "http://app.example.com",
    "https://app.example.com/",
    "app.example.com",
  ])("%j is refused", (CORS_ORIGINS) => {
    expect(() => settingsOf(variables({ CORS_ORIGINS }))).toThrow(/^Misconfigured: .*CORS_ORIGINS must be origins/s);
  });
});
