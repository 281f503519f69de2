import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import type { Problem } from "../support/refusal.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

/** What a workspace may occupy, whatever its plan says; small enough to be reached. */
const CEILINGS = { webhooks: 3, sources: 2, tokens: 3, portal_links: 3, audit_entries: 30 };
const PLANS = {
  open: { webhooks: null, sources: null, events: null },
  large: { webhooks: 5, sources: 4, events: null },
};

const URL_ = "https://your-app.com/webhooks";
const SOURCE = { provider: "github", name: "g", credentials: { secret: "s3cr3t-of-github" } };

let service: SpawnedService;

beforeAll(async () => {
  service = await spawnService({ vars: { CEILINGS: JSON.stringify(CEILINGS), PLANS: JSON.stringify(PLANS) } });
});

afterAll(() => service.stop());

async function onPlan(plan: string | null): Promise<Workspace> {
  const workspace = await newWorkspace(service);
  const admin = api(service.url, service.adminToken);
  expect((await admin("PATCH", workspace.path, { plan })).status).toBe(200);
  return workspace;
}

const webhook = (workspace: Workspace) => workspace.call<Problem>("POST", "/webhooks", { url: URL_, events: ["*"] });
const source = (workspace: Workspace) => workspace.call<Problem>("POST", "/sources", SOURCE);
const token = (workspace: Workspace) => workspace.call<Problem>("POST", "/tokens", { name: "t", scopes: ["read"] });
const link = (workspace: Workspace) => workspace.call<Problem>("POST", "/portal-links", {});

const countOf = async (workspace: Workspace, what: string) =>
  dataOf(await workspace.call<{ data: unknown[] }>("GET", `/${what}?limit=100`)).length;

/** Asks at once more often than there is room for. @returns how many were let in; the others are refused as documented */
async function crowd(ask: () => Promise<{ status: number; json: Problem }>, times: number) {
  const answers = await Promise.all(Array.from({ length: times }, ask));
  const refused = answers.filter(({ status }) => status !== 201);
  for (const { status, json } of refused) expect([status, json.code]).toEqual([403, "quota_exceeded"]);
  return answers.length - refused.length;
}

describe.each([
  ["without a plan", null],
  ["on a plan without limits", "open"],
])("a workspace %s", (_, plan) => {
  it("has as many webhooks as the deployment allows, at whichever door, and no more", async () => {
    const workspace = await onPlan(plan);
    const cases = api(service.url, await workspace.token("manage"));
    const doors = [
      () => webhook(workspace),
      () => workspace.call<Problem>("POST", "/surveys/s7/webhooks", { url: URL_ }),
      () => cases<Problem>("POST", "/v2.3/webhooks/endpoints", { url: URL_, events: ["cases.*"] }),
    ];
    for (const door of doors) expect((await door()).status).toBe(201);
    for (const door of doors) {
      const { status, json } = await door();
      expect([status, json.code, json.detail]).toEqual([
        403,
        "quota_exceeded",
        "This deployment allows a workspace 3 webhooks, and this one has 3: delete one, or ask its operator for more.",
      ]);
    }
    expect(await countOf(workspace, "webhooks")).toBe(3);
    const [first] = dataOf(await workspace.call<{ data: { id: string }[] }>("GET", "/webhooks"));
    await workspace.call("DELETE", `/webhooks/${first?.id}`);
    expect((await webhook(workspace)).status).toBe(201);
  });

  it("has as many sources, and is told of both limits by its usage", async () => {
    const workspace = await onPlan(plan);
    for (let n = 0; n < 2; n++) expect((await source(workspace)).status).toBe(201);
    const { json } = await source(workspace);
    expect([json.code, json.detail]).toEqual([
      "quota_exceeded",
      "This deployment allows a workspace 2 sources, and this one has 2: delete one, or ask its operator for more.",
    ]);
    expect(dataOf(await workspace.call<{ data: unknown }>("GET", "/usage"))).toMatchObject({
      webhooks: { used: 0, limit: 3 },
      sources: { used: 2, limit: 2 },
      events: { limit: null },
    });
  });
});

it("a plan's own number counts, be it above what the deployment allows without one", async () => {
  const workspace = await onPlan("large");
  expect([await crowd(() => webhook(workspace), 8), await crowd(() => source(workspace), 8)]).toEqual([5, 4]);
});

it("of many that come at once as many pass as there is room for", async () => {
  const workspace = await onPlan(null);
  expect(await crowd(() => webhook(workspace), 12)).toBe(3);
  expect(await crowd(() => source(workspace), 12)).toBe(2);
  expect(await crowd(() => token(workspace), 12)).toBe(3);
  expect(await crowd(() => link(workspace), 12)).toBe(3);
  const counts = ["webhooks", "sources", "tokens"].map((what) => countOf(workspace, what));
  expect(await Promise.all(counts)).toEqual([3, 2, 3]);
});

it("what is refused is in no log, and another workspace has its own room", async () => {
  const [full, other] = [await onPlan(null), await onPlan(null)];
  for (const ask of [webhook, source, token, link]) for (let n = 0; n < 5; n++) await ask(full);
  const log = dataOf(await full.call<{ data: { action: string }[] }>("GET", "/audit-log?limit=100"));
  const made = (action: string) => log.filter((entry) => entry.action === action).length;
  expect(["webhook.created", "source.created", "token.created", "portal_link.created"].map(made)).toEqual([3, 2, 3, 3]);
  for (const ask of [webhook, source, token, link]) expect((await ask(other)).status).toBe(201);
});

describe("a full workspace is told what to do about", () => {
  it("tokens", async () => {
    const workspace = await onPlan(null);
    for (let n = 0; n < 3; n++) await token(workspace);
    expect((await token(workspace)).json.detail).toBe(
      "This deployment allows a workspace 3 tokens, and this one has 3: revoke one, or ask its operator for more.",
    );
    const [first] = dataOf(await workspace.call<{ data: { id: string }[] }>("GET", "/tokens"));
    await workspace.call("DELETE", `/tokens/${first?.id}`);
    expect((await token(workspace)).status).toBe(201);
  });

  it("portal links", async () => {
    const workspace = await onPlan(null);
    for (let n = 0; n < 3; n++) await link(workspace);
    expect((await link(workspace)).json.detail).toBe(
      "This deployment keeps 3 portal links of a workspace, and this one has them: each goes a day after its end.",
    );
  });
});

describe("the audit log of a workspace", () => {
  it("keeps its newest entries, and the oldest leave; another's stay", async () => {
    const [busy, calm] = [await onPlan(null), await onPlan(null)];
    for (let n = 0; n < 5; n++) await calm.call("PATCH", "", { name: `calm ${n}` });
    const before = await countOf(calm, "audit-log");
    for (let n = 0; n < 90; n++) await busy.call("PATCH", "", { name: `name ${n}` });
    const entries = dataOf(await busy.call<{ data: { after: { name?: string } }[] }>("GET", "/audit-log?limit=100"));
    // They leave some at a time: twenty more may be there.
    expect(entries.length).toBeGreaterThanOrEqual(30);
    expect(entries.length).toBeLessThanOrEqual(50);
    expect(entries.map(({ after }) => after.name)).toEqual(entries.map((_, n) => `name ${89 - n}`));
    expect(await countOf(calm, "audit-log")).toBe(before);
  });
});
