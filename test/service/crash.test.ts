import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { seeded } from "../support/random.ts";
import { holding, type Receiver, randomly, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

const PUBLISHERS = 8;

/** Publishes single events and batches without a pause, until the service is gone. @returns the events answered 202 */
async function publishUntilGone(workspace: Workspace, publisher: string): Promise<string[]> {
  const accepted: string[] = [];
  for (let n = 0; ; n++) {
    const names = Array.from({ length: n % 2 === 0 ? 1 : 20 }, (_, i) => `${publisher}-${n}-${i}`);
    try {
      await workspace.publishAll(names.map((name) => ({ event: "ticket.created", data: { name } })));
    } catch (error) {
      if (error instanceof TypeError) return accepted;
      throw error;
    }
    accepted.push(...names);
  }
}

function arrivals(path: string): Set<string> {
  const names = receiver.requests
    .filter((request) => request.path === path)
    .map(({ body }) => (JSON.parse(body.toString()) as { data: { name: string } }).data.name);
  return new Set(names);
}

it("loses nothing that was answered 202 when it is killed in the middle of its work, three times", async () => {
  const usual = randomly(0.1, 500, seeded(7));
  receiver.on("/flaky", usual);
  const workspace = await newWorkspace(service);
  const [healthy, flaky] = await Promise.all([
    workspace.webhook({ url: `${receiver.url}/healthy` }),
    workspace.webhook({ url: `${receiver.url}/flaky`, retry_policy: Array(10).fill(1) }),
  ]);
  const accepted: string[] = [];
  for (const life of [1, 2, 3]) {
    const before = receiver.requests.length;
    const publishing = Array.from({ length: PUBLISHERS }, (_, n) => publishUntilGone(workspace, `${life}-${n}`));
    await receiver.waitFor(before + 600);
    // There is something to lose: a request whose answer never comes.
    const held = holding();
    receiver.on("/flaky", held.handler);
    await receiver.waitFor(() => held.open() > 0);
    await service.kill();
    receiver.on("/flaky", usual);
    accepted.push(...(await Promise.all(publishing)).flat());
    await service.restart();
  }
  expect(accepted.length).toBeGreaterThan(300);

  for (const [path, { id }] of [
    ["/healthy", healthy],
    ["/flaky", flaky],
  ] as const) {
    // The endpoint has nothing to do, too, while the stream has not handed everything over yet.
    const missing = () => {
      const arrived = arrivals(path);
      return accepted.filter((name) => !arrived.has(name)).length;
    };
    await eventually(
      async () => ({ missing: missing(), ...(await workspace.health(id)) }),
      ({ missing: left, waiting, in_flight }) => left + waiting + in_flight === 0,
      { everyMs: 250 },
    );
  }
  for (const [path, { id }] of [
    ["/healthy", healthy],
    ["/flaky", flaky],
  ] as const) {
    const arrived = arrivals(path);
    expect(accepted.filter((name) => !arrived.has(name))).toEqual([]);
    const rows = await workspace.deliveries(id);
    expect(rows.filter(({ status }) => status !== "delivered")).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(accepted.length);
    expect(new Set(rows.map(({ event_id }) => event_id)).size).toBe(rows.length);
  }
});
