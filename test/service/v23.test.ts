import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { failProbes, makeFailing } from "../support/failing.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { api, type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

const PATH = "/v2.3/webhooks/endpoints";
const URL_ = "https://partner.example.com/webhooks/xpath";

interface Endpoint {
  id: string;
  url: string;
  description: string | null;
  events: string[];
  status: string;
  secret?: string;
  created_at: string;
  updated_at: string;
}

type One = { data: Endpoint };
type Problem = { code: string; detail: string; errors?: { path: string }[] };

/** A tenant with a token of his own. */
interface Tenant {
  workspace: Workspace;
  call: Api;
  create(fields?: object): Promise<Endpoint>;
}

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

async function tokenOf(workspace: Workspace, scopes: string[]): Promise<string> {
  return dataOf(await workspace.call<{ data: { token: string } }>("POST", "/tokens", { name: "t", scopes })).token;
}

async function newTenant(scopes = ["read", "manage"]): Promise<Tenant> {
  const workspace = await newWorkspace(service);
  const call = api(service.url, await tokenOf(workspace, scopes));
  const fields = { url: URL_, events: ["cases.*"] };
  return {
    workspace,
    call,
    create: async (more) => dataOf(await call<One>("POST", PATH, { ...fields, ...more })),
  };
}

const without = ({ secret: _, ...rest }: Endpoint) => rest;

it("all endpoints are listed, the newest first, without secrets and without pages", async () => {
  const { call, create } = await newTenant();
  const created: Endpoint[] = [];
  for (let number = 0; number < 60; number++) created.push(await create());
  const { status, text } = await call("GET", PATH);
  expect(status).toBe(200);
  expect(text).toBe(JSON.stringify({ data: created.reverse().map(without) }));
});

it("a description is taken away by null", async () => {
  const { call, create } = await newTenant();
  const created = await create({ description: "Partner production endpoint" });
  const { status, json } = await call<One>("PATCH", `${PATH}/${created.id}`, { description: null });
  expect(status).toBe(200);
  expect(json.data).toEqual({ ...without(created), description: null, updated_at: json.data.updated_at });
});

describe("what is refused", () => {
  const url = URL_;
  const events = ["cases.*"];

  it.each([
    ["no event among them", { url, events: [] }, "events"],
    ["a dialect", { url, events, dialect: "gopimi" }, "dialect"],
    ["a secret", { url, events, secret: "whsec_AAAA" }, "secret"],
    ["an unknown field", { url, events, headers: {} }, "headers"],
  ])("a creation with %s", async (_, body, path) => {
    const { call } = await newTenant();
    const { status, headers, json } = await call<Problem>("POST", PATH, body);
    expect(status).toBe(422);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(json.errors?.map((error) => error.path)).toEqual([path]);
    expect((await call("GET", PATH)).text).toBe('{"data":[]}');
  });

  it("a change of anything that is not documented, or to a target that is not allowed", async () => {
    const { call, create } = await newTenant();
    const created = await create();
    const paths = async (body: object) => {
      const { status, json } = await call<Problem>("PATCH", `${PATH}/${created.id}`, body);
      return [status, json.errors?.map((error) => error.path)];
    };
    expect(await paths({ timeout_ms: 1000 })).toEqual([422, ["timeout_ms"]]);
    expect(await paths({ secret: created.secret })).toEqual([422, ["secret"]]);
    expect(await paths({ url: "ftp://partner.example.com/" })).toEqual([422, ["url"]]);
    expect((await call<One>("GET", `${PATH}/${created.id}`)).json.data).toEqual(without(created));
  });

  it("an id that is not there, or is another tenant's, or of a webhook of another system", async () => {
    const { workspace, call } = await newTenant();
    const other = await (await newTenant()).create();
    const gopimi = await workspace.webhook({ url });
    for (const id of ["wh_01J1C6ZGQ6FQTH2X6M2VS3P0XW", other.id, gopimi.id]) {
      for (const [method, body] of [["GET"], ["PATCH", {}], ["DELETE"]] as const) {
        const { status, json } = await call<Problem>(method, `${PATH}/${id}`, body);
        expect([method, status, json.code]).toEqual([method, 404, "not_found"]);
      }
    }
    expect((await call("GET", PATH)).text).toBe('{"data":[]}');
    expect((await workspace.getWebhook(gopimi.id)).status).toBe("active");
  });

  it("the admin token, which belongs to no workspace, and a token without the scope", async () => {
    const admin = await api(service.url, service.adminToken)<Problem>("GET", PATH);
    expect([admin.status, admin.json.code]).toEqual([403, "forbidden"]);
    expect(admin.json.detail).toContain("belongs to no workspace");
    expect((await (await newTenant(["manage"])).call("GET", PATH)).status).toBe(403);
    const reader = await newTenant(["read"]);
    expect((await reader.call("GET", PATH)).status).toBe(200);
    expect((await reader.call("POST", PATH, { url, events })).status).toBe(403);
  });
});

it("the canonical API shows the same endpoints, and one that was disabled is paused here until it is activated", async () => {
  const { workspace, call, create } = await newTenant();
  receiver.on("/failing", answer(500));
  const { id } = await create({ url: `${receiver.url}/failing`, events: ["cases.*"] });
  await workspace.change(id, { retry_policy: [3600], disable_after: { failures: 1, seconds: 0 } });
  expect(await workspace.getWebhook(id)).toMatchObject({ id, dialect: "cases", status: "active" });
  await makeFailing(workspace, id, "cases.created");
  await failProbes(workspace, id, 1);
  await eventually(
    () => workspace.getWebhook(id),
    ({ status }) => status === "disabled",
  );
  const seen = dataOf(await call<One>("GET", `${PATH}/${id}`));
  expect(seen.status).toBe("paused");
  expect(dataOf(await call<One>("PATCH", `${PATH}/${id}`, { status: "active" })).status).toBe("active");
  expect((await workspace.getWebhook(id)).status).toBe("active");
});
