import { describe, expect, it } from "vitest";
import { closest, coversAny, nearest } from "./suggest.ts";

const types = ["ticket.created", "ticket.updated", "ticket.message_created", "cases.tasks.created", "cases.closed"];

describe("a pattern", () => {
  it.each(["ticket.created", "ticket.*", "cases.*", "cases.tasks.*", "*"])("%s covers a known type", (pattern) => {
    expect(coversAny(pattern, types)).toBe(true);
  });

  it.each(["ticket", "tickets.*", "ticket.create", "cases.tasks.created.*", "created"])("%s covers none", (pattern) => {
    expect(coversAny(pattern, types)).toBe(false);
  });

  it("that covers everything covers nothing where there is nothing", () => {
    expect(coversAny("*", [])).toBe(false);
  });
});

describe("the closest names", () => {
  // Distances by hand: ticket.creatd is one letter short of ticket.created, and so on.
  it("of a slip come first", () => {
    expect(closest("ticket.creatd", types)[0]).toBe("ticket.created");
    expect(closest("tickets.*", types)[0]).toBe("ticket.*");
    expect(closest("case.task.*", types)[0]).toBe("cases.tasks.*");
  });

  it("are three at most, and none where nothing is known", () => {
    expect(closest("ticket.creatd", types)).toHaveLength(3);
    expect(closest("ticket.creatd", [])).toEqual([]);
  });

  it("are names alone where no pattern is meant", () => {
    // By hand: one letter more; three others; more than either.
    expect(nearest("sms.twilo", ["sms.plivo", "email.mailgun", "sms.twilio"])).toEqual([
      "sms.twilio",
      "sms.plivo",
      "email.mailgun",
    ]);
  });
});
