import { describe, expect, it } from "vitest";
import { covers } from "../lib/pattern.ts";
import { heard, SubscriptionIndex } from "./match.ts";

describe("a pattern", () => {
  it.each([
    ["ticket.created", "ticket.created", true],
    ["ticket.created", "ticket.created.x", false],
    ["ticket.created", "ticket.updated", false],
    ["*", "ticket.created", true],
    ["*", "ticket_creation", true],
    ["cases.*", "cases.created", true],
    ["cases.*", "cases.tasks.created", true],
    ["cases.tasks.*", "cases.tasks.created", true],
    ["cases.tasks.*", "cases.created", false],
    ["cases.*", "cases", false],
    ["cases.*", "casestudy.created", false],
    ["cases.*", "x.cases.created", false],
    ["assignments.status.*", "assignments.status.updated", true],
  ])("%s covers %s: %s", (pattern, type, expected) => {
    expect(covers(pattern, type)).toBe(expected);
  });
});

describe("the channels that a subscription hears", () => {
  it("are its own among the event's, or all if it has none", () => {
    expect(heard(["a", "b", "c"], { channels: ["c", "b", "x"] })).toEqual(["b", "c"]);
    expect(heard(["a", "b"], { channels: [] })).toEqual(["a", "b"]);
    expect(heard([], { channels: ["a"] })).toEqual([]);
  });
});

describe("a subscription with channels", () => {
  const everything = { id: "all", events: ["*"], channels: [] };
  const survey = { id: "survey", events: ["survey.*"], channels: ["survey-1", "survey-2"] };
  const index = new SubscriptionIndex([everything, survey]);
  const matched = (type: string, channels: string[]) => index.match(type, channels).map((each) => each.id);

  it("takes events of its channels only; one without takes all", () => {
    expect(matched("survey.response_completed", ["survey-2"])).toEqual(["all", "survey"]);
    expect(matched("survey.response_completed", ["survey-3"])).toEqual(["all"]);
    expect(matched("survey.response_completed", [])).toEqual(["all"]);
    expect(matched("ticket.created", ["survey-1"])).toEqual(["all"]);
  });

  it("is found again after more types than are remembered", () => {
    for (let type = 0; type < 2500; type++) index.match(`invented.${type}`, []);
    expect(matched("survey.response_completed", ["survey-1"])).toEqual(["all", "survey"]);
  });
});
