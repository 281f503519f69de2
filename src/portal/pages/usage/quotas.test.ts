import { describe, expect, it } from "vitest";
import { forecast, levelOf, usedOf } from "./quotas.ts";

describe("a quota", () => {
  it("is near its limit from 80 % on, and reached at it", () => {
    expect(levelOf({ used: 7, limit: 10 })).toBe("fine");
    expect(levelOf({ used: 8, limit: 10 })).toBe("near");
    expect(levelOf({ used: 10, limit: 10 })).toBe("reached");
    expect(levelOf({ used: 12, limit: 10 })).toBe("reached");
  });

  it("of nothing is reached by nothing, and no limit never", () => {
    expect(levelOf({ used: 0, limit: 0 })).toBe("reached");
    expect(levelOf({ used: 1_000_000, limit: null })).toBe("fine");
  });

  it("is said in words", () => {
    expect(usedOf({ used: 41, limit: 10_000 })).toBe("41 of 10\u202f000");
    expect(usedOf({ used: 3, limit: null })).toBe("3, no limit");
  });
});

describe("the forecast", () => {
  const events = {
    ...{ used: 100, limit: null, by_day: [] },
    ...{ period_start: "2026-11-01T00:00:00.000Z", period_end: "2026-12-01T00:00:00.000Z" },
  };

  it("goes on as it went so far", () => {
    expect(forecast(events, Date.parse("2026-11-11T00:00:00Z"))).toBe(300);
    expect(forecast(events, Date.parse("2026-11-16T00:00:00Z"))).toBe(200);
  });

  it("waits for a day to pass", () => {
    expect(forecast(events, Date.parse("2026-11-01T23:59:59Z"))).toBeNull();
  });
});
