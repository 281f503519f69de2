import { describe, expect, it } from "vitest";
import type { CatalogueType } from "../event-types/catalogue.ts";
import { firstOf, groupsOf } from "./catalogue.ts";

const type = (name: string, system: string): CatalogueType => ({
  ...{ name, system, title: `${name} of ${system}`, description: null },
  ...{ built_in: true, schema: null, sample: "{}", created_at: null },
});
const TYPES = [
  type("order.paid", "workspace"),
  type("ticket.created", "gopimi"),
  type("ticket.created", "platform"),
  type("ticket.closed", "platform"),
  type("note_deletion", "community"),
];

describe("the catalogue to choose from", () => {
  it("has each name once, under its first word", () => {
    const short = groupsOf(TYPES).map(({ types, ...group }) => ({ ...group, types: types.map(({ name }) => name) }));
    expect(short).toEqual([
      { name: "order", pattern: "order.*", systems: ["workspace"], types: ["order.paid"] },
      {
        ...{ name: "ticket", pattern: "ticket.*", systems: ["gopimi", "platform"] },
        types: ["ticket.created", "ticket.closed"],
      },
      { name: "community (single words)", pattern: null, systems: ["community"], types: ["note_deletion"] },
    ]);
  });

  it("tells what comes first: of the first pattern that covers any, the dialect's own", () => {
    expect(firstOf(TYPES, ["none.*", "ticket.*"], "platform")?.title).toBe("ticket.created of platform");
    expect(firstOf(TYPES, ["ticket.closed"], "gopimi")?.title).toBe("ticket.closed of platform");
    expect(firstOf(TYPES, ["*"], "community")?.name).toBe("note_deletion");
    expect(firstOf(TYPES, ["none.*"], "gopimi")).toBeUndefined();
  });
});
