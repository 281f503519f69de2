import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { own } from "../support/own.ts";
import { deliver, JSON_TYPE, sample } from "../support/provider-callbacks.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { ROUTE_TABLE, type Row } from "../support/route-table.ts";
import { api, type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, listReceipts } from "../support/sources.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

const SCOPES = ["publish", "read", "manage"] as const;
const METHODS = ["get", "put", "post", "patch", "delete"] as const;

interface Operation {
  method: string;
  /** As in the document: `/api/v1/workspaces/{workspace}`. */
  path: string;
  /** What the document says that the token needs; undefined where it needs none. */
  scope: string | undefined;
  takesBody: boolean;
}

interface Document {
  paths: Record<string, Record<string, { description?: string; security?: unknown[]; requestBody?: unknown }>>;
}

let service: SpawnedService;
let receiver: Receiver;
let operations: Operation[];
let victim: Workspace;
/** Real ids of the workspace that others must not reach, by the names of the parameters. */
let samples: Record<string, string>;
/** Of the callers below, and one of the victim's that may do everything there. */
let tokens: Record<Caller | "victim", string>;

async function newToken(
  workspace: Workspace,
  scopes: readonly string[],
  more: object = {},
): Promise<{ id: string; token: string }> {
  const fields = { name: "t", scopes, ...more };
  return dataOf(await workspace.call<{ data: { id: string; token: string } }>("POST", "/tokens", fields));
}

/** A token that was good once, and had every scope. */
async function deadToken(workspace: Workspace, more: object, end: (id: string) => Promise<unknown>): Promise<string> {
  const { id, token } = await newToken(workspace, SCOPES, more);
  const status = async () => (await api(service.url, token)("GET", workspace.path)).status;
  if ((await status()) !== 200) throw new Error("It must have been good");
  await end(id);
  await eventually(status, (seen) => seen === 401, { everyMs: 50 });
  return token;
}

async function documented(): Promise<Operation[]> {
  const { json } = await api(service.url, "")<Document>("GET", "/openapi.json");
  return Object.entries(json.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const scope = /Scope: `(\w+)`/.exec(operation.description ?? "")?.[1];
      const needsToken = (operation.security ?? []).length > 0;
      if (needsToken !== (scope !== undefined)) throw new Error(`${method} ${path}: scope and security disagree`);
      return [{ method: method.toUpperCase(), path, scope, takesBody: operation.requestBody !== undefined }];
    }),
  );
}

const newLink = async (): Promise<string> =>
  dataOf(await victim.call<{ data: { id: string } }>("POST", "/portal-links", { expires_in: 3600 })).id;

/** A mail with one file, by way of a source: real ids of all that there is below a source. */
async function receivedMail(workspace: Workspace) {
  const authorization = `Basic ${Buffer.from("postmark:hunter2").toString("base64")}`;
  const source = await createSource(workspace, "postmark", { username: "postmark", password: "hunter2" });
  const headers = { ...JSON_TYPE, authorization };
  await deliver(source.callback_url, { method: "POST", headers, body: sample("postmark", "Inbound") });
  const [receipt] = await listReceipts(workspace, source);
  if (!receipt) throw new Error("The mail was not received");
  return { provider: "postmark", source: source.id, receipt: receipt.id, attachment: "0-0" };
}

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  operations = await documented();
  victim = await newWorkspace(service, "Victim");
  const stranger = await newWorkspace(service, "Stranger");
  const survey = "survey-7";
  // A survey's webhook is a webhook: its id stands in the paths of both.
  const webhook = dataOf(
    await victim.call<{ data: Webhook }>("POST", `/surveys/${survey}/webhooks`, { url: `${receiver.url}/` }),
  );
  const ofCases = await victim.webhook({ url: `${receiver.url}/cases`, events: ["cases.*"], dialect: "cases" });
  const event = await victim.publish({ event: "survey.response_completed", data: {}, channels: [survey] });
  const delivery = await victim.attempted(webhook.id);
  const spare = await newToken(victim, ["read"]);
  const { name } = dataOf(
    await victim.call<{ data: { name: string } }>("POST", "/event-types", { name: "order.sent" }),
  );
  const received = await receivedMail(victim);
  samples = {
    workspace: String(victim.id),
    survey,
    webhook: webhook.id,
    webhookId: ofCases.id,
    event: event.id,
    delivery: delivery.id,
    token_id: spare.id,
    link: await newLink(),
    ...received,
    name,
  };
  tokens = {
    victim: (await newToken(victim, SCOPES)).token,
    stranger: (await newToken(stranger, SCOPES)).token,
    publish: (await newToken(victim, ["publish"])).token,
    read: (await newToken(victim, ["read"])).token,
    manage: (await newToken(victim, ["manage"])).token,
    admin: service.adminToken,
    nobody: "",
    unknown: `pht_${"A".repeat(43)}`,
    garbage: "letmein",
    expired: await deadToken(victim, { expires_in: 3 }, async () => {}),
    revoked: await deadToken(victim, {}, (id) => victim.call("DELETE", `/tokens/${id}`)),
  };
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** @throws Error for a parameter that nobody has given a sample for: a new kind of thing needs one above */
function filled(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const sample = samples[name];
    if (sample === undefined) throw new Error(`${path}: give the tests a real id for {${name}}`);
    return sample;
  });
}

/** Calls an operation in a way that changes nothing even where it is let in: with a body that is no JSON. */
async function call({ method, path }: Operation, token: string, headers?: HeadersInit) {
  return api(service.url, token)(method, filled(path), method === "GET" ? undefined : "{", headers);
}

/** What each of the operations answers that is not what it should: nothing, when all is well. */
async function differing(
  chosen: readonly Operation[],
  look: (operation: Operation) => Promise<{ is: unknown; should: unknown }>,
): Promise<string[]> {
  const found: string[] = [];
  for (const operation of chosen) {
    const { is, should } = await look(operation);
    if (is !== should) found.push(`${operation.method} ${operation.path}: ${is}, not ${should}`);
  }
  return found;
}

/**
 * Where providers call. There a signature is the proof in place of a token, and nobody here can make one: that a callback
 * without it is refused, and which belongs to whom, is looked into with real callbacks (callbacks.test.ts).
 */
const isCallback = ({ path }: Operation) => path.startsWith("/in/");

const guarded = () => operations.filter(({ scope }) => scope !== undefined);

describe("the document", () => {
  it("names the operations, and real ids stand for all of their parameters", () => {
    expect(operations.length).toBeGreaterThan(20);
    expect(operations.map(({ path }) => filled(path)).filter((path) => path.includes("{"))).toEqual([]);
    expect(new Set(guarded().map(({ scope }) => scope))).toEqual(new Set([...SCOPES, "admin"]));
  });

  it("has paths that answer their owner: the ids are right", async () => {
    const reading = operations.filter((operation) => operation.method === "GET" && !isCallback(operation));
    expect(reading.length).toBeGreaterThan(5);
    const wrong = await differing(reading, async (operation) => {
      const token = operation.scope === "admin" ? service.adminToken : tokens.victim;
      const { status } = await call(operation, token);
      return { is: status >= 200 && status < 400 ? "let in" : status, should: "let in" };
    });
    expect(wrong).toEqual([]);
  });
});

/** Who calls. Each of the scopes is a token of the victim's with that one alone. */
const CALLERS = ["nobody", "unknown", "garbage", "expired", "revoked", "stranger", ...SCOPES, "admin"] as const;
type Caller = (typeof CALLERS)[number];

const rowOf = ({ method, path }: Operation): Row => own(new Map(Object.entries(ROUTE_TABLE)), `${method} ${path}`);

/** With what status a caller is refused; null: he is let in. */
function refusal({ path }: Operation, { needs }: Row, caller: Caller): number | null {
  if (needs === "public") return null;
  // Where the token says the workspace.
  const ofToken = path.startsWith("/v2.3/");
  switch (caller) {
    case "nobody":
    case "unknown":
    case "garbage":
    case "expired":
    case "revoked":
      return 401;
    case "stranger":
      if (path.includes("{workspace}") || path.includes("{webhookId}")) return 404;
      return needs === "admin" ? 403 : null;
    case "admin":
      return ofToken ? 403 : null;
    default:
      return caller === needs ? null : 403;
  }
}

/** What is answered to who is let in and asks in a way that changes nothing (harmless below). */
const admission = ({ method }: Operation, { letIn }: Row): number =>
  letIn ?? (method === "GET" ? 200 : method === "DELETE" ? 404 : 400);

/** Calls an operation that lets its caller in: what it would delete is not there, what it would read is no JSON. */
function harmless(operation: Operation, token: string) {
  if (operation.method !== "DELETE") return call(operation, token);
  const path = operation.path.replace(/\{\w+\}$/, (name) => (name === "{workspace}" ? "999999999" : "nothing"));
  return api(service.url, token)("DELETE", filled(path));
}

/** All that there is to see of the workspace, and of what happened; but for when its tokens were used. */
async function everythingVisible(): Promise<string[]> {
  const reading = operations.filter(
    (operation) => operation.method === "GET" && !["public", "signed"].includes(rowOf(operation).needs),
  );
  return Promise.all(
    reading.map(async (operation) => {
      const { status, text } = await call(operation, tokens[operation.path.startsWith("/v2.3/") ? "victim" : "admin"]);
      return `${operation.path} ${status} ${text.replaceAll(/"last_used_at":("[^"]*"|null)/g, "")}`;
    }),
  );
}

describe("the table", () => {
  it("has a row for each operation, and none for what there is not", () => {
    expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(
      Object.keys(ROUTE_TABLE).toSorted(),
    );
  });

  it("is what the document says", () => {
    const wrong = operations.filter((operation) => {
      const { needs } = rowOf(operation);
      return operation.scope !== (needs === "public" || needs === "signed" ? undefined : needs);
    });
    expect(wrong).toEqual([]);
  });

  it("has a body for what takes one", () => {
    const takes = operations.filter(({ method, takesBody }) => method !== "GET" && takesBody);
    expect(takes.filter((operation) => rowOf(operation).body === undefined)).toEqual([]);
  });
});

describe("every operation", () => {
  it.each(CALLERS)("answers %s as the table says, and does nothing where it refuses", async (caller) => {
    const asked = operations.filter((operation) => rowOf(operation).needs !== "signed");
    const refused = asked.filter((operation) => refusal(operation, rowOf(operation), caller) !== null);
    // Who may end all sessions has taken the one before away.
    samples.link = await newLink();
    const before = await everythingVisible();
    const wronglyRefused = await differing(refused, async (operation) => {
      const row = rowOf(operation);
      const { status, headers } = await api(service.url, tokens[caller])(
        operation.method,
        filled(operation.path),
        row.body,
      );
      const should = refusal(operation, row, caller);
      const asks = should === 401 ? " Bearer" : "";
      return { is: `${status}${asks && ` ${headers.get("www-authenticate")}`}`, should: `${should}${asks}` };
    });
    expect(wronglyRefused).toEqual([]);
    expect(await everythingVisible()).toEqual(before);

    const letIn = asked.filter((operation) => !refused.includes(operation));
    const wronglyLetIn = await differing(letIn, async (operation) => ({
      is: (await harmless(operation, tokens[caller])).status,
      should: admission(operation, rowOf(operation)),
    }));
    expect(wronglyLetIn).toEqual([]);
    // Each of them has something to do, and something that is none of his.
    expect(refused.length > 0 && letIn.length > 0).toBe(true);
  });

  it("answers an id of another workspace, under the caller's own, as one that was never given", async () => {
    samples.link = await newLink();
    // A survey's id is its publisher's: everybody may have one of that name.
    const { workspace: _, survey: __, ...ids } = samples;
    const own = await newWorkspace(service, "Curious");
    const { token } = await newToken(own, SCOPES);
    const below = operations.filter(
      (operation) =>
        operation.scope !== "admin" &&
        !isCallback(operation) &&
        Object.keys(ids).some((id) => operation.path.includes(`{${id}}`)),
    );
    expect(below.length).toBeGreaterThan(8);
    const wrong = await differing(below, async ({ method, path }) => {
      const foreign = filled(path.replace("{workspace}", String(own.id)));
      // A body that is wrong may be found before the id is looked for; either way nothing is told of the id.
      const unknown = foreign.replaceAll(/[0-9A-Z]{3}(?=$|\/)/g, "000");
      const ask = (at: string) => api(service.url, token)(method, at, method === "GET" ? undefined : {});
      const [is, should] = [await ask(foreign), await ask(unknown)];
      if (method === "GET" || method === "DELETE") expect(is.status).toBe(404);
      return { is: is.status, should: should.status };
    });
    expect(wrong).toEqual([]);
  });

  it("answers 401 to another scheme than Bearer", async () => {
    const basic = { authorization: `Basic ${Buffer.from(`admin:${service.adminToken}`).toString("base64")}` };
    const wrong = await differing(guarded(), async (operation) => ({
      is: (await call(operation, "", basic)).status,
      should: 401,
    }));
    expect(wrong).toEqual([]);
  });
});

it("a token that was revoked is refused within 30 seconds, and the others are not", async () => {
  const own = await newWorkspace(service, "Careful");
  const { id, token } = await newToken(own, ["read"]);
  const other = await newToken(own, ["read"]);
  const status = async (by: string) => (await api(service.url, by)("GET", `${own.path}/webhooks`)).status;
  expect(await status(token)).toBe(200);
  expect((await own.call("DELETE", `/tokens/${id}`)).status).toBe(204);
  await eventually(
    () => status(token),
    (seen) => seen === 401,
    { everyMs: 250 },
  );
  expect(await status(other.token)).toBe(200);
});
