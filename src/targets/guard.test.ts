import { describe, expect, it } from "vitest";
import { HARMLESS_URLS, HOSTILE_URLS } from "../../test/support/urls.ts";
import { refuseTarget } from "./guard.ts";

const production = { allowPrivate: false };

describe("the target guard", () => {
  it("has enough to evaluate", () => {
    expect(HOSTILE_URLS.length).toBeGreaterThanOrEqual(200);
    expect(new Set(HOSTILE_URLS.map(([url]) => url)).size).toBe(HOSTILE_URLS.length);
    expect(HARMLESS_URLS.length).toBeGreaterThanOrEqual(60);
  });

  it.each(HOSTILE_URLS)("refuses %j: %s", (url) => {
    expect(refuseTarget(url, production)).toBeTypeOf("string");
  });

  it.each(HARMLESS_URLS)("lets %j pass", (url) => {
    expect(refuseTarget(url, production)).toBeNull();
  });

  it.each([
    ["https://127.1/", /^127\.0\.0\.1 is not reachable from the internet \(loopback\)/],
    ["https://[fd00::1]/", /^fd00::1 is not reachable from the internet \(private\)/],
    ["https://8.8.8.8/", /^An IP address cannot be a target; use a host name\.$/],
    ["https://example.com:6379/", /where Redis usually listens/],
    ["https://example.com:80/", /use 443, or one from 1024 on/],
  ])("says why: %s", (url, why) => {
    expect(refuseTarget(url, production)).toMatch(why);
  });

  it("refuses what is this deployment itself, and nothing that only looks like it", () => {
    const rules = { allowPrivate: false, ownHosts: ["hooks.example.com"] };
    expect(refuseTarget("https://hooks.example.com/in/generic/src_1", rules)).toMatch(/this service itself/);
    expect(refuseTarget("https://HOOKS.example.com:8443/", rules)).toMatch(/this service itself/);
    expect(refuseTarget("https://other.hooks.example.com/", rules)).toBeNull();
  });

  it("lets development use this machine, but nothing that is not HTTP", () => {
    const development = { allowPrivate: true };
    expect(refuseTarget("http://127.0.0.1:8080/hook", development)).toBeNull();
    expect(refuseTarget("file:///etc/passwd", development)).toBeTypeOf("string");
  });
});
