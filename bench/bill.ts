import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine, misused } from "../src/local/command-line.ts";
import { answer, type Handler } from "../test/support/behaviours.ts";
import { eventually } from "../test/support/eventually.ts";
import { type ModelState, model } from "../test/support/model.ts";
import { BUSY_MS, objectFile } from "../test/support/object-file.ts";
import { DOLLARS } from "../test/support/prices.ts";
import { seeded } from "../test/support/random.ts";
import { startReceiver } from "../test/support/receiver.ts";
import type { SpawnedService } from "../test/support/service.ts";
import { newWorkspace } from "../test/support/workspace.ts";
import { now } from "./clock.ts";
import { cpuMsOf } from "./cpu.ts";
import { dollarsPerMillion, LIST_PRICES } from "./peers/prices.ts";
import { Stage } from "./stage.ts";
import { aligned, number } from "./table.ts";

/**
 * What a million deliveries cost, line by line, from units that the model of the platform counts (docs/model.md) at the distances
 * of `far`: `npm run bench:bill`.
 */

interface Load {
  /** Single events a second, of one workspace. */
  rate: number;
  endpoints: number;
  seconds: number;
}

const LOADS: readonly Load[] = [
  { rate: 1, endpoints: 1, seconds: 30 },
  { rate: 1, endpoints: 10, seconds: 30 },
  { rate: 10, endpoints: 1, seconds: 20 },
  { rate: 10, endpoints: 10, seconds: 20 },
  { rate: 100, endpoints: 1, seconds: 20 },
  { rate: 100, endpoints: 10, seconds: 20 },
  { rate: 1000, endpoints: 1, seconds: 10 },
];

const EVENT = "ticket.created";
/** What is published carries so much, in bytes. */
const PAYLOAD_BYTES = 2000;
/**
 * Of all deliveries this share is answered 500 at first, and 200 half a minute later. One that failed again would wait for
 * minutes, the third time for hours: that is one in ten thousand, adds nothing that the first does not show, and a run would
 * not come to its end.
 */
const FAILURES = 0.01;
const KEPT_MONTHS = 1;

/** Of a million deliveries, in dollars. */
type Line = readonly [name: string, dollars: number];

/** So long nothing is called, and no alarm rings, before all is taken to be done, in milliseconds. */
const QUIET_MS = 6000;

async function untilQuiet(service: SpawnedService): Promise<void> {
  const all = async () => {
    const { objects } = (await model(service.url)).counters;
    return Object.values(objects).reduce((sum, each) => sum + (each ? each.calls + each.alarms : 0), 0);
  };
  let seen = { all: -1, at: now() };
  await eventually(
    async () => {
      const next = await all();
      if (next !== seen.all) seen = { all: next, at: now() };
      return next;
    },
    () => now() - seen.at > QUIET_MS,
    { everyMs: 500 },
  );
}

/** Rows that the retention will delete, and bytes that are kept until then. */
interface Kept {
  rows: number;
  bytes: number;
}

const TABLES = { EventStream: "events", Endpoint: "log" } as const;

function keptBy(stateDir: string, ofClass: keyof typeof TABLES, name: string): Kept {
  const database = new DatabaseSync(objectFile(stateDir, ofClass, name), { readOnly: true, timeout: BUSY_MS });
  try {
    const one = (sql: string) => Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
    return {
      rows: one(`SELECT count(*) FROM ${TABLES[ofClass]}`),
      bytes: one("PRAGMA page_count") * one("PRAGMA page_size"),
    };
  } finally {
    database.close();
  }
}

const less = (after: Kept, before: Kept): Kept => ({
  rows: after.rows - before.rows,
  bytes: after.bytes - before.bytes,
});
const plus = (a: Kept, b: Kept): Kept => ({ rows: a.rows + b.rows, bytes: a.bytes + b.bytes });

/** Answers 500 to the first request of some deliveries, and 200 to everything else. @param taken called for each that is answered 200 */
function failingAtFirst(random: () => number, taken: () => void): Handler {
  const failed = new Set<string>();
  return (request, response) => {
    const delivery = String(request.headers["x-webhook-delivery"]);
    if (!failed.has(delivery) && random() < FAILURES) {
      failed.add(delivery);
      return answer(500)(request, response);
    }
    taken();
    return answer(200)(request, response);
  };
}

async function bill(service: SpawnedService, { rate, endpoints, seconds }: Load): Promise<Line[]> {
  const receiver = await startReceiver();
  try {
    const random = seeded(rate + endpoints);
    let delivered = 0;
    const behaviour = failingAtFirst(random, () => {
      delivered++;
    });
    const workspace = await newWorkspace(service);
    const webhooks: string[] = [];
    for (let each = 0; each < endpoints; each++) {
      receiver.on(`/${each}`, behaviour);
      webhooks.push((await workspace.webhook({ url: `${receiver.url}/${each}`, events: [EVENT] })).id);
    }
    const publish = () => workspace.publish({ event: EVENT, data: { text: "x".repeat(PAYLOAD_BYTES) } });
    const kept = () => {
      const all = [
        keptBy(service.stateDir, "EventStream", String(workspace.id)),
        ...webhooks.map((id) => keptBy(service.stateDir, "Endpoint", id)),
      ];
      return all.reduce(plus);
    };
    // The first event is the endpoints' first, too.
    await publish();
    await eventually(
      () => delivered,
      (count) => count >= endpoints,
    );
    await untilQuiet(service);
    const [before, cpuBefore] = [kept(), cpuMsOf(service.pid) ?? Number.NaN];
    delivered = 0;
    await model(service.url, { count: "reset" });
    const count = rate * seconds;
    const began = now();
    const sent: Promise<unknown>[] = [];
    for (let each = 0; each < count; each++) {
      await sleep(Math.max(0, began + (each * 1000) / rate - now()));
      sent.push(publish());
    }
    await Promise.all(sent);
    await eventually(
      () => delivered,
      (all) => all >= count * endpoints,
    );
    const cpuMs = (cpuMsOf(service.pid) ?? Number.NaN) - cpuBefore;
    await untilQuiet(service);
    const { counters } = await model(service.url);
    return linesOf(counters, less(kept(), before), cpuMs, count, count * endpoints);
  } finally {
    await receiver.close();
  }
}

function linesOf(
  { objects }: ModelState["counters"],
  kept: Kept,
  cpuMs: number,
  events: number,
  deliveries: number,
): Line[] {
  const sum = (what: "calls" | "alarms" | "rowsWritten" | "activeMs", only = Object.keys(objects)) =>
    only.reduce((total, name) => total + (objects[name]?.[what] ?? 0), 0);
  const lines: [string, number][] = [
    ["requests", events * DOLLARS.request],
    ["calls: stream", sum("calls", ["EventStream"]) * DOLLARS.call],
    ["calls: endpoints", sum("calls", ["Endpoint"]) * DOLLARS.call],
    ["calls: couriers", sum("calls", ["Courier"]) * DOLLARS.call],
    ["calls: relays", sum("calls", ["Relay"]) * DOLLARS.call],
    ["alarms", sum("alarms") * DOLLARS.call],
    ["rows: stream", sum("rowsWritten", ["EventStream"]) * DOLLARS.row],
    ["rows: endpoints", sum("rowsWritten", ["Endpoint"]) * DOLLARS.row],
    ["rows: deleted again", kept.rows * DOLLARS.row],
    ["objects' time", (sum("activeMs") / 1000) * DOLLARS.activeSecond],
    ["CPU, as here", cpuMs * DOLLARS.cpuMs],
    ["storage, a month", (kept.bytes / 1e9) * KEPT_MONTHS * DOLLARS.gigabyteMonth],
  ];
  const million = 1_000_000 / deliveries;
  const scaled = lines.map(([name, dollars]): Line => [name, dollars * million]);
  return [...scaled, ["all", scaled.reduce((total, [, dollars]) => total + dollars, 0)]];
}

/** Deliveries a month for which others' prices are told. */
const VOLUMES = [1e6, 10e6, 100e6];

function othersReport(): string {
  const rows = LIST_PRICES.map((price) => [
    price.name,
    ...VOLUMES.map((volume) => number(dollarsPerMillion(price, volume), 2)),
    price.read,
    price.source,
  ]);
  const columns = VOLUMES.map((volume) => `${number(volume / 1e6)} million`);
  return [
    "Others, by their list prices: dollars for a million deliveries of a month that has",
    aligned([["", ...columns, "read", "source"], ...rows]),
  ].join("\n");
}

const nameOf = ({ rate, endpoints }: Load): string => `${rate}x${endpoints}`;

const USAGE = `Usage: npm run bench:bill -- [--only RATExENDPOINTS …]
  --only RATExENDPOINTS  this load only, may be given many times: ${LOADS.map(nameOf).join(", ")}
Counts what deliveries cost, on the model of the platform, a minute and a half for each load; and tells what others charge.`;

const { only } = commandLine(USAGE, { only: { type: "string", multiple: true } });
const unknown = only?.find((name) => LOADS.every((load) => nameOf(load) !== name));
if (unknown !== undefined) misused(USAGE, `There is no load ${unknown}`);
const loads = LOADS.filter((load) => only?.includes(nameOf(load)) ?? true);

const stage = new Stage("far");
try {
  const service = await stage.serve();
  const bills: Line[][] = [];
  for (const load of loads) {
    console.error(`${load.rate} events a second to ${load.endpoints}`);
    bills.push(await bill(service, load));
  }
  const names = bills[0]?.map(([name]) => name) ?? [];
  console.log(
    `Dollars for a million deliveries: single events of ${PAYLOAD_BYTES} bytes, ${FAILURES * 100} % fail at first`,
  );
  console.log(
    aligned([
      ["events a second → endpoints", ...loads.map(({ rate, endpoints }) => `${rate} → ${endpoints}`)],
      ...names.map((name, line) => [name, ...bills.map((each) => number(each[line]?.[1], 2))]),
    ]),
  );
  console.log(`\n${othersReport()}`);
} finally {
  await stage.clear();
}
