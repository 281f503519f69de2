import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { answer, type Receiver, startReceiver } from "../support/receiver.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { type DeliveryRow, newWorkspace, type Webhook, type Workspace } from "../support/workspace.ts";

const EVENTS = 30;

let service: SpawnedService;
let receiver: Receiver;
let workspace: Workspace;
let webhook: Webhook;
let published: string[];

/** One batch of which every third delivery failed and waits for its retry, and the others are done. */
beforeAll(async () => {
  [service, receiver] = await Promise.all([spawnService(), startReceiver()]);
  workspace = await newWorkspace(service);
  receiver.on("/", (request, response) => {
    const { data } = JSON.parse(request.body.toString()) as { data: { n: number } };
    return answer(data.n % 3 === 0 ? 500 : 200)(request, response);
  });
  webhook = await workspace.webhook({ url: `${receiver.url}/`, retry_policy: [3600] });
  const events = Array.from({ length: EVENTS }, (_, n) => ({ event: "ticket.created", data: { n } }));
  published = (await workspace.publishAll(events)).map(({ id }) => id);
  await eventually(
    () => workspace.health(webhook.id),
    ({ waiting, in_flight }) => waiting === EVENTS / 3 && in_flight === 0,
  );
});

afterAll(() => Promise.all([service.stop(), receiver.close()]));

async function walk(path: string, limit: number): Promise<{ ids: string[]; sizes: number[] }> {
  const ids: string[] = [];
  const sizes: number[] = [];
  for (let cursor = ""; ; ) {
    const page = await workspace.call<{ data: DeliveryRow[]; next_cursor: string | null }>(
      "GET",
      `${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`,
    );
    expect(page.status).toBe(200);
    ids.push(...page.json.data.map(({ event_id, id }) => event_id ?? id));
    sizes.push(page.json.data.length);
    if (page.json.next_cursor === null) return { ids, sizes };
    cursor = page.json.next_cursor;
  }
}

it.each([1, 7, 29, 30, 100])("a walk through the deliveries by %i shows each one once", async (limit) => {
  const { ids } = await walk(`/webhooks/${webhook.id}/deliveries`, limit);
  expect(ids.toSorted()).toEqual(published.toSorted());
});

it.each([1, 7, 29, 30, 100])("a walk through the events by %i shows each one once, the newest first", async (limit) => {
  const { ids } = await walk("/events", limit);
  expect(ids).toEqual(published.toReversed());
});

it("the filter by failed attempts finds those that are pending because of them", async () => {
  const rows = await workspace.deliveries(webhook.id, "failed_attempts=true");
  expect(rows.map(({ event_id }) => event_id).toSorted()).toEqual(published.filter((_, n) => n % 3 === 0).toSorted());
});

it("the filters by status tell the delivered ones from those that wait", async () => {
  const of = async (status: string) =>
    (await workspace.deliveries(webhook.id, `status=${status}`)).map(({ event_id }) => event_id).toSorted();
  expect(await of("pending")).toEqual(published.filter((_, n) => n % 3 === 0).toSorted());
  expect(await of("delivered")).toEqual(published.filter((_, n) => n % 3 !== 0).toSorted());
  expect(await of("failed")).toEqual([]);
});
