import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CustomHeaders, headerFaults } from "./header-rules.ts";

const takes = (headers: Record<string, string>): boolean => headerFaults(headers).length === 0;
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-${at}`, "v"]));

/** RFC 9110, 5.6.2: tchar. */
const TCHAR = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const inAnyCase = (name: string) =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) => [...name].map((each, at) => (upper[at] ? each.toUpperCase() : each)).join(""));

describe("custom headers", () => {
  it("take ordinary ones, credentials included", () => {
    expect(takes({ Authorization: "Bearer abc", "X-Tenant": "acme, inc.", "x-empty": "", Cookie: "a=b; c=d" })).toBe(
      true,
    );
    expect(takes({ hostname: "a", "x-host": "b", "my-webhook-id": "c", "x-content-type": "d", cfo: "e" })).toBe(true);
  });

  // The platform's own first, then the hop-by-hop ones of RFC 9110 and RFC 2616, then what each dialect documents.
  it.each([
    ...[
      "Host",
      "content-length",
      "User-Agent",
      "Content-Type",
      "CF-Ray",
      "cf-connecting-ip",
      "Content-Encoding",
      "Expect",
    ],
    ...["Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer"],
    ...["Transfer-Encoding", "Upgrade", "Via", "Forwarded", "X-Forwarded-For", "X-Real-IP"],
    ...["X-Webhook-Event", "X-Webhook-Delivery", "X-Webhook-Signature", "X-GoPimi-Signature"],
    ...["webhook-id", "webhook-timestamp", "webhook-signature", "svix-id", "Svix-Signature", "X-Webhook-Whatever"],
  ])("refuse the reserved name %s, in whatever case", (name) => {
    fc.assert(fc.property(inAnyCase(name), (spelled) => !takes({ [spelled]: "v" })));
  });

  it.each(["", "a b", "a:b", "é", "a\r\nb", "a\0", "(a)", "a/b", "a@b", "x\u2010y"])(
    "refuse %j, which is no header name",
    (name) => expect(takes({ [name]: "v" })).toBe(false),
  );

  it.each([
    "a\r\nb: c",
    "a\nb",
    "a\rb",
    "a\0b",
    "a\tb",
    "a\x7f",
    "\x1b[31m",
    "é",
    "ÿ",
    "€",
    "••••",
    "\ud800",
    " a",
    "a ",
  ])("refuse the value %j", (value) => expect(takes({ "x-a": value })).toBe(false));

  it("are twenty at most, and names differ in more than case", () => {
    expect(takes(many(20))).toBe(true);
    expect(takes(many(21))).toBe(false);
    expect(headerFaults({ "x-a": "1", "X-A": "2" })).toEqual([
      { name: "X-A", message: "The name appears twice: case does not count" },
    ]);
  });

  it("have 4,096 bytes at most, names and values together", () => {
    expect(takes({ "x-a": "a".repeat(4093) })).toBe(true);
    expect(takes({ "x-a": "a".repeat(4094) })).toBe(false);
    expect(takes({ "x-a": "a".repeat(2045), "x-b": "a".repeat(2045) })).toBe(true);
    expect(takes({ "x-a": "a".repeat(2045), "x-bb": "a".repeat(2045) })).toBe(false);
    expect(headerFaults({ "x-a": "€".repeat(1365) })).toContainEqual({
      name: null,
      message: "Names and values together may have at most 4096 bytes, and they have 4098",
    });
  });

  it("that are taken go into a request as they are", () => {
    const name = fc.string({ unit: fc.constantFrom(...TCHAR), minLength: 1, maxLength: 30 });
    const value = fc.string({ unit: fc.constantFrom(...TCHAR, ...' ,;:="/()<>@[]{}?\\'), maxLength: 60 });
    const anything = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: "binary", maxLength: 12 }));
    const headers = fc.dictionary(fc.oneof(name, anything), fc.oneof(value, anything), {
      maxKeys: 22,
      noNullPrototype: true,
    });
    let taken = 0;
    fc.assert(
      fc.property(headers, (given) => {
        if (!takes(given)) return;
        taken++;
        const { headers: sent } = new Request("https://example.com/", { method: "POST", headers: given });
        const expected = Object.entries(given).map(([key, text]) => [key.toLowerCase(), text]);
        expect(Object.fromEntries(sent)).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it("are refused for any character but printable ASCII, wherever it stands", () => {
    const wrong = fc.oneof(
      fc.constantFrom(..."\r\n\0\t\x7f"),
      fc.integer({ min: 0x80, max: 0xffff }).map((code) => String.fromCharCode(code)),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), wrong, fc.string({ maxLength: 20 }), (before, character, after) => {
        expect(takes({ "x-a": before + character + after })).toBe(false);
        expect(takes({ [`x${character}a`]: "v" })).toBe(false);
      }),
    );
  });

  it("name the header that is wrong, one or all", () => {
    const { error } = CustomHeaders.safeParse({ "x-fine": "v", "cf-ray": "v", "x-b": "\n" });
    expect(error?.issues.map((issue) => issue.path)).toEqual([["cf-ray"], ["x-b"]]);
    expect(CustomHeaders.safeParse(many(21)).error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [[], "At most 20 headers, and there are 21"],
    ]);
  });
});
