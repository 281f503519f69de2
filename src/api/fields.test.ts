import { describe, expect, it } from "vitest";
import { EventPattern, EventPatterns, Instant } from "./fields.ts";

const takes = (pattern: string): boolean => EventPattern.safeParse(pattern).success;

describe("event patterns", () => {
  it.each(["*", "ticket.created", "ticket_status_change", "cases.*", "cases.tasks.*", "a".repeat(200)])(
    "take %s",
    (it) => expect(takes(it)).toBe(true),
  );

  it.each(["", ".*", "**", "*.created", "ticket.", "ticket..created", "ticket.*.x", "ticket*", "a b", "a".repeat(201)])(
    "refuse %j",
    (it) => expect(takes(it)).toBe(false),
  );

  it("appear once, one to fifty of them", () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => `type_${at}`);
    expect(EventPatterns.safeParse([]).success).toBe(false);
    expect(EventPatterns.safeParse(["a", "a"]).success).toBe(false);
    expect(EventPatterns.safeParse(many(50)).success).toBe(true);
    expect(EventPatterns.safeParse(many(51)).success).toBe(false);
  });
});

describe("instants", () => {
  it("are read with their offset", () => {
    expect(Instant.parse("1970-01-01T00:00:01Z")).toBe(1000);
    expect(Instant.parse("1970-01-01T02:00:00.500+02:00")).toBe(500);
  });

  it.each(["2026-03-26", "2026-03-26T14:30:00", "2026-02-30T00:00:00Z", "1969-12-31T23:59:59Z", "yesterday"])(
    "refuse %s",
    (text) => expect(Instant.safeParse(text).success).toBe(false),
  );
});
