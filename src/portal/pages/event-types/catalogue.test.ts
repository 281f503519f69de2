import { describe, expect, it } from "vitest";
import { type CatalogueType, covering, grouped, isPublishable, matches } from "./catalogue.ts";

const type = (name: string, system: string, more: Partial<CatalogueType> = {}): CatalogueType => ({
  ...{ name, system, title: null, description: null, built_in: system !== "workspace" },
  ...{ schema: null, sample: null, created_at: null },
  ...more,
});

describe("the catalogue", () => {
  it("is grouped by system, the workspace's own first even if it is empty", () => {
    const types = [type("ticket.created", "gopimi"), type("sms.sent", "inbound"), type("ticket.closed", "gopimi")];
    expect(grouped(types).map(({ system, name, types }) => [system, name, types.map((each) => each.name)])).toEqual([
      ["workspace", "This workspace", []],
      ["gopimi", "Helpdesk", ["ticket.created", "ticket.closed"]],
      ["inbound", "Messages", ["sms.sent"]],
    ]);
  });

  it("shows a system that it has no name for by the API's", () => {
    expect(grouped([type("a", "moon")]).map(({ name }) => name)).toEqual(["This workspace", "moon"]);
  });

  it("is searched by all words, in any case", () => {
    const bounced = type("email.bounced", "inbound", { description: "A message came back." });
    expect(matches(bounced, "EMAIL back")).toBe(true);
    expect(matches(bounced, "email sent")).toBe(false);
    expect(matches(bounced, "")).toBe(true);
  });

  it("tells which patterns cover a type", () => {
    expect(covering(["ticket.*", "sms.sent", "*"], "ticket.created")).toEqual(["ticket.*", "*"]);
  });

  it("leaves to Posthorn what Posthorn reports", () => {
    expect(isPublishable({ system: "operational" })).toBe(false);
    expect(isPublishable({ system: "workspace" })).toBe(true);
  });
});
