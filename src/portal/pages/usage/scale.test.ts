import { describe, expect, it } from "vitest";
import { brief, roundAbove } from "./scale.ts";

describe("a chart's upper edge", () => {
  it.each([
    [0, 2],
    [2, 2],
    [3, 4],
    [5, 8],
    [9, 10],
    [11, 20],
    [41, 50],
    [51, 80],
    [999, 1000],
    [1001, 2000],
  ])("for %i is %i", (most, edge) => {
    expect(roundAbove(most)).toBe(edge);
  });
});

describe("a number at the edge", () => {
  it("is short", () => {
    expect([0, 950, 5000, 10_000, 12_500, 400_000, 1_000_000, 2_500_000].map(brief)).toEqual([
      ...["0", "950", "5000", "10k", "12.5k", "400k", "1M", "2.5M"],
    ]);
  });
});
