import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { BUSY_MS, objectFile } from "../support/object-file.ts";
import { type SpawnedService, spawnService } from "../support/service.ts";
import { newWorkspace } from "../support/workspace.ts";

/** A webhook that is paused for good holds no more than may be kept, and its workspace goes on. */

const LIMIT = 1_000_000;
const MOST = 4_000_000;
const EVENT = "ticket.created";
/** Twelve times as much as may be kept, in batches of some 200 kB. */
const BATCHES = 60;
const BATCH = 50;
const data = { text: "x".repeat(4000) };

let service: SpawnedService;

beforeAll(async () => {
  service = await spawnService({ vars: { RETENTION_BYTES: String(LIMIT) } });
});

afterAll(() => service.stop());

/** Bytes of the pages that an object uses: SQLite keeps those that it has no use for, for later. */
function bytesOf(ofClass: string, name: string): number {
  const database = new DatabaseSync(objectFile(service.stateDir, ofClass, name), { readOnly: true, timeout: BUSY_MS });
  try {
    const pragma = (what: string) => Number(Object.values(database.prepare(`PRAGMA ${what}`).get() ?? {})[0]);
    return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
  } finally {
    database.close();
  }
}

it("lets the oldest expire, says so in the log, and keeps its object and its workspace's stream small", async () => {
  const workspace = await newWorkspace(service);
  const { id } = await workspace.webhook({ url: "http://127.0.0.1:9/", events: [EVENT] });
  await workspace.change(id, { status: "paused" });
  for (let batch = 0; batch < BATCHES; batch++) {
    // Each is answered 202, or this throws.
    await workspace.publishAll(Array.from({ length: BATCH }, () => ({ event: EVENT, data })));
    // What its endpoints have not taken yet is beside that.
    await eventually(
      () => bytesOf("EventStream", String(workspace.id)),
      (bytes) => bytes < MOST,
    );
  }
  const health = await eventually(
    () => workspace.health(id),
    ({ waiting }) => waiting > 0 && waiting < BATCHES * BATCH,
  );
  const expired = await workspace.deliveries(id, "status=expired");
  expect(expired.length).toBeGreaterThan(0);
  expect(health.waiting).toBeLessThan(BATCHES * BATCH);
  expect(bytesOf("Endpoint", id)).toBeLessThan(MOST);
  expect(bytesOf("EventStream", String(workspace.id))).toBeLessThan(MOST);
  expect(await workspace.publish({ event: EVENT, data: {} })).toMatchObject({ duplicate: false });
});
