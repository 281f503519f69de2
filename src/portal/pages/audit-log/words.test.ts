import { describe, expect, it } from "vitest";
import { AUDIT_ACTIONS } from "../../../config/audit.ts";
import { ACTION_GROUPS, changesOf, pageOf, wordsFor } from "./words.ts";

const entry = (action: string, record: string | null, workspace_id: number | null = 7) => ({
  ...{ id: "aud_1", at: "2026-11-22T00:00:00.000Z", before: null, after: null, request_id: null, ip: null },
  ...{ country: null, user_agent: null, actor: { type: "admin" as const, id: null, name: null } },
  ...{ action, record, workspace_id },
});

it("every action can be asked for, once", () => {
  expect(ACTION_GROUPS.flatMap(({ actions }) => actions).toSorted()).toEqual([...AUDIT_ACTIONS].toSorted());
});

it("an action that is not known is called by its name", () => {
  expect(wordsFor("webhook.updated")).toBe("changed a webhook");
  expect(wordsFor("webhook.cloned")).toBe("webhook.cloned");
  expect(wordsFor("toString")).toBe("toString");
});

describe("what was changed is found at", () => {
  it.each([
    ["webhook.updated", "wh_1", "/portal/7/webhooks/wh_1"],
    ["notification.created", "wh_1", "/portal/7/webhooks/wh_1"],
    ["delivery.redelivered", "0197", "/portal/7/deliveries/0197"],
    ["event_type.created", "order.sent", "/portal/7/event-types/order.sent"],
    ["source.updated", "src_1", "/portal/7/sources/src_1"],
    ["webhook.deleted", "wh_1", null],
    ["token.revoked", "tok_1", null],
    ["token.created", "tok_1", null],
    ["secrets.reencrypted", null, null],
  ])("%s of %s: %s", (action, record, path) => {
    expect(pageOf(entry(action, record))).toBe(path);
  });

  it("no page, where it belongs to no workspace", () => {
    expect(pageOf(entry("webhook.updated", "wh_1", null))).toBeNull();
  });
});

describe("changes", () => {
  it("are told field by field", () => {
    expect(
      changesOf({
        before: { url: "https://a.example", events: ["*"], headers: null, channels: [] },
        after: { url: "https://b.example", events: ["ticket.*", "order.*"], headers: "••••", channels: ["eu"] },
      }),
    ).toEqual([
      { field: "url", before: "https://a.example", after: "https://b.example" },
      { field: "events", before: "*", after: "ticket.*, order.*" },
      { field: "headers", before: null, after: "••••" },
      { field: "channels", before: null, after: "eu" },
    ]);
  });

  it("leave out what was nothing and is nothing", () => {
    const made = { name: "First", description: null, channels: [], options: {}, timeout_ms: 0, paused: false };
    expect(changesOf({ before: null, after: made })).toEqual([
      { field: "name", before: null, after: "First" },
      { field: "timeout_ms", before: null, after: "0" },
      { field: "paused", before: null, after: "false" },
    ]);
  });

  it("say where a long value was cut, and how long it was", () => {
    const url = { cut: "https://a.example/", length: 2000 };
    expect(changesOf({ before: { url: null }, after: { url } })).toEqual([
      { field: "url", before: null, after: "https://a.example/… (cut: it has 2 000 characters)" },
    ]);
  });

  it("of nothing are none", () => {
    expect(changesOf({ before: null, after: null })).toEqual([]);
  });
});
