import { LIMITS } from "./figures.ts";

const encoder = new TextEncoder();

function bytesOf(value: unknown): number {
  // A UTF-16 unit is three bytes at most: only what may be too large is encoded to be measured.
  if (typeof value === "string") {
    return value.length * 3 <= LIMITS.rowBytes ? value.length : encoder.encode(value).byteLength;
  }
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? value.byteLength : 8;
}

/** An INSERT of one row, whose values are what is bound. */
const ONE_ROW = /^\s*(?:INSERT|REPLACE)\b(?![\s\S]*\)\s*,\s*\()[\s\S]*\bVALUES\b/i;

/**
 * @param prefix of the message, as the product has it
 * @throws Error where a bound value, or a row of bound values, is larger than the platform stores
 */
export function refuseTooLarge(sql: string, values: readonly unknown[], prefix = ""): void {
  const sizes = values.map(bytesOf);
  const row = sizes.reduce((sum, size) => sum + size, 0);
  if (row <= LIMITS.rowBytes) return;
  if (sizes.some((size) => size > LIMITS.rowBytes) || ONE_ROW.test(sql)) {
    throw new Error(`${prefix}string or blob too big: SQLITE_TOOBIG`);
  }
}
