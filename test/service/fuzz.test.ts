import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CASES } from "../support/callback-cases.ts";
import { eventually } from "../support/eventually.ts";
import {
  anyBytes,
  anySegment,
  anyUrl,
  anyValue,
  longQuery,
  noObject,
  objectOf,
  queryOf,
  UNKNOWN,
} from "../support/hostile.ts";
import { deliver, JSON_TYPE, sample } from "../support/provider-callbacks.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { api, type SpawnedService, spawnService } from "../support/service.ts";
import { createSource, listReceipts } from "../support/sources.ts";
import { dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

/*
 * Whatever comes, the answer is a problem document with a 4xx, and nothing is other than before. What is thrown is wrong by
 * construction, never by luck: a body has a field that no operation knows, or is no JSON object; a path names what was never
 * there; a query has a limit that none may have, or too many parameters. So no request can be valid by chance, as `{}` to a
 * PATCH would be.
 */

/** Other seeds: FUZZ_SEED=7 npx vitest run --project service test/service/fuzz.test.ts */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_122);

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}
interface Documented {
  description?: string;
  parameters?: { in: string; name: string }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
}
interface Document {
  paths: Record<string, Record<string, Documented>>;
  components: { schemas: Record<string, Schema> };
}
interface Operation {
  method: string;
  path: string;
  /** Undefined where it asks for no token. */
  scope: string | undefined;
  query: string[];
  /** The names of all fields in its body; undefined if it takes none. */
  fields: string[] | undefined;
}

let service: SpawnedService;
let receiver: Receiver;
let operations: Operation[];
/** Real ids, by the names of the parameters. */
let samples: Record<string, string>;
/** For what works on the token's own workspace, which is another: using it is no change of the one that is looked at. */
let ownToken: string;

function fieldsOf(schema: Schema, all: Document["components"]["schemas"]): string[] {
  const { $ref, properties = {}, items, anyOf = [] } = schema;
  const below = [...Object.values(properties), ...(items ? [items] : []), ...anyOf];
  const named = $ref ? fieldsOf(all[$ref.split("/").at(-1) ?? ""] ?? {}, all) : [];
  return [...new Set([...named, ...Object.keys(properties), ...below.flatMap((each) => fieldsOf(each, all))])];
}

async function documented(): Promise<Operation[]> {
  const { json } = await api(service.url, "")<Document>("GET", "/openapi.json");
  return Object.entries(json.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { description = "", parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      scope: /Scope: `(\w+)`/.exec(description)?.[1],
      query: parameters.filter((each) => each.in === "query").map(({ name }) => name),
      fields:
        requestBody &&
        Object.values(requestBody.content).flatMap(({ schema }) => fieldsOf(schema, json.components.schemas)),
    })),
  );
}

/** A mail with a file: real ids of all that there is below a source. */
async function receivedMail(workspace: Workspace) {
  const source = await createSource(workspace, "postmark", { username: "postmark", password: "hunter2" });
  const authorization = `Basic ${Buffer.from("postmark:hunter2").toString("base64")}`;
  const headers = { ...JSON_TYPE, authorization };
  await deliver(source.callback_url, { method: "POST", headers, body: sample("postmark", "Inbound") });
  // Until it is published its events are on their way, and the state is not yet what it will be.
  const [receipt] = await eventually(
    () => listReceipts(workspace, source),
    ([only]) => (only?.events ?? []).length > 0,
  );
  if (!receipt) throw new Error("The mail was not received");
  return { provider: "postmark", source: source.id, receipt: receipt.id, attachment: "0-0" };
}

const newToken = async (workspace: Workspace, scopes: string[]): Promise<{ id: string; token: string }> =>
  dataOf(await workspace.call<{ data: { id: string; token: string } }>("POST", "/tokens", { name: "t", scopes }));

beforeAll(async () => {
  console.info(`fuzz: seed ${SEED}`);
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  operations = await documented();
  const own = await newWorkspace(service, "Own");
  const target = await newWorkspace(service, "Target");
  ownToken = (await newToken(own, ["publish", "read", "manage"])).token;
  const survey = "survey-7";
  const webhook = dataOf(
    await target.call<{ data: Webhook }>("POST", `/surveys/${survey}/webhooks`, { url: `${receiver.url}/` }),
  );
  const ofCases = await own.webhook({ url: `${receiver.url}/cases`, events: ["cases.*"], dialect: "cases" });
  const event = await target.publish({ event: "survey.response_completed", data: { n: 1 }, channels: [survey] });
  const delivery = await target.attempted(webhook.id);
  await target.call("POST", "/event-types", { name: "order.sent" });
  const received = await receivedMail(target);
  const link = dataOf(await target.call<{ data: { id: string } }>("POST", "/portal-links", {})).id;
  samples = {
    link,
    workspace: String(target.id),
    survey,
    webhook: webhook.id,
    webhookId: ofCases.id,
    event: event.id,
    delivery: delivery.id,
    token_id: (await newToken(target, ["read"])).id,
    name: "order.sent",
    ...received,
  };
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** @throws Error for a parameter that nobody has given a sample for: a new kind of thing needs one above */
const filled = (path: string, other: Record<string, string> = {}): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = other[name] ?? samples[name];
    if (value === undefined) throw new Error(`${path}: give the tests a real id for {${name}}`);
    return value;
  });

const namesIn = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);

function tokenFor({ path, scope }: Operation): Record<string, string> {
  if (scope === undefined) return {};
  const token = path.includes("{workspace}") || scope === "admin" ? service.adminToken : ownToken;
  return { authorization: `Bearer ${token}` };
}

interface Shot {
  path: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** What of the inside a client must not see. */
const INTERNAL = /D1_|SQLITE|drizzle|node_modules|workerd|\.[jt]s:\d|at async |(Type|Range|Reference|Zod|Syntax)Error/;

/** Sends it, and throws unless the answer is a problem document with a 4xx that tells nothing of the inside. */
async function refused(operation: Operation, { path, headers = {}, body }: Shot): Promise<void> {
  const answer = await fetch(service.url + path, {
    method: operation.method,
    headers: { ...tokenFor(operation), ...(body === undefined ? {} : JSON_TYPE), ...headers },
    redirect: "manual",
    body: body ?? null,
  });
  const text = await answer.text();
  const seen = `${operation.method} ${operation.path}: ${answer.status} ${text.slice(0, 500)}`;
  if (answer.status < 400 || answer.status > 499) throw new Error(seen);
  expect(answer.headers.get("content-type"), seen).toBe("application/problem+json");
  expect(JSON.parse(text), seen).toMatchObject({
    status: answer.status,
    code: expect.stringMatching(/^[a-z_]+$/),
    title: expect.any(String),
    detail: expect.any(String),
    request_id: answer.headers.get("x-request-id"),
  });
  expect(text).not.toMatch(INTERNAL);
  expect(text.length).toBeLessThan(150_000);
}

/** What every operation that reads says, as text. */
async function state(): Promise<Record<string, string>> {
  const reading = operations.filter(({ method, scope }) => method === "GET" && scope !== undefined);
  const found: Record<string, string> = {};
  for (const operation of reading) {
    const answer = await fetch(service.url + filled(operation.path), { headers: tokenFor(operation) });
    expect(answer.status, operation.path).toBe(200);
    found[operation.path] = await answer.text();
  }
  return found;
}

/** Throws so many shots at each operation, and looks whether anything is other than before. */
async function harmless(
  chosen: readonly Operation[],
  shots: number,
  shotsAt: (operation: Operation) => fc.Arbitrary<Shot>,
): Promise<void> {
  expect(chosen.length).toBeGreaterThan(0);
  const before = await state();
  const ends = await Promise.allSettled(
    chosen.map((operation) =>
      fc.assert(
        fc.asyncProperty(shotsAt(operation), (shot) => refused(operation, shot)),
        { seed: SEED, numRuns: shots },
      ),
    ),
  );
  const failures = ends.flatMap((end) => (end.status === "rejected" ? [String(end.reason.message ?? end.reason)] : []));
  expect(failures).toEqual([]);
  expect(await state()).toEqual(before);
}

const withBody = () => operations.filter(({ fields }) => fields !== undefined);
const at = (operation: Operation) => filled(operation.path);

describe("every operation that takes a body", () => {
  it("refuses objects of its own fields, of any values, with one field that it has not", async () => {
    expect(withBody().length).toBeGreaterThan(10);
    await harmless(withBody(), 60, (operation) =>
      objectOf(operation.fields ?? []).map((body) => ({ path: at(operation), body })),
    );
  });

  it("refuses what is no object", async () => {
    await harmless(withBody(), 25, (operation) => noObject.map((body) => ({ path: at(operation), body })));
  });

  it("refuses bytes, whatever they are said to be", async () => {
    const type = fc.constantFrom(
      "application/json",
      "application/json; charset=utf-16",
      "text/plain",
      "multipart/form-data",
    );
    const encoding = fc.constantFrom("identity", "gzip", "br");
    await harmless(withBody(), 25, (operation) =>
      fc.tuple(anyBytes, type, encoding).map(([body, contentType, contentEncoding]) => ({
        path: at(operation),
        headers: { "content-type": contentType, "content-encoding": contentEncoding },
        body,
      })),
    );
  });
});

describe("what lies behind the shape of a body", () => {
  const only = (method: string, path: string) =>
    operations.filter((operation) => operation.method === method && operation.path.endsWith(path));

  it("refuses a batch whose first event is well and whose last is not, both", async () => {
    const well = '{"event": "ticket.created", "data": {}}';
    await harmless(only("POST", "{workspace}/events"), 40, (operation) =>
      objectOf(["event", "data", "timestamp", "channels", "idempotency_key"]).map((last) => ({
        path: at(operation),
        body: `{"events": [${well}, ${last}]}`,
      })),
    );
  });

  it("refuses credentials that no provider has", async () => {
    const provider = fc.constantFrom(...new Set(CASES.map((each) => each.provider)), "__proto__", "constructor");
    const credentials = objectOf([
      "secret",
      "public_key",
      "auth_token",
      "username",
      "password",
      "signing_key",
      "token",
    ]);
    await harmless(only("POST", "{workspace}/sources"), 150, (operation) =>
      fc.tuple(provider, credentials).map(([name, given]) => ({
        path: at(operation),
        body: `{"provider": "${name}", "name": "x", "credentials": ${given}}`,
      })),
    );
  });

  it("refuses URLs that are none", async () => {
    const creating = [...only("POST", "/webhooks"), ...only("POST", "/endpoints")];
    await harmless(creating, 40, (operation) =>
      anyUrl.map((url) => ({
        path: at(operation),
        body: JSON.stringify({
          url,
          ...(operation.path.includes("survey") ? {} : { events: ["*"] }),
        }),
      })),
    );
    await harmless(only("PATCH", "/webhooks/{webhook}"), 40, (operation) =>
      anyUrl.map((url) => ({ path: at(operation), body: JSON.stringify({ url }) })),
    );
  });

  it("refuses half a character, and NUL, wherever a text of any kind may be", async () => {
    const half = fc.constantFrom("\\ud83d", "\\ude00", "\\ude00\\ud83d", "\\u0000").map((text) => `"ab${text}cd"`);
    const named = operations.filter(({ method, fields }) => method === "PATCH" && fields?.includes("name"));
    await harmless(named, 8, (operation) => half.map((name) => ({ path: at(operation), body: `{"name": ${name}}` })));
    await harmless(only("POST", "{workspace}/events"), 20, (operation) =>
      fc.tuple(half, fc.constantFrom("idempotency_key", "channel")).map(([text, where]) => ({
        path: at(operation),
        body: `{"event": "a", "data": 0, ${where === "channel" ? `"channels": [${text}]` : `"${where}": ${text}`}}`,
      })),
    );
  });
});

describe("every operation", () => {
  it("refuses a path that names what never was", async () => {
    const named = operations.filter(({ path }) => path.includes("{"));
    expect(named.length).toBeGreaterThan(25);
    await harmless(named, 25, (operation) =>
      fc.tuple(anySegment, fc.nat(), objectOf(operation.fields ?? [])).map(([segment, n, body]) => {
        const names = namesIn(operation.path);
        const name = names[n % names.length] ?? "";
        // A survey may have any name of letters and digits; it never has a tilde.
        const path = filled(operation.path, { [name]: name === "survey" ? `~${segment}` : segment });
        return operation.fields ? { path, body } : { path };
      }),
    );
  });

  it("refuses a query that says what none may", async () => {
    const tokened = operations.filter(({ scope, fields }) => scope !== undefined && fields === undefined);
    await harmless(tokened, 12, (operation) => {
      const long = longQuery(operation.query);
      const query = operation.query.includes("limit") ? fc.oneof(queryOf(operation.query), long) : long;
      return query.map((text) => ({ path: `${at(operation)}?${text}` }));
    });
  });

  it("refuses a token that is none", async () => {
    const header = fc.oneof(
      fc.constantFrom("", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "bearer pht_", `Bearer ${"x".repeat(7000)}`),
      fc.string({ minLength: 1, maxLength: 60 }).map((text) => `Bearer ${encodeURIComponent(text)}`),
    );
    await harmless(
      operations.filter(({ scope }) => scope !== undefined),
      8,
      (operation) =>
        header.map((authorization) => ({
          path: at(operation),
          headers: { authorization },
          ...(operation.method === "GET" ? {} : { body: "{}" }),
        })),
    );
  });
});

it("no path that is none of the document's is answered with anything else", async () => {
  const segments = fc.array(anySegment, { minLength: 1, maxLength: 5 });
  const elsewhere = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => ({
    ...{ method, path: "elsewhere", scope: "admin", query: [], fields: undefined },
  }));
  await harmless(elsewhere, 40, () => segments.map((all) => ({ path: `/~${all.join("/")}` })));
});

/** Providers that are to come again with a signature after a callback without one. */
const comesAgain = (provider: string) => provider.startsWith("vonage-");

it("a source believes no callback that nobody signed, of whatever form", async () => {
  const workspace = await newWorkspace(service, "Callbacks");
  const kinds = new Map(CASES.map((each) => [each.provider, each]));
  const sources = await Promise.all(
    [...kinds.values()].map(async ({ provider, credentials, options }) => ({
      provider,
      source: await createSource(workspace, provider, credentials, options),
    })),
  );
  expect(sources.length).toBeGreaterThan(15);
  const type = fc.constantFrom(
    ...["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=b"],
  );
  await Promise.all(
    sources.map(({ provider, source }) =>
      fc.assert(
        fc.asyncProperty(
          fc.oneof(anyValue, objectOf(["id", "type", "event"]), anyBytes),
          type,
          async (body, contentType) => {
            const headers = { "content-type": contentType };
            const answer = await fetch(source.callback_url, { method: "POST", headers, body });
            const text = await answer.text();
            const as = comesAgain(provider) && answer.status === 503 ? 401 : answer.status;
            if (as < 400 || as > 499) throw new Error(`${provider}: ${answer.status} ${text}`);
            expect(text).not.toMatch(INTERNAL);
          },
        ),
        { seed: SEED, numRuns: 15 },
      ),
    ),
  );
  const received = await Promise.all(sources.map(({ source }) => listReceipts(workspace, source)));
  expect(received.flat()).toEqual([]);
});

it("the field that makes a body wrong is one that no operation has", () => {
  const name = /^"(\w+)"/.exec(UNKNOWN)?.[1] ?? "";
  expect(name).not.toBe("");
  expect(operations.flatMap(({ fields = [] }) => fields)).not.toContain(name);
});
