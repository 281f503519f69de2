import fc from "fast-check";
import { expect, it } from "vitest";
import { isMultipleOf } from "./multiple-of.ts";

it.each([
  [0.3, 0.1, true],
  [0.35, 0.1, false],
  [19.99, 0.01, true],
  [1e308, 0.123456789, false],
  [1e308, 1e-300, true],
  [5e-324, 1e308, false],
  [0, 1e308, true],
  [-6, 3, true],
  [7.5, 2.5, true],
  [1e-7, 1e-8, true],
  [1e21, 3, false],
  [12, 0, false],
])("%d is a multiple of %d: %s", (value, divisor, expected) => expect(isMultipleOf(value, divisor)).toBe(expected));

it("is what whole numbers say, of however many digits", () => {
  /** The value of a decimal text, times 10 to the 400th. */
  const scaled = (value: number): bigint => {
    const [coefficient = "", exponent = "0"] = value.toExponential().split("e");
    const [whole = "", fraction = ""] = coefficient.split(".");
    return BigInt(whole + fraction) * 10n ** BigInt(400 + Number(exponent) - fraction.length);
  };
  const number = fc.oneof(
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    fc
      .tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: -300, max: 300 }))
      .map(([n, e]) => Number(`${n}e${e}`)),
  );
  fc.assert(
    fc.property(
      number,
      number.filter((divisor) => divisor > 0),
      (value, divisor) => {
        expect(isMultipleOf(value, divisor)).toBe(scaled(value) % scaled(divisor) === 0n);
      },
    ),
  );
});
