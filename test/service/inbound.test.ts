import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { openInbox } from "../support/inbox.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { dataOf, newWorkspace, type Workspace } from "../support/workspace.ts";

interface Source {
  id: string;
  callback_url: string;
}

interface Receipt {
  id: string;
  verdict: string;
  reason: string | null;
  events: string[] | null;
}

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const source = async (provider: string, credentials: object, options: object = {}): Promise<Source> =>
  dataOf(
    await workspace.call<{ data: Source }>("POST", "/sources", { provider, name: provider, credentials, options }),
  );

const receipts = async ({ id }: Source): Promise<Receipt[]> =>
  dataOf(await workspace.call<{ data: Receipt[] }>("GET", `/sources/${id}/receipts`));

describe("a callback", () => {
  const SECRET = "It's a Secret to Everybody";
  const body = '{"zen":"Speak like a human.","price":1.0,"id":820982911946154508}';
  const headers = (secret: string, delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958") => ({
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": delivery,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  });

  it("that its provider has signed becomes an event, once, and reaches a subscriber", async () => {
    const inbox = openInbox(receiver);
    await workspace.webhook({ url: inbox.url, events: ["github.*"] });
    const github = await source("github", { secret: SECRET });
    expect(github.callback_url).toBe(`${service.url}/in/github/${github.id}`);
    for (let times = 0; times < 3; times++) {
      const answer = await fetch(github.callback_url, { method: "POST", headers: headers(SECRET), body });
      expect(answer.status).toBe(200);
    }
    const first = await inbox.first();
    const [receipt, ...others] = await receipts(github);
    expect(others).toEqual([]);
    expect(first.body.toString()).toContain(`"payload":${body}`);
    expect(JSON.parse(first.body.toString())).toMatchObject({
      event: "github.push",
      data: { provider: "github", event: "push", source_id: github.id, receipt_id: receipt?.id, payload: { price: 1 } },
    });
    const raw = dataOf(
      await workspace.call<{ data: { request: { body: string } } }>(
        "GET",
        `/sources/${github.id}/receipts/${receipt?.id}`,
      ),
    );
    expect(raw.request.body).toBe(body);
    expect(receipt).toMatchObject({ verdict: "verified", events: [expect.stringMatching(/^evt_/)] });
  });

  it("that somebody else has signed is refused without an effect, and the operator sees why", async () => {
    const github = await source("github", { secret: SECRET });
    const send = (more: Record<string, string>) =>
      fetch(github.callback_url, { method: "POST", headers: { ...headers("guessed"), ...more }, body });
    expect((await send({})).status).toBe(403);
    const { "x-hub-signature-256": _, ...unsigned } = headers(SECRET);
    expect((await fetch(github.callback_url, { method: "POST", headers: unsigned, body })).status).toBe(401);
    const seen = await eventually(
      async () => {
        const path = `/sources/${github.id}/rejections`;
        return dataOf(await workspace.call<{ data: { counts: Record<string, number> } }>("GET", path)).counts;
      },
      (counts) => Object.keys(counts).length === 2,
    );
    expect(seen).toEqual({ bad_signature: 1, missing_signature: 1 });
    expect(await receipts(github)).toEqual([]);
  });

  it("to nobody's address is not found; to another provider's neither", async () => {
    const github = await source("github", { secret: SECRET });
    for (const path of [
      "/in/github/src_01KM5QRAN0AKX5DS99AJREKXVH",
      `/in/stripe/${github.id}`,
      `/in/nobody/${github.id}`,
      "/in/github/x",
    ]) {
      expect((await fetch(service.url + path, { method: "POST", body })).status, path).toBe(404);
    }
  });

  it("that is too large is refused before it is read", async () => {
    const { callback_url } = await source("stripe", { signing_secret: SECRET });
    const answer = await fetch(callback_url, { method: "POST", body: "x".repeat(1_100_000) });
    expect(answer.status).toBe(413);
  });

  it("of a deleted source is not found, and what it received is gone", async () => {
    const github = await source("github", { secret: SECRET });
    await fetch(github.callback_url, { method: "POST", headers: headers(SECRET), body });
    expect(await receipts(github)).toHaveLength(1);
    expect((await workspace.call("DELETE", `/sources/${github.id}`)).status).toBe(204);
    const again = await fetch(github.callback_url, { method: "POST", headers: headers(SECRET), body });
    expect(again.status).toBe(404);
    expect((await workspace.call("GET", `/sources/${github.id}/receipts`)).status).toBe(404);
  });
});
