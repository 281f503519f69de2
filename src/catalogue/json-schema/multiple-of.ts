/** A finite number as a whole number times a power of ten: its shortest decimal form, which JSON writes. */
function decimal(value: number): { digits: bigint; exponent: number } {
  const [coefficient = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const [whole = "0", fraction = ""] = coefficient.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** Whether a number is a multiple of another as they are written: 0.3 is one of 0.1, which binary fractions do not say. */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (!Number.isFinite(value) || !(divisor > 0)) return false;
  const [a, b] = [decimal(value), decimal(divisor)];
  const shift = a.exponent - b.exponent;
  return shift >= 0
    ? (a.digits * 10n ** BigInt(shift)) % b.digits === 0n
    : a.digits % (b.digits * 10n ** BigInt(-shift)) === 0n;
}
