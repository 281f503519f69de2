import { describe, expect, it } from "vitest";
import { settingsOf } from "./settings.ts";

const ADMIN_TOKEN = "an-admin-token-for-tests-and-nothing-else";

const variables = (given: Record<string, string>): Env => {
  const needed = { ADMIN_TOKEN, ENCRYPTION_KEY: "0123456789abcdef" };
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
    settingsOf({ ADMIN_TOKEN, ...variables } as unknown as Env).encryptionKeys;
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

describe("a key that could be guessed", () => {
  const keysOf = (given: Record<string, string>) =>
    settingsOf({ ADMIN_TOKEN, ...given } as unknown as Env).encryptionKeys;

  it.each([
    ["one character, again and again", "a".repeat(40)],
    ["a word, again and again", "password".repeat(4)],
    ["few characters", "abababbaabbabbabaabbabab"],
  ])("does not seal: %s", (_, key) => {
    expect(() => keysOf({ ENCRYPTION_KEY: key })).toThrow(/first of the encryption keys.*easy to guess/s);
    expect(() => keysOf({ ENCRYPTION_KEYS: `${key} ABCDEFGHIJKLMNOP` })).toThrow(/first of the encryption keys/);
    expect(() => keysOf({ ENCRYPTION_KEY: key })).not.toThrow(key);
    // What it has sealed must open, so that another can take its place.
    expect(keysOf({ ENCRYPTION_KEYS: "ABCDEFGHIJKLMNOP", ENCRYPTION_KEY: key })).toEqual(["ABCDEFGHIJKLMNOP", key]);
  });
});

describe("ADMIN_TOKEN", () => {
  it.each([
    ["32 random bytes in hex", "7c1f3f4fd0f3f5f1f6a1f9dbe0c3a5d4e2b1908f7e6d5c4b3a29181706f5e4d3"],
    ["32 random bytes in base64", "x7kK0m9uGd8fD1c2b3A4s5D6f7G8h9J0k1L2z3X4c5U="],
    ["24 characters", "k3y-0f-24-characters-!!?"],
    ["words", "correct-horse-battery-staple"],
  ])("may be %s", (_, token) => {
    expect(settings({ ADMIN_TOKEN: token }).ADMIN_TOKEN).toBe(token);
  });

  it.each([
    ["nothing", "", /ADMIN_TOKEN must be set/],
    ["one character", "t", /ADMIN_TOKEN must have at least 24 characters/],
    ["23 characters", "k3y-0f-23-characters-!!", /at least 24 characters.*openssl rand -hex 32/],
    ["one character, again and again", "a".repeat(64), /easy to guess/],
    ["seven different characters", "abcdefgabcdgfebacgfedcab", /easy to guess/],
    ["a part of it, again and again", "changeme-changeme-changeme-", /easy to guess/],
    ["a part of it, and a half", "0123456789abcdef0123456789abcdef01234567", /easy to guess/],
    ["text with a blank in it, which no header brings", "an admin token of several words", /blanks/],
    ["text with a line feed at its end", "k3y-0f-24-characters-!!?\n", /blanks/],
    ["other letters than ASCII has", "ein-schlüssel-für-den-admin-und-sonst-nichts", /ASCII/],
  ])("may not be %s, which is told without its text", (_, token, message) => {
    expect(() => settings({ ADMIN_TOKEN: token })).toThrow(/^Misconfigured: .*ADMIN_TOKEN/s);
    expect(() => settings({ ADMIN_TOKEN: token })).toThrow(message);
    if (token.length > 1) expect(() => settings({ ADMIN_TOKEN: token })).not.toThrow(token);
  });

  it("that is missing is told", () => {
    expect(() => settingsOf({ ENCRYPTION_KEY: "0123456789abcdef" } as unknown as Env)).toThrow(
      /ADMIN_TOKEN must be set/,
    );
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
