import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { realNow } from "../model/clock.ts";
import { eventually } from "../support/eventually.ts";
import { BUSY_MS, objectFile } from "../support/object-file.ts";
import { type Delivery, type DeliveryRow, workspaceOf } from "../support/workspace.ts";
import { checkAttempts, unreached } from "./attempts.ts";
import { checkFigures } from "./figures.ts";
import type { Arrived, Held, Journal, Published } from "./journal.ts";
import { checkLeftovers } from "./leftovers.ts";
import { markIn } from "./marks.ts";
import { checkRetention } from "./retention.ts";
import { checkStreaks } from "./streaks.ts";
import type { Hook, Tenant } from "./tenant.ts";
import { RETRIES } from "./tenants.ts";
import { type Story, saidYes, type Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

const eventsOf = ({ journal }: World, { id }: Tenant): Published[] =>
  journal.published.filter(({ workspace }) => workspace === id);

/** What was on its way when a pause was answered has arrived after that, in milliseconds. */
const STILL_MS = 1000;

/** An endpoint that has answered so often since all is well is not failing. */
const ANSWERS = 5;

/** Between two lines about how far it is, in milliseconds. */
export const SAY_EVERY_MS = 15_000;

/**
 * Waits until nothing moves any more: everything is well by now.
 * @param enough whether what was found will do
 */
async function settled(verdict: Verdict, world: World, enough: () => boolean): Promise<void> {
  const { arrived } = world.journal;
  for (const { id, path, tenant } of world.tenants.flatMap(({ hooks }) => hooks)) {
    const workspace = workspaceOf(world.service, tenant.id);
    const answered = () =>
      arrived.filter((each) => each.webhook === path && each.at > world.wellAt && each.whole).length;
    const last = await eventually(
      async () => {
        const { json, status } = await workspace.call<{
          data: { waiting: number; in_flight: number; failing: boolean };
        }>("GET", `/webhooks/${id}/health`);
        if (status !== 200) return { path, status };
        const { waiting, in_flight, failing } = json.data;
        return { path, waiting, in_flight, failing, stays: failing && answered() > ANSWERS };
      },
      (now) => now.stays === true || (now.waiting === 0 && now.in_flight === 0 && !now.failing),
      { everyMs: 500 },
    );
    if (last.stays) verdict.wrong.push(`${path}: is failing, though it has answered well`);
    if (enough()) return;
  }
}

/**
 * Checks the promise: what was answered 202 has arrived at every webhook, or the log says why not.
 * @param say is told now and then how far it is
 * @param stopsAtFirst whether it may end once something is lost or wrong, and leave the rest unlooked at
 */
export async function check(world: World, say: (line: string) => void, stopsAtFirst: boolean): Promise<Verdict> {
  const { journal } = world;
  const verdict: Verdict = {
    ...{ accepted: 0, delivered: 0, exhausted: 0, unheard: 0, expired: 0, held: 0, unlogged: 0, unseen: 0 },
    cutAfter: [],
    ofDeleted: 0,
    deleted: world.deleted.webhooks.length,
    duplicates: new Map(),
    lost: [],
    wrong: [],
  };
  const enough = () => stopsAtFirst && verdict.lost.length + verdict.wrong.length > 0;
  const looks = [
    () => checkWaking(verdict, world, say),
    () => settled(verdict, world, enough),
    () => checkEvents(verdict, world),
    async () => {
      const known = world.tenants.find(({ inOrder }) => inOrder);
      if (known) await checkStreaks(verdict, world, known);
    },
    () => world.sweep(),
    () => checkAlarms(verdict, world),
    () => checkRetention(verdict, world, say),
    () => checkSleep(verdict, world),
    async () => void verdict.wrong.push(...journal.wrong),
    () => checkLeftovers(verdict, world),
  ];
  for (const look of looks) if (!enough()) await look();
  return verdict;
}

/** All that was published, and what came of it at each webhook. */
async function checkEvents(verdict: Verdict, world: World): Promise<void> {
  const { journal } = world;
  verdict.accepted = journal.published.filter(({ acceptedAt }) => acceptedAt !== undefined).length;
  const gone = new Set(world.deleted.workspaces);
  verdict.ofDeleted = journal.published.filter(
    ({ acceptedAt, workspace }) => acceptedAt !== undefined && gone.has(workspace),
  ).length;
  const requestsTo = Map.groupBy(journal.arrived, ({ webhook }) => webhook);
  for (const tenant of world.tenants) {
    const workspace = workspaceOf(world.service, tenant.id);
    const events = eventsOf(world, tenant);
    for (const hook of tenant.hooks) {
      const requests = Map.groupBy(requestsTo.get(hook.path) ?? [], ({ n }) => n);
      const all = await workspace.deliveries(hook.id);
      const rows = new Map(all.map((row) => [row.id, row]));
      if (all.length > rows.size)
        verdict.wrong.push(`${hook.path}: ${all.length - rows.size} deliveries are listed twice`);
      await nameCallbacks(world, hook, rows.values());
      const byEvent = new Map([...rows.values()].map((row) => [row.event_id, row]));
      const story = { hook, requests, rows, byEvent };
      for (const event of events) if (hook.events.includes(event.type)) checkEvent(verdict, story, event, journal);
      checkRows(verdict, story);
      const read = (id: string) => workspace.delivery(id);
      for (const held of journal.held)
        if (held.webhook === hook.path) await checkOrder(verdict, held, story, journal, read);
      await checkAttempts(verdict, story, journal, read);
      await checkFigures(verdict, story, world);
    }
    const { used } = (await world.get<{ events: { used: number } }>("GET", `/workspaces/${tenant.id}/usage`)).events;
    const accepted = events.filter(({ acceptedAt, counts }) => counts && acceptedAt !== undefined).length;
    const twice = events.filter((event) => event.counts && journal.isForgotten(event)).length;
    if (used < accepted || used > accepted + twice) {
      verdict.wrong.push(`Workspace ${tenant.id} counts ${used} events of ${accepted}`);
    }
  }
  checkBelonging(verdict, world);
  for (const { webhook, from, to } of journal.paused) {
    const requests = requestsTo.get(webhook) ?? [];
    const late = requests.filter(({ at }) => at > from + STILL_MS && at < to);
    if (late.length === 0) continue;
    const [first, last] = [late[0]?.at ?? 0, late.at(-1)?.at ?? 0].map((at) => at - from);
    const when = `${first} to ${last} ms after, of ${to - from} ms`;
    verdict.wrong.push(`${webhook}: ${late.length} requests while it was paused (${when})`);
  }
}

/** What a provider called back and no receiver ever saw has a name in the log alone: its event tells which it is. */
async function nameCallbacks(world: World, { tenant }: Hook, rows: Iterable<DeliveryRow>): Promise<void> {
  const { journal } = world;
  const named = new Set(journal.published.map(({ id }) => id));
  for (const { status, event_id } of rows) {
    if (status !== "failed" || named.has(event_id)) continue;
    const event = await world.get<object>("GET", `/workspaces/${tenant.id}/events/${event_id}`);
    const published = journal.published[markIn(JSON.stringify(event)) ?? -1];
    if (published) published.id ??= event_id;
  }
}

/** Each is for all webhooks that were there before it was first tried. */
function checkEvent(
  verdict: Verdict,
  { hook, requests, rows, byEvent }: Story,
  event: Published,
  journal: Journal,
): void {
  const { n, sentAt, acceptedAt } = event;
  const own = requests.get(n) ?? [];
  const ids = new Set(own.map(({ delivery }) => delivery));
  if (ids.size > 1 && !journal.isForgotten(event))
    verdict.wrong.push(`${hook.path}: event ${n} came under ${ids.size} ids`);
  if (acceptedAt === undefined || sentAt < hook.madeAt) return;
  // Of what has never come as far as the receiver the log alone can tell.
  const byId = [...ids].map((id) => rows.get(id)).find((each) => each !== undefined);
  const row = (event.id ? byEvent.get(event.id) : undefined) ?? byId;
  const successes = own.filter(saidYes).length;
  if (row?.status === "failed") {
    verdict.exhausted++;
    if (own.length === 0) verdict.unheard++;
    if (own.length === 0) verdict.wrong.push(`${hook.path}: ${row.id} failed, and nobody was ever asked`);
    if (row.attempts <= RETRIES.length)
      verdict.wrong.push(`${hook.path}: ${row.id} failed after ${row.attempts} attempts`);
  } else if (row?.status === "delivered" && successes > 0) verdict.delivered++;
  else {
    verdict.lost.push(
      `${hook.path}: event ${n} (${own.length} requests, ${successes} answered well, log: ${row?.status})`,
    );
  }
}

/** One event is one delivery of each webhook, nothing is open, and nothing is known of less than the receiver knows. */
function checkRows(verdict: Verdict, { hook, requests, rows }: Story): void {
  const all = [...rows.values()];
  verdict.expired += all.filter(({ status }) => status === "expired").length;
  const unknown = all.filter(({ status }) => status === "pending" || status === "expired");
  if (unknown.length > 0) verdict.wrong.push(`${hook.path}: ${unknown.length} are ${unknown[0]?.status}`);
  const events = new Set(all.map(({ event_id }) => event_id));
  if (events.size !== rows.size) verdict.wrong.push(`${hook.path}: ${rows.size} deliveries of ${events.size} events`);
  for (const { delivery } of [...requests.values()].flat()) {
    if (!rows.has(delivery)) verdict.wrong.push(`${hook.path}: the log knows nothing of ${delivery}`);
  }
}

/** Nothing has arrived that nobody published, or somebody else. */
function checkBelonging(verdict: Verdict, { journal }: World): void {
  for (const { webhook, n } of journal.arrived) {
    const workspace = journal.published[n]?.workspace;
    if (webhook.startsWith(`/${workspace}/`)) continue;
    verdict.wrong.push(`${webhook}: event ${n} is ${workspace === undefined ? "nobody's" : "another workspace's"}`);
  }
}

/** What was held goes out the oldest first: so it arrives, however often some of it comes again. */
async function checkOrder(
  verdict: Verdict,
  { webhook, deliveries, resumedAt }: Held,
  { hook, requests, rows }: Story,
  journal: Journal,
  read: (delivery: string) => Promise<Delivery>,
): Promise<void> {
  const arrivals = Map.groupBy([...requests.values()].flat(), ({ delivery }) => delivery);
  if (hook.tenant.inOrder) checkAge(verdict, webhook, deliveries, arrivals, journal.published);
  let latest = { at: 0, delivery: "" };
  for (const delivery of deliveries) {
    const all = arrivals.get(delivery) ?? [];
    const [first] = all;
    // Sent before the pause, though nobody had told yet how that went; or tried, and not come as far as here.
    if (!first || first.at < resumedAt || all.length < (rows.get(delivery)?.attempts ?? 0)) continue;
    verdict.held++;
    if (first.at >= latest.at) latest = { at: first.at, delivery };
    // Its first request, too, may have been one that did not come as far as here, where another one is missing in the log.
    else if (unreached(await read(latest.delivery), hook, arrivals.get(latest.delivery) ?? [], journal) === 0) {
      const told = [delivery, latest.delivery].map((id) => {
        const own = arrivals.get(id)?.map(({ at, status }) => `${at - resumedAt} ms: ${status}`);
        return `${id} (${own?.join(", ")})`;
      });
      verdict.wrong.push(
        `${webhook}: of what was held arrived, after it was let go, ${told.join(" before the older ")}`,
      );
    }
  }
}

/** The log has them in the order in which they were accepted: each was sent after the one before it had been. */
function checkAge(
  verdict: Verdict,
  webhook: string,
  deliveries: readonly string[],
  arrivals: ReadonlyMap<string, Arrived[]>,
  published: readonly Published[],
): void {
  let newest = 0;
  for (const delivery of deliveries) {
    const { sentAt, acceptedAt, n } = published[arrivals.get(delivery)?.[0]?.n ?? -1] ?? {};
    if (sentAt === undefined) continue;
    if (acceptedAt !== undefined && acceptedAt < newest)
      verdict.wrong.push(`${webhook}: event ${n} was held behind newer ones`);
    newest = Math.max(newest, sentAt);
  }
}

/** What an endpoint's file says, which does not wake it up. workerd keeps an object's alarm there, in nanoseconds since 1970. */
function stateOf(file: string): { open: number; isAlarmSet: boolean } {
  if (!existsSync(file)) return { open: 0, isAlarmSet: false };
  const database = new DatabaseSync(file, { readOnly: true, readBigInts: true, timeout: BUSY_MS });
  try {
    const has = (table: string) =>
      database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(table) !== undefined;
    const open = has("open_parcels") ? database.prepare("SELECT count(*) AS n FROM open_parcels").get()?.n : 0;
    const alarm = has("_cf_METADATA")
      ? database.prepare("SELECT value FROM _cf_METADATA WHERE key = 1").get()?.value
      : null;
    return { open: Number(open), isAlarmSet: (alarm ?? null) !== null };
  } finally {
    database.close();
  }
}

/** So long no request must have come before it counts as quiet, in milliseconds. */
const QUIET_MS = 4000;

/** Something is set to wake up whoever has something to do: nobody else may come, and asking would. */
async function checkWaking(verdict: Verdict, world: World, say: (line: string) => void): Promise<void> {
  const { arrived } = world.journal;
  let seen = { requests: 0, at: realNow() };
  let toldAt = realNow();
  await eventually(
    () => {
      if (realNow() - toldAt > SAY_EVERY_MS) {
        toldAt = realNow();
        say(`${arrived.length} requests`);
      }
      if (seen.requests !== arrived.length) seen = { requests: arrived.length, at: realNow() };
      return seen.requests;
    },
    () => realNow() - seen.at > QUIET_MS,
    { everyMs: 500 },
  );
  for (const { id, path } of world.tenants.flatMap(({ hooks }) => hooks)) {
    const { open, isAlarmSet } = stateOf(objectFile(world.service.stateDir, "Endpoint", id));
    if (open > 0 && !isAlarmSet) verdict.wrong.push(`${path}: ${open} rows are open, and no alarm is set`);
  }
}

/** Where nothing is to be done, an object is woken up by nothing but what lies hours ahead. */
const IDLE_MS = 30 * 60_000;
/** The clock is set ahead step by step, in milliseconds, so that all that is to be done soon is done. */
const STEP_MS = 5 * 60_000;
const STEPS = 12;

async function checkAlarms(verdict: Verdict, world: World): Promise<void> {
  for (let step = 0; ; step++) {
    const soon = Object.entries(await world.setClockAhead(STEP_MS)).filter(
      ([, at]) => at !== null && at - Date.now() < IDLE_MS,
    );
    if (soon.length === 0) return;
    if (step === STEPS) {
      for (const [object] of soon) verdict.wrong.push(`${object} goes on waking up, for nothing`);
      return;
    }
    await sleep(500);
  }
}

/** In milliseconds: long enough that whatever is kept for a time is past it, and in few steps. */
const DAY_MS = 24 * 3_600_000;
const DAYS = 60;
/** What is forgotten in portions, 500 keys an alarm, takes many. */
const ALARMS = 1000;

/** Once all that is kept for a time is gone, nothing wakes up anybody. */
async function checkSleep(verdict: Verdict, world: World): Promise<void> {
  let awake: string[] = [];
  for (let day = 0; day < DAYS + ALARMS; day++) {
    const alarms = await world.setClockAhead(day < DAYS ? DAY_MS : STEP_MS);
    if (day < DAYS) await world.sweep();
    awake = Object.keys(alarms).filter((object) => alarms[object] !== null);
    if (awake.length === 0) return;
    await sleep(100);
  }
  for (const object of awake) verdict.wrong.push(`${object} has an alarm after ${DAYS} days of nothing`);
}
