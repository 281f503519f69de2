import { describe, expect, it } from "vitest";
import { AUDIT_ACTIONS } from "../config/audit.ts";
import { defineRoute, nothing, type Route } from "./route.ts";
import { routes } from "./routes.ts";

/** What the service does by itself, and what goes along with another change of the same request. */
const NO_ROUTES_OWN = ["webhook.disabled", "notification.created", "notification.updated", "notification.deleted"];

const named = ({ method, path }: Route) => `${method} ${path}`;

describe("the audit log", () => {
  it("has a name for whatever changes something, or a reason to be silent about it", () => {
    const silent = routes.filter(({ method, audit }) => method !== "get" && audit === undefined);
    expect(silent.map(named)).toEqual([]);
    const reasoned = routes.filter(({ method, audit }) => method !== "get" && typeof audit === "object");
    expect(reasoned.map(named)).toEqual(["post /api/v1/workspaces/{workspace}/events", "post /in/{provider}/{source}"]);
  });

  it("has no name that nothing goes by", () => {
    const used = new Set(routes.flatMap(({ audit }) => (typeof audit === "string" ? [audit] : [])));
    expect([...used, ...NO_ROUTES_OWN].toSorted()).toEqual([...AUDIT_ACTIONS].toSorted());
  });

  it("knows who asks: what it tells of is open to nobody without a token", () => {
    expect(routes.filter(({ scope, audit }) => scope === "public" && typeof audit === "string").map(named)).toEqual([]);
  });

  it("cannot be left out: the compiler refuses it", () => {
    const facts = { path: "/x", scope: "manage", tag: "x", summary: "x" } as const;
    const success = { status: 204, schema: nothing } as const;
    // @ts-expect-error It says nothing about the audit log.
    defineRoute({ ...facts, success, method: "post" }, async () => undefined);
    // @ts-expect-error Nor does this.
    defineRoute({ ...facts, success, method: "delete", audit: undefined }, async () => undefined);
    // @ts-expect-error There is no such action.
    defineRoute({ ...facts, success, method: "patch", audit: "webhook.painted" }, async () => undefined);
    // @ts-expect-error What reads changes nothing.
    defineRoute({ ...facts, success, method: "get", audit: "webhook.updated" }, async () => undefined);
    // These are as they should be.
    defineRoute({ ...facts, success, method: "get" }, async () => undefined);
    defineRoute({ ...facts, success, method: "patch", audit: "webhook.updated" }, async ({ audit }) => {
      audit.unchanged("webhook.updated");
      return undefined;
    });
  });
});
