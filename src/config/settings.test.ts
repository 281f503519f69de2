import { describe, expect, it } from "vitest";
import { settingsOf } from "./settings.ts";

const variables = (given: Record<string, string>): Env => {
  const needed = { ADMIN_TOKEN: "t", ENCRYPTION_KEY: "0123456789abcdef" };
  // Settings look at the variables alone.
  return { ...needed, ...given } as unknown as Env;
};

const environment = (NOTIFY_FROM?: string): Env => variables(NOTIFY_FROM === undefined ? {} : { NOTIFY_FROM });

describe("NOTIFY_FROM", () => {
  it.each([
    ["Posthorn <posthorn@example.com>", { name: "Posthorn", email: "posthorn@example.com" }],
    ['"Posthorn, Inc." <posthorn@example.com>', { name: "Posthorn, Inc.", email: "posthorn@example.com" }],
    ["posthorn@example.com", { name: "", email: "posthorn@example.com" }],
    ["<posthorn@example.com>", { name: "", email: "posthorn@example.com" }],
    ["", null],
    [undefined, null],
  ])("%j is read as %j", (text, sender) => {
    expect(settingsOf(environment(text)).NOTIFY_FROM).toEqual(sender);
  });

  it.each(["Posthorn", "Posthorn <posthorn>", "a@example.com, b@example.com", "Posthorn <a@example.com"])(
    "%j is refused",
    (text) => {
      expect(() => settingsOf(environment(text))).toThrow(/^Misconfigured: .*NOTIFY_FROM must be an address/s);
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
