import { afterAll, beforeAll, expect, it } from "vitest";
import { delayed, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

it("at most five requests wait for one endpoint at once, and a timeout begins with its request", async () => {
  const workspace = await newWorkspace(service);
  let waiting = 0;
  let most = 0;
  const slow = delayed(600);
  receiver.on("/slow", async (request, response) => {
    most = Math.max(most, ++waiting);
    await slow(request, response);
    waiting--;
  });
  // Ten answers of 600 ms through five slots take 1,200 ms: a timeout of 1,000 ms that began any earlier would end half.
  const webhook = await workspace.webhook({ url: `${receiver.url}/slow`, timeout_ms: 1000, retry_policy: [3600] });
  await workspace.publishAll(Array.from({ length: 20 }, (_, n) => ({ event: "ticket.created", data: { n } })));
  await receiver.waitFor(20, { timeoutMs: 30_000 });
  await expect.poll(() => workspace.deliveries(webhook.id, "status=delivered"), { timeout: 10_000 }).toHaveLength(20);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(5);
  const rows = await workspace.deliveries(webhook.id);
  expect(rows.filter((row) => row.attempts !== 1)).toEqual([]);
});
