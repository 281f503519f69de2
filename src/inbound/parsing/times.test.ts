import { expect, it } from "vitest";
import { isoOf, isoOfSeconds, isoOfText, isoOperatorTime, isoTime, millisecondsOf } from "./times.ts";

it.each([
  [1_700_000_000, "2023-11-14T22:13:20.000Z"],
  ["1700000000", "2023-11-14T22:13:20.000Z"],
  [1_700_000_000_123, "2023-11-14T22:13:20.123Z"],
  ["1700000000123", "2023-11-14T22:13:20.123Z"],
  ["1700000000.5", "2023-11-14T22:13:20.500Z"],
  ["2023-11-14T23:13:20+01:00", "2023-11-14T22:13:20.000Z"],
  ["2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000Z"],
])("reads %j", (time, iso) => expect(isoOf(time)).toBe(iso));

it.each([undefined, null, "", "soon", "14 Nov 2023", true, {}, [1], "9999999999999999", Number.NaN, 1e300])(
  "takes %j for no time",
  (time) => {
    expect(isoOf(time)).toBeNull();
    expect(millisecondsOf(time)).toBeUndefined();
  },
);
it.each([
  ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"],
  ["2026-01-01T14:00:00.250Z", "2026-01-01T14:00:00.250Z"],
  ["2016-05-03T08:58:10+02:00", "2016-05-03T06:58:10.000Z"],
  ["2016-05-03T08:58:10+0000", "2016-05-03T08:58:10.000Z"],
  ["2020-07-17 02:35:15", "2020-07-17T02:35:15.000Z"],
  ["2026-01-01 10:00:00.123456", "2026-01-01T10:00:00.123Z"],
])("reads %s", (text, iso) => {
  expect(isoTime(text)).toBe(iso);
});

it.each(["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01", "1700000000", undefined, null])(
  "knows that %s is no time",
  (text) => {
    expect(isoTime(text)).toBeNull();
  },
);

it("reads the times of telephone networks", () => {
  expect(isoOperatorTime("2007170234")).toBe("2020-07-17T02:34:00.000Z");
  for (const none of ["1234567890", "200717023", "", undefined]) expect(isoOperatorTime(none)).toBeNull();
});

it("reads times", () => {
  expect(isoOfSeconds(1521472262.908181)).toBe("2018-03-19T15:11:02.908Z");
  expect(isoOfSeconds("1600112492")).toBe("2020-09-14T19:41:32.000Z");
  for (const none of [undefined, null, "", "soon", "1e99", Number.NaN, 1e20]) expect(isoOfSeconds(none)).toBeNull();
  expect(isoOfText("2020-02-01T10:53:34.416071Z")).toBe("2020-02-01T10:53:34.416Z");
  expect(isoOfText("Fri, 5 May 2023 17:44:33 -0400 (EDT)")).toBe("2023-05-05T21:44:33.000Z");
  for (const none of [undefined, null, "", "soon", 5]) expect(isoOfText(none)).toBeNull();
});
