import { describe, expect, it } from "vitest";
import { minuteOf, momentOf } from "./filters.ts";

describe("a moment in a filter", () => {
  it("is in UTC and means the whole minute", () => {
    expect(momentOf("2026-11-22T07:40", "first")).toBe("2026-11-22T07:40:00.000Z");
    expect(momentOf("2026-11-22T07:40", "last")).toBe("2026-11-22T07:40:59.999Z");
    expect(momentOf("2026-11-22T07:40:05", "last")).toBe("2026-11-22T07:40:05Z");
  });

  it("stays what it is with an offset", () => {
    expect(momentOf("2026-11-22T08:40:00+01:00", "first")).toBe("2026-11-22T08:40:00+01:00");
    expect(minuteOf("2026-11-22T08:40:00+01:00")).toBe("2026-11-22T07:40");
  });

  it("leaves the field empty where it is none", () => {
    expect(minuteOf("")).toBe("");
    expect(minuteOf("yesterday")).toBe("");
  });
});
