import { expect, it } from "vitest";
import { sameBytes, sameText } from "./constant-time.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

it("tells the same from the different, of whatever length", () => {
  expect(sameBytes(bytes(1, 2), bytes(1, 2))).toBe(true);
  expect(sameBytes(bytes(1, 2), bytes(1, 3))).toBe(false);
  expect(sameBytes(bytes(1, 2), bytes(1, 2, 3))).toBe(false);
  expect(sameBytes(bytes(), bytes())).toBe(true);
  expect(sameText("secret ✓", "secret ✓")).toBe(true);
  expect(sameText("secret", "secret ")).toBe(false);
  expect(sameText("", "")).toBe(true);
});
