import { describe, expect, it } from "vitest";
import type { AuditRow } from "../../config/schema.ts";
import { AuditQuery, viewEntry } from "./representation.ts";

const row = (actor: string, actorName: string | null): AuditRow => ({
  ...{ number: 1, at: 0, workspaceId: 1, action: "webhook.updated", record: "wh_1", before: null, after: null },
  ...{ requestId: null, ip: null, country: null, userAgent: null },
  actor,
  actorName,
});

describe("who made a change", () => {
  it.each([
    ["admin", null, { type: "admin", id: null, name: null }],
    ["service", null, { type: "service", id: null, name: null }],
    ["tok_01", "CI", { type: "token", id: "tok_01", name: "CI" }],
    ["lnk_01", "portal link", { type: "portal_link", id: "lnk_01", name: "portal link" }],
  ])("%s", (actor, name, shown) => {
    expect(viewEntry(row(actor, name), true).actor).toEqual(shown);
    expect(AuditQuery.parse({ actor }).actor).toBe(actor);
  });

  it("is nobody else", () => {
    expect(AuditQuery.safeParse({ actor: "wh_01" }).success).toBe(false);
  });
});
