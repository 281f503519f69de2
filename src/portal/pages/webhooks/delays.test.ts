import { describe, expect, it } from "vitest";
import { dialects } from "../../../systems/index.ts";
import { delaysOf, secondsOf, written, writtenDelays } from "./delays.ts";

describe("times as people write them", () => {
  it.each([
    ["30", 30],
    ["30s", 30],
    [" 2 min ", 120],
    ["1.5 h", 5400],
    ["2 Hours", 7200],
    ["1 d", 86_400],
    ["soon", undefined],
    ["-1 s", undefined],
    ["", undefined],
    ["1 week", undefined],
  ])("%j is %j seconds", (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each([
    [30, "30 s"],
    [480, "8 min"],
    [7680, "128 min"],
    [36_000, "10 h"],
    [86_400, "1 d"],
    [90, "90 s"],
  ])("%i seconds are written %j", (seconds, text) => {
    expect(written(seconds)).toBe(text);
  });

  it("come in lists, and are read back as they were", () => {
    expect(delaysOf("30, 2 min;8 min\n1 h")).toEqual([30, 120, 480, 3600]);
    expect(delaysOf("30, soon")).toBeUndefined();
    expect(delaysOf("None")).toEqual([]);
    expect(writtenDelays([])).toBe("none");
    for (const { retryDelays } of dialects.values()) expect(delaysOf(writtenDelays(retryDelays))).toEqual(retryDelays);
  });
});
