import { describe, expect, it } from "vitest";
import { progressOf } from "./replay-progress.ts";
import { beginning, patternsOf, requestOf } from "./replay-request.ts";

const NOW = Date.parse("2026-03-26T14:00:00Z");
const LATER = "2026-03-26T14:00:30.000Z";
const row = (next: string | null, event = "ticket.created", attempts = 1) => ({
  ...{ event, attempts, next_attempt_at: next, waiting_for_endpoint: false },
});

describe("how far a replay is", () => {
  it("is told from what is due, what waits for a retry, and what failed", () => {
    const pending = [row(null), row("2026-03-26T13:59:59.000Z"), row(LATER)];
    expect(progressOf({ total: 10, status: "all" }, { pending, failed: [row(null)] }, NOW)).toEqual({
      total: 10,
      waiting: 2,
      retrying: 1,
      failed: 1,
      delivered: 6,
    });
  });

  it("counts what waits for a failing endpoint as not tried", () => {
    const pending = [{ ...row(LATER), waiting_for_endpoint: true }, row(LATER)];
    expect(progressOf({ total: 2, status: "all" }, { pending, failed: [] }, NOW)).toMatchObject({
      ...{ waiting: 1, retrying: 1 },
    });
  });

  it("leaves out what the replay was not about", () => {
    const pending = [row(null, "contact.updated"), row(null, "ticket.created", 0), row(LATER)];
    const about = { total: 3, status: "failed", events: ["ticket.*"] } as const;
    expect(progressOf(about, { pending, failed: [row(null, "contact.updated")] }, NOW)).toEqual({
      total: 3,
      waiting: 0,
      retrying: 1,
      failed: 0,
      delivered: 2,
    });
  });

  it("never counts more than there are", () => {
    const pending = [row(null), row(null), row(LATER)];
    expect(progressOf({ total: 2, status: "all" }, { pending, failed: [row(null)] }, NOW)).toEqual({
      total: 2,
      waiting: 2,
      retrying: 0,
      failed: 0,
      delivered: 0,
    });
  });
});

describe("the form for a replay", () => {
  it("begins with what failed in the last 24 hours", () => {
    expect(beginning(new URLSearchParams(), NOW)).toEqual({
      since: "2026-03-25T14:00",
      until: "2026-03-26T14:00",
      status: "failed",
      events: "",
    });
  });

  it("asks for nothing that is still to come", () => {
    const asked = { since: "2026-03-25T14:00", until: "2026-03-26T14:00", status: "all", events: "ticket.*, a.b" };
    expect(requestOf(asked, NOW)).toEqual({
      since: "2026-03-25T14:00:00Z",
      until: "2026-03-26T14:00:00.000Z",
      status: "all",
      events: ["ticket.*", "a.b"],
    });
  });

  it("takes patterns however they are parted", () => {
    expect(patternsOf(" a.b,c.*\n\nd ")).toEqual(["a.b", "c.*", "d"]);
    expect(patternsOf("  ")).toEqual([]);
  });
});
