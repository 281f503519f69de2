import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delayAfter, parseRetryAfter } from "./schedule.ts";

const GOPIMI = [30, 120, 480, 1920, 7680];
const policy = fc.array(fc.integer({ min: 1, max: 86_400 }), { minLength: 1, maxLength: 10 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("the schedule", () => {
  it("follows the policy with a jitter of 0 to +10 %, and then ends", () => {
    fc.assert(
      fc.property(policy, random, (delays, jitter) => {
        for (const [retry, seconds] of delays.entries()) {
          const delay = delayAfter(delays, retry + 1, null, jitter);
          expect(delay).toBeGreaterThanOrEqual(seconds * 1000);
          expect(delay).toBeLessThanOrEqual(seconds * 1100);
        }
        expect(delayAfter(delays, delays.length + 1, null, jitter)).toBeNull();
      }),
    );
  });

  it("gives a helpdesk delivery five retries", () => {
    const delays = [1, 2, 3, 4, 5, 6].map((attempts) => delayAfter(GOPIMI, attempts, null, 0));
    expect(delays).toEqual([30_000, 120_000, 480_000, 1_920_000, 7_680_000, null]);
  });

  it("lets a receiver lengthen a delay up to a day, and never shorten it", () => {
    expect(delayAfter(GOPIMI, 1, 45_000, 0)).toBe(45_000);
    expect(delayAfter(GOPIMI, 1, 5_000, 0)).toBe(30_000);
    expect(delayAfter(GOPIMI, 1, 999_999_999_999, 0)).toBe(86_400_000);
    expect(delayAfter(GOPIMI, 6, 45_000, 0)).toBeNull();
  });
});

describe("Retry-After", () => {
  // The date of RFC 9110, 5.6.7.
  const now = Date.UTC(1994, 10, 6, 8, 49, 7);
  it.each([
    ["120", 120_000],
    ["0", 0],
    [" 7 ", 7000],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 30_000],
    ["Sun, 06 Nov 1994 08:00:00 GMT", 0],
    // The other two forms of the same page.
    ["Sunday, 06-Nov-94 08:49:37 GMT", 30_000],
    ["Sun Nov  6 08:49:37 1994", 30_000],
    // No more than a day, however much is asked for: what is kept of an answer is bounded.
    ["86401", 86_400_000],
    ["9".repeat(400), 86_400_000],
    ["Sun, 06 Nov 2094 08:49:37 GMT", 86_400_000],
    ["Sun, 06 Nov 1994 08:49:37 +0000", null],
    ["soon", null],
    ["-5", null],
    ["1.5", null],
    ["2026", 2_026_000],
    ["", null],
    [null, null],
  ])("%j asks for %j ms", (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });
});
