import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { firstArrivals, median, now, openLoop, type Sent } from "../support/load.ts";
import { answer, hang, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace } from "../support/workspace.ts";

let service: SpawnedService;
let receiver: Receiver;

beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

/** How long each event took from its 202 to its arrival; infinite for one that did not arrive. */
function delays(sent: readonly Sent[], path: string): number[] {
  const arrivals = firstArrivals(receiver, path);
  return sent.map(({ n, acceptedAt }) => (arrivals.get(n) ?? Number.POSITIVE_INFINITY) - acceptedAt);
}

// What else runs on the machine can only lengthen what is measured, and not each time; a lane that blocks does so always.
it("an endpoint that never answers, with 2 000 events waiting, does not slow a healthy one of its workspace", {
  retry: 2,
}, async () => {
  const RATE = 100;
  const workspace = await newWorkspace(service);
  const [healthy, silent] = [`/${workspace.id}/healthy`, `/${workspace.id}/hanging`];
  receiver.on(silent, hang());
  await workspace.webhook({ url: receiver.url + healthy, events: ["ticket.created"] });
  const load = async (seconds: number, first: number) => {
    const sent = await openLoop(workspace, { event: "ticket.created", rate: RATE, seconds, first });
    await eventually(
      () => delays(sent, healthy),
      (all) => all.every(Number.isFinite),
    );
    return delays(sent, healthy);
  };
  await load(2, 0);
  const before = await load(5, 1000);

  const hanging = await workspace.webhook({
    url: receiver.url + silent,
    events: ["contact.updated"],
    timeout_ms: 10_000,
  });
  for (let n = 0; n < 20; n++) {
    await workspace.publishAll(Array(100).fill({ event: "contact.updated", data: {} }));
  }
  await receiver.waitFor((all) => all.some(({ path }) => path === silent));
  // Longer than its timeout: what a timeout sets off is part of it.
  const meanwhile = await load(12, 2000);
  expect((await workspace.health(hanging.id)).waiting).toBeGreaterThan(1900);

  await workspace.call("DELETE", `/webhooks/${hanging.id}`);
  const after = await load(5, 4000);
  const alone = Math.max(median(before), median(after));
  console.log(
    `median from the 202 to the arrival: ${median(before).toFixed(1)} ms before, ${median(meanwhile).toFixed(1)} ms ` +
      `beside the hanging endpoint (longest ${Math.max(...meanwhile).toFixed(0)} ms), ${median(after).toFixed(1)} ms after`,
  );
  expect(median(meanwhile)).toBeLessThan(Math.max(alone * 1.3, alone + 5));
});

it.each([
  ["single events", 40, 1],
  ["batches", 4, 10],
])(
  "neighbours of an endpoint that begins to hang under a load of %s get each within five seconds",
  // A machine that does something else for seconds shows nothing of the service.
  { retry: 2 },
  async (_, rate, batch) => {
    const NEIGHBOURS = 8;
    const workspace = await newWorkspace(service);
    const paths = Array.from({ length: NEIGHBOURS }, (_, n) => `/batch-${batch}/neighbour-${n}`);
    const turning = `/batch-${batch}/turning`;
    for (const [n, path] of paths.entries()) {
      if (n === NEIGHBOURS / 2) await workspace.webhook({ url: receiver.url + turning, timeout_ms: 10_000 });
      await workspace.webhook({ url: receiver.url + path });
    }
    let turnedAt = Number.POSITIVE_INFINITY;
    let hung = 0;
    receiver.on(turning, (request, response) => {
      if (now() < turnedAt) return answer(200)(request, response);
      hung++;
    });
    const loading = openLoop(workspace, { event: "ticket.created", rate, batch, seconds: 20 });
    await receiver.waitFor((all) => all.filter(({ path }) => path === turning).length >= 240, { timeoutMs: 30_000 });
    turnedAt = now();
    const sent = await loading;
    await eventually(
      () => paths.flatMap((path) => delays(sent, path)),
      (all) => all.every(Number.isFinite),
      { timeoutMs: 15_000, everyMs: 250 },
    );
    expect(hung).toBeGreaterThan(0);

    const felt = paths.map((path) => {
      const each = delays(sent, path);
      const late = sent
        .filter(({ acceptedAt }, n) => acceptedAt > turnedAt - 1000 && (each[n] ?? 0) > 250)
        .map(({ acceptedAt }) => acceptedAt);
      const lasted = late.length === 0 ? 0 : Math.max(...late) - Math.min(...late);
      return { longest: Math.max(...each), late: late.length, lasted };
    });
    for (const [n, { longest, late, lasted }] of felt.entries()) {
      console.log(
        `neighbour ${n}: longest delay ${longest.toFixed(0)} ms; ${late} of ${sent.length} events later than 250 ms, ` +
          `published within ${lasted.toFixed(0)} ms`,
      );
    }
    expect(Math.max(...felt.map(({ longest }) => longest))).toBeLessThan(5000);
  },
);
