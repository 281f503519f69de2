import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHttpDate } from "./http-date.ts";

const NOW = Date.UTC(2026, 10, 28);
/** The moment that RFC 9110, 5.6.7, writes in each of its forms. */
const EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("a date of HTTP", () => {
  it.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])(
    "is read in the form of %s",
    (text) => expect(parseHttpDate(text, NOW)).toBe(EXAMPLE),
  );

  it("of two digits is the nearest that is not more than 50 years ahead", () => {
    expect(parseHttpDate("Saturday, 28-Nov-76 00:00:00 GMT", NOW)).toBe(Date.UTC(2076, 10, 28));
    expect(parseHttpDate("Monday, 28-Nov-77 00:00:00 GMT", NOW)).toBe(Date.UTC(1977, 10, 28));
  });

  it("takes a leap second, and a leap day where there is one", () => {
    expect(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT", NOW)).toBe(Date.UTC(2017, 0, 1));
    expect(parseHttpDate("Thu, 29 Feb 2024 00:00:00 GMT", NOW)).toBe(Date.UTC(2024, 1, 29));
    expect(parseHttpDate("Sun, 29 Feb 2026 00:00:00 GMT", NOW)).toBeNull();
  });

  it.each([
    ...["", "tomorrow", "120", "2026-11-28T00:00:00Z", "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37"],
    ...["Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT"],
    ...["Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun Nov  6 08:49:37 1994 GMT"],
  ])("is not %j", (text) => expect(parseHttpDate(text, NOW)).toBeNull());

  it("is what toUTCString writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        expect(parseHttpDate(new Date(seconds * 1000).toUTCString(), NOW)).toBe(seconds * 1000);
      }),
    );
  });
});
