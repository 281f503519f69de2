import { describe, expect, it } from "vitest";
import { refuseTarget } from "./guard.ts";

const production = { allowPrivate: false };

describe("the target guard", () => {
  it.each([
    ["http://example.com/", "not encrypted"],
    ["ftp://example.com/", "not HTTP"],
    ["javascript:alert(1)", "not HTTP"],
    ["example.com/hook", "no URL"],
    ["", "no URL"],
    ["https://user:secret@example.com/", "carries a password"],
    ["https://localhost/", "this machine"],
    ["https://LOCALHOST./", "this machine, in another spelling"],
    ["https://api.localhost/", "below localhost"],
    ["https://127.0.0.1/", "an address"],
    ["https://127.1/", "an address, shortened"],
    ["https://2130706433/", "an address as one number"],
    ["https://0x7f.0.0.1/", "an address in hexadecimal"],
    ["https://0177.0.0.1/", "an address in octal"],
    ["https://１２７.0.0.1/", "an address in full-width digits"],
    ["https://10.1.2.3/", "a private address"],
    ["https://169.254.169.254/latest/meta-data/", "the metadata service"],
    ["https://8.8.8.8/", "an address: the platform does not fetch those"],
    ["https://[::1]/", "an IPv6 address"],
    ["https://[::ffff:127.0.0.1]/", "an IPv6 address"],
    ["https://db.internal/", "an internal name"],
    ["https://printer.local/", "a local name"],
    ["https://api.default.svc/", "a cluster's name"],
    ["https://api.default.svc./", "a cluster's name with a trailing dot"],
    ["https://intranet/", "a single label"],
  ])("refuses %s: %s", (url) => {
    expect(refuseTarget(url, production)).toBeTypeOf("string");
  });

  it.each([
    "https://your-app.com/webhooks/gopimi",
    "https://hooks.example.co.uk:8443/a?b=c#d",
    "https://internal.example.com/",
    "https://local.example.com/",
    "https://münchen.example/",
    "https://example.com./",
    "https://1.2.3.4.example.com/",
  ])("lets %s pass", (url) => {
    expect(refuseTarget(url, production)).toBeNull();
  });

  it("lets development use this machine, but nothing that is not HTTP", () => {
    const development = { allowPrivate: true };
    expect(refuseTarget("http://127.0.0.1:8080/hook", development)).toBeNull();
    expect(refuseTarget("file:///etc/passwd", development)).toBeTypeOf("string");
  });
});
