/** A finite number as a whole number times a power of ten: its shortest decimal form, which JSON writes. */
function decimal(value: number): { digits: bigint; exponent: number } {
  const [coefficient = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const [whole = "0", fraction = ""] = coefficient.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** The digits of the shortest decimal form of any number are no more. */
const MOST_DIGITS = 17;

/**
 * Whether a number is a multiple of another as they are written: 0.3 is one of 0.1, which binary fractions do not say.
 * Numbers of a few hundred digits are never written out: exponents may be 600 apart.
 */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (!Number.isFinite(value) || !(divisor > 0)) return false;
  const [a, b] = [decimal(value), decimal(divisor)];
  const shift = a.exponent - b.exponent;
  if (shift >= 0) return (a.digits * powerOfTen(shift, b.digits)) % b.digits === 0n;
  // So much smaller than the divisor, only nothing is a multiple of it.
  if (-shift > MOST_DIGITS) return a.digits === 0n;
  return a.digits % (b.digits * 10n ** BigInt(-shift)) === 0n;
}

/** 10 to that power, modulo a number, by squaring. */
function powerOfTen(exponent: number, modulus: bigint): bigint {
  let result = 1n % modulus;
  let base = 10n % modulus;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}
