import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { answer, type Handler, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { type Delivery, dataOf, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

let paths = 0;

interface Tenant {
  workspace: Workspace;
  webhook: Webhook;
  /** The ids of the deliveries asked for so far, oldest first. */
  asked(): (string | undefined)[];
  /** How it answers from now on. */
  answers(handler: Handler): void;
}

async function tenant(handler: Handler, retryPolicy: number[]): Promise<Tenant> {
  const workspace = await newWorkspace(service);
  const path = `/${++paths}`;
  receiver.on(path, handler);
  // Not everything: what it is told of its own failures would be among its deliveries.
  const fields = { url: receiver.url + path, events: ["ticket.*", "contact.*"], retry_policy: retryPolicy };
  const webhook = await workspace.webhook(fields);
  const asked = () => receiver.requests.filter((each) => each.path === path).map(({ delivery }) => delivery);
  return { workspace, webhook, asked, answers: (next) => receiver.on(path, next) };
}

const redeliver = async ({ workspace }: Tenant, id: string) =>
  dataOf(await workspace.call<{ data: { delivery_id: string } }>("POST", `/deliveries/${id}/redeliver`));

const replay = async ({ workspace, webhook }: Tenant, body: object) =>
  dataOf(await workspace.call<{ data: { replayed: number } }>("POST", `/webhooks/${webhook.id}/replay`, body)).replayed;

const outline = ({ status, attempts }: Delivery) => ({
  status,
  attempts: attempts.map((attempt) => [attempt.number, attempt.trigger, attempt.status]),
});

describe("a redelivery", () => {
  it("of what was delivered asks again under the same id, and the log shows both attempts", async () => {
    const at = await tenant(answer(200), []);
    await at.workspace.publish({ event: "ticket.created", data: {} });
    const before = await at.workspace.attempted(at.webhook.id);
    expect(await redeliver(at, before.id)).toEqual({ delivery_id: before.id });
    const after = await at.workspace.attempted(at.webhook.id, 2);
    expect(after.id).toBe(before.id);
    expect(outline(after)).toEqual({
      status: "delivered",
      attempts: [
        [1, "event", 200],
        [2, "manual", 200],
      ],
    });
    expect(at.asked()).toEqual([before.id, before.id]);
    expect(await at.workspace.deliveries(at.webhook.id)).toHaveLength(1);
  });

  it("of what had failed for good delivers it", async () => {
    const at = await tenant(answer(500), []);
    await at.workspace.publish({ event: "ticket.created", data: {} });
    const before = await at.workspace.attempted(at.webhook.id);
    expect(before.status).toBe("failed");
    at.answers(answer(200));
    await redeliver(at, before.id);
    const after = await at.workspace.attempted(at.webhook.id, 2);
    expect(outline(after)).toEqual({
      status: "delivered",
      attempts: [
        [1, "event", 500],
        [2, "manual", 200],
      ],
    });
    expect(await at.workspace.deliveries(at.webhook.id, "status=failed")).toEqual([]);
  });

  it("of what is scheduled goes out now, in place of the retry", async () => {
    const at = await tenant(answer(500), [3600]);
    await at.workspace.publish({ event: "ticket.created", data: {} });
    const before = await at.workspace.attempted(at.webhook.id);
    const first = Date.parse(before.attempts[0]?.at ?? "");
    expect(Date.parse(before.next_attempt_at ?? "")).toBeGreaterThanOrEqual(first + 3_600_000);
    at.answers(answer(200));
    await redeliver(at, before.id);
    const after = await at.workspace.attempted(at.webhook.id, 2);
    expect(outline(after)).toEqual({
      status: "delivered",
      attempts: [
        [1, "event", 500],
        [2, "manual", 200],
      ],
    });
    expect(after.next_attempt_at).toBeNull();
    expect((await at.workspace.health(at.webhook.id)).waiting).toBe(0);
  });

  /** Five deliveries of one batch, the newest first, of which the middle one was sent again. */
  async function middleOfFive() {
    const at = await tenant(answer(200), []);
    const events = Array.from({ length: 5 }, (_, n) => ({ event: "ticket.created", data: { n } }));
    const published = await at.workspace.publishAll(events);
    const before = await eventually(
      () => at.workspace.deliveries(at.webhook.id, "status=delivered"),
      (seen) => seen.length === 5,
    );
    const middle = before.find(({ event_id }) => event_id === published[2]?.id)?.id ?? "";
    await redeliver(at, middle);
    const after = await eventually(
      () => at.workspace.deliveries(at.webhook.id, "status=delivered"),
      (seen) => seen.some(({ attempts }) => attempts === 2) && seen.length === 5,
    );
    return { at, before, middle, after };
  }

  it("of one delivery of a batch leaves the others alone", async () => {
    const { at, before, middle, after } = await middleOfFive();
    const attempts = new Map(after.map((row) => [row.id, row.attempts]));
    expect(attempts).toEqual(new Map(before.map(({ id }) => [id, id === middle ? 2 : 1])));
    expect(at.asked().filter((id) => id === middle)).toHaveLength(2);
    expect(at.asked()).toHaveLength(6);
  });

  it("keeps the delivery's place in the list", async () => {
    const { before, after } = await middleOfFive();
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  it("of what never was is 404", async () => {
    const at = await tenant(answer(200), []);
    const path = "/deliveries/019d2a1c-6f80-7000-8000-001000000001/redeliver";
    expect((await at.workspace.call("POST", path)).status).toBe(404);
  });
});

describe("a replay", () => {
  const SINCE = { since: "2026-01-01T00:00:00Z" };
  const TYPES = ["ticket.created", "ticket.updated", "contact.created"];

  /** Three events, of which those in `failing` have failed for good. */
  async function history(failing: readonly string[]): Promise<{ at: Tenant; before: Map<string, string> }> {
    const at = await tenant((request, response) => {
      const { event } = JSON.parse(request.body.toString()) as { event: string };
      return answer(failing.includes(event) ? 500 : 200)(request, response);
    }, []);
    for (const event of TYPES) await at.workspace.publish({ event, data: {} });
    const rows = await eventually(
      () => at.workspace.deliveries(at.webhook.id),
      (seen) => seen.length === 3 && seen.every(({ status }) => status !== "pending"),
    );
    at.answers(answer(200));
    return { at, before: new Map(rows.map(({ event, id }) => [event, id])) };
  }

  /** Waits until everything is delivered. @returns the types that were asked for again, under the id they had */
  async function again(at: Tenant, before: Map<string, string>, count: number): Promise<string[]> {
    const rows = await eventually(
      () => at.workspace.deliveries(at.webhook.id, "status=delivered"),
      (seen) => seen.filter(({ attempts }) => attempts === 2).length === count,
    );
    const replayed = rows.filter(({ attempts }) => attempts > 1);
    for (const { event, id } of replayed) {
      expect(id).toBe(before.get(event));
      expect((await at.workspace.delivery(id)).attempts[1]).toMatchObject({
        number: 2,
        trigger: "replay",
        status: 200,
      });
    }
    expect(at.asked()).toHaveLength(3 + count);
    return replayed.map(({ event }) => event).sort();
  }

  it("sends again what failed, unless told otherwise", async () => {
    const { at, before } = await history(["ticket.created", "contact.created"]);
    expect(await replay(at, SINCE)).toBe(2);
    expect(await again(at, before, 2)).toEqual(["contact.created", "ticket.created"]);
  });

  it("of everything sends what was delivered, too", async () => {
    const { at, before } = await history(["ticket.updated"]);
    expect(await replay(at, { ...SINCE, status: "all" })).toBe(3);
    expect(await again(at, before, 3)).toEqual([...TYPES].sort());
  });

  it("keeps to the events that it names", async () => {
    const { at, before } = await history(TYPES);
    expect(await replay(at, { ...SINCE, events: ["ticket.*"] })).toBe(2);
    expect(await again(at, before, 2)).toEqual(["ticket.created", "ticket.updated"]);
  });

  it("only counts in a dry run", async () => {
    const { at } = await history(["ticket.created"]);
    expect(await replay(at, { ...SINCE, dry_run: true })).toBe(1);
    expect(await replay(at, { ...SINCE, status: "all", dry_run: true })).toBe(3);
    // What is sent by now was sent before this.
    await at.workspace.publish({ event: "ticket.deleted", data: {} });
    await eventually(at.asked, (seen) => seen.length > 3);
    expect(at.asked()).toHaveLength(4);
    expect(await at.workspace.deliveries(at.webhook.id, "status=failed")).toHaveLength(1);
  });

  it("keeps to the time that it names", async () => {
    const { at } = await history(["ticket.created"]);
    expect(
      await replay(at, { since: new Date(Date.now() + 60_000).toISOString(), until: "2100-01-01T00:00:00Z" }),
    ).toBe(0);
    expect(await replay(at, { ...SINCE, until: "2026-01-02T00:00:00Z" })).toBe(0);
  });
});
