import { describe, expect, it, vi } from "vitest";
import { FORMATS } from "./formats.ts";

/** By the documents that JSON Schema 2020-12, validation, 7.3 names: most of the texts are their own examples. */
const CASES: Record<string, { yes: string[]; no: string[] }> = {
  // RFC 3339, 5.6 and 5.8.
  date: {
    yes: ["2026-11-28", "2024-02-29"],
    no: ["2026-02-29", "2026-13-01", "2026-1-1", "26-11-28", "2026-11-28Z", "٢٠٢٦-١١-٢٨"],
  },
  time: {
    yes: ["23:20:50.52Z", "16:39:57-08:00", "12:00:27.87+00:20", "23:59:60Z", "15:59:60-08:00"],
    no: ["24:00:00Z", "12:60:00Z", "12:00:00", "12:00Z", "22:59:60Z", "12:00:00+24:00"],
  },
  "date-time": {
    yes: ["1985-04-12T23:20:50.52Z", "1996-12-19t16:39:57-08:00", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00"],
    no: ["1990-12-31 23:59:59Z", "1990-02-31T00:00:00Z", "1990-12-31T23:59:59", "1990-12-31"],
  },
  // RFC 3339, appendix A.
  duration: { yes: ["P3D", "P1Y2M3DT4H5M6S", "PT36H", "P4W"], no: ["P", "PT", "P1D2H", "4D", "P1Y1W", "P1Y2D"] },
  // RFC 5321, 4.1.2.
  email: {
    yes: [
      "joe.bloggs@example.com",
      "te~st@example.com",
      '"joe bloggs"@example.com',
      "joe@[127.0.0.1]",
      "joe@[IPv6:::1]",
    ],
    no: [
      "2962",
      ".test@example.com",
      "te..st@example.com",
      "joe@",
      "@example.com",
      "joe@[127.0.0.300]",
      "a b@example.com",
    ],
  },
  // RFC 1123, 2.1.
  hostname: {
    yes: ["www.example.com", "a", "xn--4gbwdl.xn--wgbh1c", "1host"],
    no: ["-a.com", "a-.com", "a_b", "", "a..b", `${"a".repeat(64)}.com`, `${"a.".repeat(127)}com`],
  },
  ipv4: {
    yes: ["192.168.0.1", "0.0.0.0", "255.255.255.255"],
    no: ["127.0.0.0.1", "256.1.1.1", "127.1", "087.10.0.1", "1.1.1.1 "],
  },
  // RFC 4291, 2.2.
  ipv6: {
    yes: ["::1", "::", "2001:DB8::8:800:200C:417A", "::FFFF:129.144.52.38", "1:2:3:4:5:6:7:8", "d6::"],
    no: ["12345::", "1:1:1:1:1:1:1:1:1", "::laptop", "1::2::3", "fe80::a%eth1", "127.0.0.1", "::1.2.3", "1:2"],
  },
  // RFC 3986, 1.1.2.
  uri: {
    yes: [
      "ftp://ftp.is.co.za/rfc/rfc1808.txt",
      "http://a.1/",
      "http://user:pa%20ss@example.com:8042/over/there?name=ferret#nose",
      "file:///etc/hosts",
      "http://www.ietf.org/rfc/rfc2396.txt",
      "ldap://[2001:db8::7]/c=GB?objectClass?one",
      "mailto:John.Doe@example.com",
      "news:comp.infosystems.www.servers.unix",
      "tel:+1-816-555-1212",
      "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
    ],
    no: [
      "http://x.y/#a#b",
      "http://x.y/[a]",
      "http://[::1::]/",
      "http://x.y:port/",
      "1http://x.y/",
      "//example.com/a",
      "/abc",
      "abc",
      "http://a b",
      "http://example.com/%zz",
      "\\\\WINDOWS\\file",
      "http://exa<mple",
    ],
  },
  "uri-reference": {
    yes: ["http://a/b", "//a/b", "//[::1]/x", "/abc", "abc", "./a:b", "a/b:c", "?q=/?", "#frag", ""],
    no: ["1a:b", "//[::1", "\\\\WINDOWS\\file", "#frag\\ment", "a b"],
  },
  // RFC 6570, 1.2.
  "uri-template": {
    yes: ["http://example.com/~{username}/", "http://example.com/search{?q,lang}", "{/id*}{?fields:3}", "plain"],
    no: ["http://example.com/{", "http://example.com/{a", "a}b", "a b"],
  },
  url: {
    yes: ["https://example.com", "http://localhost:8080/a?b#c", "ftp://example.com/x", "https://münchen.example/ü"],
    no: ["example.com", "mailto:a@b.example", "https://", "https://a b", "javascript:alert(1)"],
  },
  // RFC 4122, 3.
  uuid: {
    yes: ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"],
    no: ["f81d4fae7dec11d0a76500a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bfg"],
  },
  regex: {
    yes: ["^a+$", "([abc])+\\s+$", "(?=a)b", "^\\p{L}\\P{Script=Greek}$", "[\\p{Lu}-]", "\\\\p"],
    no: ["^(abc]", "(", "[a", "\\p{Nothing}", "\\p{L", "\\p", "[\\p{L}-z]"],
  },
  // RFC 6901, 5.
  "json-pointer": { yes: ["", "/foo/0", "/", "/a~1b", "/m~0n", "/ "], no: ["foo", "/a~", "/a~2", "#/a"] },
  "json-pointer-uri-fragment": { yes: ["#", "#/foo/0", "#/c%25d"], no: ["/foo", "#foo", "#/a%zz"] },
  "relative-json-pointer": {
    yes: ["1", "0/foo/bar", "2/0/baz/1/zip", "0#"],
    no: ["/foo/bar", "-1/foo", "01/a", "0##"],
  },
};

it("every format has its cases", () => expect(Object.keys(CASES).sort()).toEqual([...FORMATS.keys()].sort()));

it("a property of characters is read once, however often an expression asks for it", () => {
  const read: string[] = [];
  vi.stubGlobal(
    "RegExp",
    class extends RegExp {
      constructor(source: string, flags: string) {
        read.push(source);
        super(source, flags);
      }
    },
  );
  for (let n = 0; n < 3; n++) expect(FORMATS.get("regex")?.("\\p{Lt}".repeat(1000) + "x".repeat(n))).toBe(true);
  vi.unstubAllGlobals();
  expect(read.filter((source) => source.includes("\\p"))).toEqual(["\\p{Lt}"]);
});

describe.each(Object.entries(CASES))("%s", (format, { yes, no }) => {
  const is = FORMATS.get(format) ?? (() => undefined);
  it.each(yes)("is %j", (text) => expect(is(text)).toBe(true));
  it.each(no)("is not %j", (text) => expect(is(text)).toBe(false));
});
