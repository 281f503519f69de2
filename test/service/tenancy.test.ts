import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { deliver, JSON_TYPE, sample } from "../support/provider-callbacks.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
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
}

interface Document {
  paths: Record<string, Record<string, { description?: string; security?: unknown[] }>>;
}

let service: SpawnedService;
let receiver: Receiver;
let operations: Operation[];
/** Real ids of the workspace that others must not reach, by the names of the parameters. */
let samples: Record<string, string>;
let tokens: { victim: string; stranger: string } & Record<(typeof SCOPES)[number], string>;

async function newToken(workspace: Workspace, scopes: readonly string[]): Promise<{ id: string; token: string }> {
  return dataOf(
    await workspace.call<{ data: { id: string; token: string } }>("POST", "/tokens", { name: "t", scopes }),
  );
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
      return [{ method: method.toUpperCase(), path, scope }];
    }),
  );
}

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
  const victim = await newWorkspace(service, "Victim");
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
    ...received,
    name,
  };
  tokens = {
    victim: (await newToken(victim, SCOPES)).token,
    stranger: (await newToken(stranger, SCOPES)).token,
    publish: (await newToken(victim, ["publish"])).token,
    read: (await newToken(victim, ["read"])).token,
    manage: (await newToken(victim, ["manage"])).token,
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

describe("every operation", () => {
  it("is not there for a token of another workspace, whatever that may do at home", async () => {
    const within = guarded().filter(({ path }) => path.includes("{workspace}"));
    expect(within.length).toBeGreaterThan(15);
    const wrong = await differing(within, async (operation) => {
      const { status } = await call(operation, tokens.stranger);
      return { is: status, should: 404 };
    });
    expect(wrong).toEqual([]);
  });

  it("answers an id of another workspace, under the caller's own, as one that was never given", async () => {
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

  it.each([
    ["no token", ""],
    ["a token that nobody was given", `pht_${"A".repeat(43)}`],
    ["something that is no token", "letmein"],
  ])("answers 401 to %s, and says what it wants", async (_, token) => {
    const wrong = await differing(guarded(), async (operation) => {
      const { status, headers } = await call(operation, token);
      return { is: `${status} ${headers.get("www-authenticate")}`, should: "401 Bearer" };
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

  it.each(SCOPES)("answers 403 to a token with the scope %s alone exactly where it needs another", async (scope) => {
    const wrong = await differing(guarded(), async (operation) => {
      const { status } = await harmless(operation, tokens[scope]);
      return { is: status === 403, should: operation.scope !== scope };
    });
    expect(wrong).toEqual([]);
  });

  it("that needs no token asks for none", async () => {
    expect(operations.filter(isCallback).map(({ scope }) => scope)).toEqual([undefined, undefined]);
    const open = operations.filter((operation) => operation.scope === undefined && !isCallback(operation));
    expect(open.map(({ path }) => path)).toContain("/healthz");
    const wrong = await differing(open, async (operation) => {
      const { status } = await call(operation, "");
      return { is: status === 401 || status === 403, should: false };
    });
    expect(wrong).toEqual([]);
  });
});

/** Calls an operation that may be let in: what it would delete is not there. */
function harmless(operation: Operation, token: string) {
  if (operation.method !== "DELETE") return call(operation, token);
  const path = filled(operation.path.replace(/\{(?!workspace)\w+\}$/, "nothing"));
  return api(service.url, token)("DELETE", path);
}

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
    { timeoutMs: 30_000, everyMs: 250 },
  );
  expect(await status(other.token)).toBe(200);
});
