import { Webhook as Verifier } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Received, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** Publishes an event and waits for its request. */
async function deliver(path: string): Promise<Received> {
  const before = receiver.requests.length;
  await workspace.publish({ event: "invoice.paid", data: { amount: 12 }, timestamp: "2026-03-26T14:30:00.250Z" });
  const arrived = await receiver.waitFor((all) => all.slice(before).some((request) => request.path === path));
  const request = arrived.slice(before).find((each) => each.path === path);
  if (!request) throw new Error("Nothing arrived");
  return request;
}

const headersOf = ({ headers }: Received) => ({
  "webhook-id": String(headers["webhook-id"]),
  "webhook-timestamp": String(headers["webhook-timestamp"]),
  "webhook-signature": String(headers["webhook-signature"]),
});

/** What the specification's own library makes of a request. */
function verified(secret: string, request: Received): unknown {
  return new Verifier(secret).verify(request.body.toString(), headersOf(request));
}

describe("the dialect standard", () => {
  it("is verified by the specification's library, which finds a changed body", async () => {
    const webhook = await workspace.webhook({ url: `${receiver.url}/plain`, dialect: "standard" });
    const request = await deliver("/plain");
    const payload = { type: "invoice.paid", timestamp: "2026-03-26T14:30:00.250Z", data: { amount: 12 } };
    expect(verified(webhook.secret, request)).toEqual(payload);
    expect(request.body.toString()).toBe(JSON.stringify(payload));
    const changed = { ...request, body: Buffer.from(request.body.toString().replace("12", "13")) };
    expect(() => verified(webhook.secret, changed)).toThrow("No matching signature found");
  });

  it("identifies a delivery by the same id in every attempt, and says when each was made", async () => {
    let failures = 1;
    receiver.on("/again", (_, response) => {
      response.writeHead(failures-- > 0 ? 500 : 200).end();
    });
    const webhook = await workspace.webhook({ url: `${receiver.url}/again`, dialect: "standard", retry_policy: [1] });
    await workspace.publish({ event: "invoice.paid", data: {} });
    await receiver.waitFor((all) => all.filter(({ path }) => path === "/again").length === 2);
    const [first, second] = receiver.requests.filter(({ path }) => path === "/again");
    if (!first || !second) throw new Error("Two requests were there a moment ago");
    expect(second.headers["webhook-id"]).toBe(first.headers["webhook-id"]);
    expect(Number(second.headers["webhook-timestamp"])).toBeGreaterThan(Number(first.headers["webhook-timestamp"]));
    for (const request of [first, second]) expect(verified(webhook.secret, request)).toMatchObject({ data: {} });
  });
});
