import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  answer,
  type Handler,
  hang,
  type Received,
  type Receiver,
  redirect,
  startReceiver,
} from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;
let paths = 0;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const TOKEN = "someverificationtoken";

interface Problem {
  code: string;
  detail: string;
}

/** As the community's documentation asks: the token must match, the body contains the challenge. */
const obliging: Handler = (request, response) => {
  const fits = request.query.get("verifyToken") === TOKEN;
  answer(fits ? 200 : 403, fits ? (request.query.get("challenge") ?? "") : "wrong token")(request, response);
};

function scene(handler: Handler): { path: string; url: string; requests: () => Received[] } {
  const path = `/${++paths}`;
  receiver.on(path, handler);
  return {
    path,
    url: receiver.url + path,
    requests: () => receiver.requests.filter((request) => request.path === path),
  };
}

const community = (url: string, more: Record<string, unknown> = {}) => ({
  url,
  events: ["ticket_status_change"],
  dialect: "community",
  verify_token: TOKEN,
  ...more,
});

async function refused(workspace: Workspace, fields: unknown): Promise<Problem> {
  const { status, json } = await workspace.call<Problem>("POST", "/webhooks", fields);
  expect(status).toBe(422);
  const listed = await workspace.call<{ data: unknown[] }>("GET", "/webhooks");
  expect(listed.json.data).toEqual([]);
  return json;
}

describe("setting up a community webhook", () => {
  it("asks the endpoint first, with challenge and verifyToken behind its own query", async () => {
    const workspace = await newWorkspace(service);
    const { url, requests } = scene(obliging);
    await workspace.webhook(community(`${url}?mine=1`));
    const [asked] = requests();
    expect(requests()).toHaveLength(1);
    expect(asked?.method).toBe("GET");
    expect(asked?.query.toString()).toMatch(/^mine=1&challenge=\d+&verifyToken=someverificationtoken$/);
  });

  it("asks with another challenge each time", async () => {
    const workspace = await newWorkspace(service);
    const { url, requests } = scene(obliging);
    await workspace.webhook(community(url));
    await workspace.webhook(community(url));
    const challenges = requests().map((request) => request.query.get("challenge"));
    expect(new Set(challenges).size).toBe(2);
  });

  it.each([
    ["another status", answer(403, "wrong token"), /403.*wrong token/],
    ["a body without the challenge", answer(200, "hello"), /200.*hello/],
    ["a 2xx that is not 200", answer(204), /204/],
    ["a redirect, which is not followed", redirect("/elsewhere"), /302/],
    ["a page of which only the beginning is shown", answer(500, "x".repeat(9000)), /"x{200}"/],
  ] as [string, Handler, RegExp][])("is refused with what came back: %s", async (_, handler, expected) => {
    const workspace = await newWorkspace(service);
    const problem = await refused(workspace, community(scene(handler).url));
    expect(problem.code).toBe("handshake_failed");
    expect(problem.detail).toMatch(expected);
    expect(receiver.requests.filter((request) => request.path === "/elsewhere")).toEqual([]);
  });

  it("is refused when nobody listens, and without a verify token", async () => {
    const workspace = await newWorkspace(service);
    expect((await refused(workspace, community("http://127.0.0.1:1/"))).code).toBe("handshake_failed");
    const { url, requests } = scene(obliging);
    expect((await refused(workspace, { ...community(url), verify_token: undefined })).code).toBe("invalid_request");
    expect(requests()).toEqual([]);
  });

  it("is refused when the endpoint does not answer", async () => {
    const workspace = await newWorkspace(service);
    const problem = await refused(workspace, community(scene(hang()).url));
    expect(problem.detail).toContain("timeout");
  });
});

describe("changing a community webhook", () => {
  it("asks again when the URL or the verify token is set, and not otherwise", async () => {
    const workspace = await newWorkspace(service);
    const { url, requests } = scene(obliging);
    const { id } = await workspace.webhook(community(url));
    await workspace.change(id, { name: "ours", status: "paused" });
    expect(requests()).toHaveLength(1);
    const moved = scene(obliging);
    await workspace.change(id, { url: moved.url });
    expect(moved.requests()).toHaveLength(1);
    await workspace.change(id, { verify_token: TOKEN });
    expect(moved.requests()).toHaveLength(2);
  });

  it("changes nothing when the endpoint does not pass", async () => {
    const workspace = await newWorkspace(service);
    const { url } = scene(obliging);
    const { id } = await workspace.webhook(community(url));
    for (const changes of [{ verify_token: "another" }, { url: scene(answer(200, "hello")).url, name: "moved" }]) {
      const { status, json } = await workspace.call<Problem>("PATCH", `/webhooks/${id}`, changes);
      expect([status, json.code]).toEqual([422, "handshake_failed"]);
    }
    expect(await workspace.getWebhook(id)).toMatchObject({ url, name: null });
  });
});

it("other dialects ask nothing", async () => {
  const workspace = await newWorkspace(service);
  const { url, requests } = scene(answer(500));
  for (const dialect of ["gopimi", "platform", "cases", "standard"]) await workspace.webhook({ url, dialect });
  expect(requests()).toEqual([]);
});
