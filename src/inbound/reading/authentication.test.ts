import { describe, expect, it } from "vitest";
import { authenticatedBy, dkimOf, resultOf, spamOf } from "./authentication.ts";
import type { Pair } from "./form.ts";

const of = (...values: string[]) =>
  authenticatedBy(
    "mx.example.net",
    values.map((value): Pair => ["Authentication-Results", value]),
  );

describe("Authentication-Results", () => {
  it("tell of the envelope's sender, each signature and the author's domain", () => {
    expect(
      of(
        "mx.example.net; dkim=pass header.d=Example.org header.s=s1 header.b=Ab0; dkim=fail (bad key) header.i=@list.example.net; spf=none smtp.helo=out.example.org; spf=softfail (mx.example.net: 192.0.2.1; no) smtp.mailfrom=jane@example.org; dmarc=pass header.from=example.org policy.dmarc=none; arc=none",
      ),
    ).toEqual({
      authentication: {
        spf: "softfail",
        dkim: [
          { result: "pass", domain: "example.org" },
          { result: "fail", domain: "list.example.net" },
        ],
        dmarc: "pass",
      },
    });
  });

  // What its sender chooses, in quotes and in comments (RFC 5322, 3.2.2 and 3.2.4), says nothing.
  it.each([
    'mx.example.net; dkim=fail header.d=evil.example; spf=pass smtp.mailfrom="a; dkim=pass header.d=bank.example b"@evil.example; dmarc=fail',
    'mx.example.net; dkim=fail reason="bad; dmarc=pass x" header.d=evil.example; spf=pass; dmarc=fail header.from=bank.example',
    'mx.example.net; dkim=fail header.d=evil.example; spf=pass (of "a\\); dmarc=pass \\(b"@evil.example) smtp.mailfrom=x@evil.example; dmarc=fail',
    'mx.example.net; spf=pass smtp.mailfrom="("@evil.example; dkim=fail header.d=evil.example; dmarc=fail',
    'mx.example.net; dkim=fail header.d=evil.example; spf=pass smtp.mailfrom="a\\"; dmarc=pass; x=\\""@evil.example; dmarc=fail',
  ])("are not to be written by the sender: %s", (value) => {
    expect(of(value)).toEqual({
      authentication: { spf: "pass", dkim: [{ result: "fail", domain: "evil.example" }], dmarc: "fail" },
    });
  });

  it("may have blanks and comments anywhere, and values in quotes", () => {
    const told = of('mx.example.net (v2) ; spf = pass ; dkim (a) = (b) pass header.b=Ab== header.d = "bank.example"');
    expect(told).toEqual({
      authentication: { spf: "pass", dkim: [{ result: "pass", domain: "bank.example" }], dmarc: null },
    });
  });

  it("are not believed below the trace of another server", () => {
    const forged: Pair = ["Authentication-Results", "mx.example.net; spf=pass; dmarc=pass"];
    const own: Pair = ["Received", "from out.example.org by mx.example.net"];
    expect(authenticatedBy("mx.example.net", [own, ["Received", "by out.example.org"], forged])).toEqual({});
    expect(authenticatedBy("mx.example.net", [own, forged])).toMatchObject({ authentication: { spf: "pass" } });
  });

  // RFC 8601, 2.2: a version may follow the name, and the method.
  it("may say their version", () => {
    expect(of("mx.example.net 1; spf/1=pass smtp.mailfrom=example.org")).toEqual({
      authentication: { spf: "pass", dkim: [], dmarc: null },
    });
  });

  it("are believed where they stand above what their sender may have written", () => {
    const forged = "mx.example.net; spf=pass; dkim=pass header.d=bank.example; dmarc=pass";
    expect(of("mx.example.net; spf=fail smtp.mailfrom=x.example", forged)).toEqual({
      authentication: { spf: "fail", dkim: [], dmarc: null },
    });
    expect(of("elsewhere.example; spf=pass", "mx.example.net.evil.example; spf=pass")).toEqual({});
  });

  it.each([
    "mx.example.net; none",
    "mx.example.net",
    "",
    ";;;",
    "mx.example.net; spf=maybe",
    "mx.example.net; (spf=pass",
  ])("%j say nothing", (value) => expect(of(value)).toEqual({}));
});

it("a result is one of RFC 8601, in any case", () => {
  expect(["Pass", " FAIL ", "hardfail", "SoftFail", "unknown", "", null].map(resultOf)).toEqual([
    ...["pass", "fail", "fail", "softfail"],
    ...[null, null, null],
  ]);
});

it("a domain that is none is not told", () => {
  expect(dkimOf("pass", `@${"a".repeat(300)}`)).toEqual({ result: "pass", domain: null });
});

it("spam is flagged, counted, both, or neither", () => {
  expect(spamOf("Yes, score=7.1", "7.1")).toEqual({ spam: { flagged: true, score: 7.1 } });
  expect(spamOf("no", null)).toEqual({ spam: { flagged: false, score: null } });
  expect(spamOf(null, "-0.2")).toEqual({ spam: { flagged: null, score: -0.2 } });
  expect(spamOf("", "")).toEqual({});
  expect(spamOf("nonsense", "many")).toEqual({});
});
