import { describe, expect, it } from "vitest";
import { fieldValueOf, instantOf } from "./dates.ts";

describe("a moment that was typed", () => {
  it.each([
    ["2026-03-26T14:30", "first", "2026-03-26T14:30:00Z"],
    ["2026-03-26T14:30", "last", "2026-03-26T14:30:59.999Z"],
    ["2026-03-26T14:30:07", "first", "2026-03-26T14:30:07Z"],
    ["2026-03-26T14:30:07", "last", "2026-03-26T14:30:07.999Z"],
    ["2026-03-26T14:30:07.250", "last", "2026-03-26T14:30:07.250Z"],
    ["2026-03-26T14:30:00+02:00", "first", "2026-03-26T14:30:00+02:00"],
    ["yesterday", "last", "yesterday"],
  ] as const)("%s as the %s of its minute", (typed, edge, instant) => {
    expect(instantOf(typed, edge)).toBe(instant);
  });

  it("stands in its field again", () => {
    expect(fieldValueOf("2026-03-26T14:30")).toBe("2026-03-26T14:30");
    expect(fieldValueOf("2026-03-26T14:30:00+02:00")).toBe("2026-03-26T12:30");
    expect(fieldValueOf("yesterday")).toBe("");
  });
});
