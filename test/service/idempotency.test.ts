import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { createSource } from "../support/sources.ts";
import { dataOf, newWorkspace, type Published, type Webhook, type Workspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

let paths = 0;

/** A workspace with one webhook. */
async function tenant(): Promise<{ workspace: Workspace; webhook: Webhook; bodies(): string[] }> {
  const workspace = await newWorkspace(service);
  const path = `/${++paths}`;
  const webhook = await workspace.webhook({ url: receiver.url + path });
  const bodies = () => receiver.requests.filter((request) => request.path === path).map(({ body }) => body.toString());
  return { workspace, webhook, bodies };
}

/** Publishes one more event, and says which data arrived up to and with that one. */
async function arrivedUntilNow({ workspace, webhook, bodies }: Awaited<ReturnType<typeof tenant>>): Promise<unknown[]> {
  await workspace.publish({ event: "ticket.created", data: "last" });
  const data = () => bodies().map((body) => (JSON.parse(body) as { data: unknown }).data);
  await eventually(
    () => workspace.deliveries(webhook.id),
    (rows) => rows.every(({ status }) => status === "delivered") && data().includes("last"),
  );
  return data().filter((each) => each !== "last");
}

const withKey = (workspace: Workspace, key: string, body: object) =>
  workspace.call<{ data: Published; code?: string }>("POST", "/events", body, { "Idempotency-Key": key });

describe("an idempotency key", () => {
  it("answers the second time with the first id, and the event is delivered once", async () => {
    const at = await tenant();
    const event = { event: "ticket.created", data: { id: 42 } };
    const first = await withKey(at.workspace, "k-1", event);
    const second = await withKey(at.workspace, "k-1", event);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(first.json.data.duplicate).toBe(false);
    expect(second.json.data).toEqual({ ...first.json.data, duplicate: true });
    expect(await arrivedUntilNow(at)).toEqual([{ id: 42 }]);
  });

  it("means the same in the header and in the field", async () => {
    const at = await tenant();
    const event = { event: "ticket.created", data: { id: 43 } };
    const first = dataOf(await withKey(at.workspace, "k-2", event));
    const second = await at.workspace.publish({ ...event, idempotency_key: "k-2" });
    expect(second).toEqual({ ...first, duplicate: true });
    expect(await arrivedUntilNow(at)).toEqual([{ id: 43 }]);
  });

  it.each([
    ["data", { event: "ticket.created", data: { id: 2 } }],
    ["type", { event: "ticket.updated", data: { id: 1 } }],
    ["timestamp", { event: "ticket.created", data: { id: 1 }, timestamp: "2026-03-26T14:30:00Z" }],
  ])("is refused with another %s, and nothing is sent", async (_, other) => {
    const at = await tenant();
    await withKey(at.workspace, "k-3", { event: "ticket.created", data: { id: 1 } });
    const refused = await withKey(at.workspace, "k-3", other);
    expect(refused.status).toBe(409);
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(refused.json.code).toBe("idempotency_conflict");
    expect(await arrivedUntilNow(at)).toEqual([{ id: 1 }]);
  });

  it("stores one event of twenty requests that come at once", async () => {
    const at = await tenant();
    const event = { event: "ticket.created", data: { id: 44 } };
    const answers = await Promise.all(Array.from({ length: 20 }, () => withKey(at.workspace, "k-4", event)));
    const published = answers.map(dataOf);
    expect(new Set(published.map(({ id }) => id)).size).toBe(1);
    expect(published.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(await arrivedUntilNow(at)).toEqual([{ id: 44 }]);
  });

  it("works for each event of a batch, within one and from one to the next", async () => {
    const at = await tenant();
    const event = (key: string, id: number) => ({ event: "ticket.created", data: { id }, idempotency_key: key });
    const first = await at.workspace.publishAll([event("a", 1), event("b", 2), event("a", 1)]);
    expect(first.map(({ duplicate }) => duplicate)).toEqual([false, false, true]);
    expect(first[2]?.id).toBe(first[0]?.id);
    const second = await at.workspace.publishAll([event("c", 3), event("b", 2)]);
    expect(second.map(({ duplicate }) => duplicate)).toEqual([false, true]);
    expect(second[1]?.id).toBe(first[1]?.id);
    expect(await arrivedUntilNow(at)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it("that conflicts keeps the whole batch out", async () => {
    const at = await tenant();
    const event = (key: string, id: number) => ({ event: "ticket.created", data: { id }, idempotency_key: key });
    await at.workspace.publish(event("a", 1));
    const refused = await at.workspace.call("POST", "/events", { events: [event("x", 7), event("a", 2)] });
    expect(refused.status).toBe(409);
    expect((await at.workspace.publish(event("x", 8))).duplicate).toBe(false);
    expect(await arrivedUntilNow(at)).toEqual([{ id: 1 }, { id: 8 }]);
  });

  it("belongs to its workspace", async () => {
    const [one, other] = [await tenant(), await tenant()];
    await withKey(one.workspace, "shared", { event: "ticket.created", data: { id: 1 } });
    const answer = await withKey(other.workspace, "shared", { event: "ticket.created", data: { id: 2 } });
    expect(answer.status).toBe(202);
    expect(answer.json.data.duplicate).toBe(false);
    expect(await arrivedUntilNow(other)).toEqual([{ id: 2 }]);
  });

  it("does not take two channels for one whose name has a line feed in it", async () => {
    const { workspace } = await tenant();
    const event = (channels: string[]) => ({ event: "ticket.created", data: 1, channels });
    expect((await withKey(workspace, "k", event(["x", "y"]))).status).toBe(202);
    expect((await withKey(workspace, "k", event(["x\ny"]))).status).toBe(409);
    expect((await withKey(workspace, "k", event(["y", "x"]))).status).toBe(409);
    expect((await withKey(workspace, "k", event(["x", "y"]))).json.data.duplicate).toBe(true);
  });

  it("cannot take the place of an event that a source is about to publish", async () => {
    const at = await tenant();
    const token = "a-header-that-nobody-guesses";
    const source = await createSource(
      at.workspace,
      "generic",
      { value: token },
      { scheme: "header", header: "X-Token", event: "it" },
    );
    // As such keys have been made: the source, the receipt's row, and the place in it.
    for (let row = 0; row <= 3; row++) {
      await withKey(at.workspace, `${source.id}:${row}:0`, { event: "ticket.created", data: "taken" });
    }
    const headers = { "content-type": "application/json", "x-token": token };
    const answer = await fetch(source.callback_url, { method: "POST", headers, body: '{"n":1}' });
    expect(answer.status).toBe(200);
    await receiver.waitFor((all) => all.some(({ body }) => body.includes('"generic.it"')));
  });

  it("does not take two callbacks for one whose ids are larger than JavaScript's numbers", async () => {
    const at = await tenant();
    const token = "a-header-that-nobody-guesses";
    const options = { scheme: "header", header: "X-Token", event: "it", id_path: "id" };
    const source = await createSource(at.workspace, "generic", { value: token }, options);
    const headers = { "content-type": "application/json", "x-token": token };
    const ids = ["12345678901234567890", "12345678901234567891", "12345678901234567890"];
    for (const id of ids) {
      expect((await fetch(source.callback_url, { method: "POST", headers, body: `{"id":${id}}` })).status).toBe(200);
    }
    const payloads = () => at.bodies().map((body) => /"payload":(\{.*?\})/.exec(body)?.[1] ?? body);
    await receiver.waitFor(() => at.bodies().length >= 2);
    expect(await arrivedUntilNow(at)).toHaveLength(2);
    expect(payloads().slice(0, 2).sort()).toEqual(['{"id":12345678901234567890}', '{"id":12345678901234567891}']);
  });
});
