import { describe, expect, it } from "vitest";
import { autoFor, isForTicket, TicketOptions, ticketOf } from "./tickets.ts";

const mail = { to: ["support@in.example.com"], subject: "Hello" };
const none = () => undefined;
const options = { ticket_address: "reply+{ticket}@in.example.com", ticket_subject: "[#{ticket}]" };

describe("a mail", () => {
  it.each([
    [{ to: ["reply+42@in.example.com"] }, "42"],
    [{ to: ["x@y.example", "Reply+T-7_a@IN.example.com"] }, "T-7_a"],
    [{ cc: ["reply+9@in.example.com"] }, "9"],
    [{ envelope: { from: null, to: ["reply+7@in.example.com"] } }, "7"],
    [{ to: ["reply+1@in.example.com"], envelope: { from: null, to: ["reply+7@in.example.com"] } }, "7"],
    [{ delivered_to: ["x@y.example", "reply+8@in.example.com"] }, "8"],
    [{ subject: "Re: Cannot log in [#4711]" }, "4711"],
    [{ to: ["reply+1@in.example.com"], subject: "[#2]" }, "1"],
    [{ to: ["reply+@in.example.com"] }, null],
    [{ to: ["reply+42@in.example.com.evil.example"] }, null],
    [{ to: ["reply+42@inXexample.com"] }, null],
    [{ to: ["reply+4 2@in.example.com"] }, null],
    [{ subject: "#4711" }, null],
    [{ subject: null }, null],
  ])("that is %j belongs to the ticket %j", (fields, ticket) => {
    expect(ticketOf({ ...mail, ...fields }, options, none)).toBe(ticket);
  });

  it("belongs to the ticket of what it replies to, the nearest first", () => {
    const known = new Map([
      ["<a@x>", "1"],
      ["<b@x>", "2"],
      ["old@x", "3"],
    ]);
    const of = (fields: object) => ticketOf({ ...mail, ...fields }, {}, (id) => known.get(id));
    expect(of({ in_reply_to: "<a@x>" })).toBe("1");
    expect(of({ in_reply_to: "<z@x>", references: ["<a@x>", "<b@x>", "<z@x>"] })).toBe("2");
    // Remembered before ids had one form.
    expect(of({ in_reply_to: "<old@x>" })).toBe("3");
    expect(of({ in_reply_to: "<z@x>" })).toBeNull();
    expect(of({})).toBeNull();
  });
});

it.each(["reply@in.example.com", "{ticket}{ticket}"])("a pattern without a place for the ticket is none: %s", (bad) => {
  expect(TicketOptions.safeParse({ ticket_address: bad }).success).toBe(false);
});

const auto = { kind: "auto_reply", auto_submitted: "auto-replied", precedence: null, list: null } as const;

it.each([
  ["out_of_office", false],
  ["auto_reply", false],
  ["delivery_status", false],
  ["read_receipt", false],
  ["loop", false],
  ["bulk", true],
  ["list", true],
] as const)("what is %s is a ticket's: %j, and always where its source wants that", (kind, isTicket) => {
  expect(isForTicket({ ...auto, kind }, {})).toBe(isTicket);
  expect(isForTicket({ ...auto, kind }, { ticket_auto: false })).toBe(isTicket);
  expect(isForTicket({ ...auto, kind }, { ticket_auto: true })).toBe(true);
});

it("a person's mail is a ticket's", () => {
  expect(isForTicket(null, {})).toBe(true);
});

it("what was sent for the same source is a loop, for another it is as it is", () => {
  expect(autoFor({ auto, sent_for: "src_1" }, "src_1")).toEqual({ ...auto, kind: "loop" });
  expect(autoFor({ auto: null, sent_for: "src_1" }, "src_1")?.kind).toBe("loop");
  expect(autoFor({ auto, sent_for: "src_2" }, "src_1")).toBe(auto);
  expect(autoFor({}, "src_1")).toBeNull();
});
