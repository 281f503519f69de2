import { expect, it } from "vitest";
import { isoOf, millisecondsOf } from "./times.ts";

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
