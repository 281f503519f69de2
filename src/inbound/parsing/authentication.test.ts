import { describe, expect, it } from "vitest";
import { authenticatedBy, dkimOf, resultOf, spamOf } from "./authentication.ts";
import type { Pair } from "./form.ts";

const of = (...values: string[]) =>
  authenticatedBy(
    "mx.example.net",
    values.map((value): Pair => ["Authentication-Results", value]),
    "jane@example.org",
  );

describe("Authentication-Results", () => {
  it("tell of the envelope's sender, each signature and the author's domain", () => {
    expect(
      of(
        'mx.example.net; dkim=pass header.d=Example.org header.s=s1 header.b=Ab0=; dkim=fail (bad key) header.d=list.example.net; spf=none (mx.example.net: none found for postmaster@out.example.org) smtp.helo=out.example.org; spf=softfail (mx.example.net: 192.0.2.1 is none) smtp.mailfrom=SRS0=a=b=c@example.org; dmarc=pass header.from=example.org policy.dmarc=none; arc=none smtp.remote-ip="2001:db8::112d"',
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

  // What its sender chooses: an address in quotes, a greeting, the `i=` of a signature, in values and in comments.
  it.each([
    'mx.example.net; dkim=fail header.d=evil.example; spf=pass smtp.mailfrom="a; dkim=pass header.d=bank.example b"@evil.example; dmarc=fail',
    'mx.example.net; spf=pass (domain of "a) ; dkim=pass header.d=bank.example ("@evil.example) smtp.mailfrom=a@evil.example; dmarc=fail',
    'mx.example.net; spf=pass (domain of "a\\); dmarc=pass \\(b"@evil.example) smtp.mailfrom=x@evil.example; dmarc=fail',
    "mx.example.net; dkim=pass header.i=u header.d=bank.example x@evil.example header.s=s; dmarc=fail",
    "mx.example.net; dkim=pass header.i=u; dmarc=pass; x@evil.example header.s=s; dmarc=fail",
    "mx.example.net; spf=none (of a) smtp.helo=x;dkim=pass; dmarc=fail",
    "mx.example.net; spf=none (of a)dkim=pass(b) smtp.helo=x; dmarc=fail",
    "mx.example.net; spf=none (of a)) smtp.helo=x; dmarc=fail",
    "mx.example.net; spf=none (of (a) smtp.helo=x; dmarc=fail",
    // What is opened in a signature and closed in an address hides what stands in between.
    "mx.example.net; dkim=pass header.i=x; dmarc=pass header.from=bank.example; spf=pass smtp.mailfrom=info@bank.example ((@evil.example header.s=s; dmarc=fail (not aligned) header.from=bank.example; spf=fail (domain of a ) b=c@bank.example) smtp.mailfrom=a ) b=c@bank.example",
    "mx.example.net; dkim=none; dmarc=fail; spf=pass (domain of x) smtp.mailfrom=x; dkim=pass header.d=bank.example y=z@evil.example",
    "mx.example.net; dkim=pass header.i=u@bank.example; dmarc=pass; dkim=pass header.i=x@evil.example; dmarc=fail",
    "mx.example.net; dkim=pass header.i=x; dmarc=pass header.from=bank.example header.s=s; dmarc=fail",
    "mx.example.net; spf=pass smtp.mailfrom=a@bank.example; spf=fail smtp.mailfrom=b@bank.example",
  ])("say nothing where a sender may have written in them: %s", (value) => {
    expect(of(value)).toEqual({});
  });

  it("do not name a signature's domain where a sender may have named it", () => {
    const told = of(
      "mx.example.net; dkim=pass header.i=@bank.example header.s=s; dkim=pass header.d=evil.example; dmarc=fail",
    );
    const unnamed = { result: "pass", domain: null };
    expect(told).toEqual({ authentication: { spf: null, dkim: [unnamed, unnamed], dmarc: "fail" } });
  });

  it.each(["a b@evil.example", '"a"@evil.example', "a;b@evil.example", "a(b)@evil.example"])(
    "are not looked at beside an envelope's sender that may break out of them: %s",
    (path) => {
      const plain: Pair = ["Authentication-Results", "mx.example.net; spf=pass smtp.mailfrom=x"];
      expect(authenticatedBy("mx.example.net", [plain], path)).toEqual({});
    },
  );

  it("take an address for no property, and a greeting for no sender", () => {
    const told = of(
      "mx.example.net; spf=pass (of postmaster@evil.example) smtp.helo=evil.example; spf=fail (of a) smtp.mailfrom=a=smtp.helo=b@bank.example",
    );
    expect(told).toEqual({ authentication: { spf: "fail", dkim: [], dmarc: null } });
    expect(of("mx.example.net; spf=pass smtp.helo=evil.example")).toEqual({});
  });

  it("are not believed below the trace of another server", () => {
    const forged: Pair = ["Authentication-Results", "mx.example.net; spf=pass; dmarc=pass"];
    const own: Pair = ["Received", "from out.example.org by mx.example.net"];
    expect(authenticatedBy("mx.example.net", [own, ["Received", "by out.example.org"], forged], null)).toEqual({});
    expect(authenticatedBy("mx.example.net", [own, forged], "")).toMatchObject({ authentication: { spf: "pass" } });
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
