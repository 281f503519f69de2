import { eventually } from "../support/eventually.ts";
import type { DeliveryRow } from "../support/workspace.ts";
import type { Arrived } from "./ledger.ts";
import type { World } from "./world.ts";

/** What became of all that was accepted. */
export interface Verdict {
  accepted: number;
  /** Deliveries, by what became of them. */
  delivered: number;
  exhausted: number;
  /** Requests more than one for a delivery that had been answered with success. */
  duplicates: number;
  /** Requests that the log does not tell of, and attempts in the log that nobody saw. */
  unlogged: number;
  unseen: number;
  /** What must never happen, in sentences. */
  lost: string[];
  wrong: string[];
}

/** What was on its way when a webhook was paused has so long to arrive, in milliseconds. */
const ON_ITS_WAY_MS = 1000;
const said = ({ status }: Arrived) => status !== null && status >= 200 && status < 300;

/** Waits until nothing moves any more: everything is well by now. */
async function settled(world: World): Promise<void> {
  for (const { workspace, id, path } of world.hooks) {
    const accepted = world.ledger.published.filter((each) => each.workspace === workspace.id).length;
    await eventually(
      async () => {
        const { json, status } = await workspace.call<{
          data: { waiting: number; in_flight: number; failing: boolean };
        }>("GET", `/webhooks/${id}/health`);
        if (status !== 200) return { path, status };
        const { waiting, in_flight, failing } = json.data;
        const seen = new Set(world.ledger.arrived.filter(({ webhook }) => webhook === path).map(({ n }) => n)).size;
        return { path, waiting, in_flight, failing, seen, accepted };
      },
      (now) => now.waiting === 0 && now.in_flight === 0 && !now.failing,
      { everyMs: 500 },
    );
  }
}

/** Checks the promise: what was answered 202 has arrived at every webhook, or the log says why not. */
export async function check(world: World): Promise<Verdict> {
  await settled(world);
  const { ledger } = world;
  const verdict: Verdict = {
    ...{ accepted: 0, delivered: 0, exhausted: 0, duplicates: 0, unlogged: 0, unseen: 0 },
    lost: [],
    wrong: [...new Set(ledger.wrong)],
  };
  verdict.accepted = ledger.published.filter(({ accepted }) => accepted).length;
  for (const hook of world.hooks) {
    const requests = Map.groupBy(
      ledger.arrived.filter(({ webhook }) => webhook === hook.path),
      ({ n }) => n,
    );
    const rows = new Map((await hook.workspace.deliveries(hook.id)).map((row) => [row.id, row]));
    const events = ledger.published.filter(({ workspace }) => workspace === hook.workspace.id);
    for (const { n, accepted } of events) checkEvent(verdict, hook.path, n, accepted, requests.get(n) ?? [], rows);
    for (const n of requests.keys()) {
      if (ledger.published[n]?.workspace !== hook.workspace.id) {
        verdict.wrong.push(`${hook.path}: event ${n} is another workspace's`);
      }
    }
    checkAttempts(verdict, hook.path, [...requests.values()].flat(), rows);
    const unknown = [...rows.values()].filter(({ status }) => status === "pending" || status === "expired");
    if (unknown.length > 0) verdict.wrong.push(`${hook.path}: ${unknown.length} are ${unknown[0]?.status}`);
    checkOrderIds(verdict, hook.path, rows);
  }
  for (const { webhook, from, to } of ledger.paused) {
    const late = ledger.arrived.filter(
      (each) => each.webhook === webhook && each.at > from + ON_ITS_WAY_MS && each.at < to,
    );
    if (late.length > 0) verdict.wrong.push(`${webhook}: ${late.length} requests while it was paused`);
  }
  return verdict;
}

function checkEvent(
  verdict: Verdict,
  path: string,
  n: number,
  accepted: boolean,
  requests: readonly Arrived[],
  rows: ReadonlyMap<string, DeliveryRow>,
): void {
  const ids = new Set(requests.map(({ delivery }) => delivery));
  if (ids.size > 1) verdict.wrong.push(`${path}: event ${n} came under ${ids.size} ids`);
  const successes = requests.filter(said).length;
  verdict.duplicates += Math.max(0, successes - 1);
  if (!accepted) return;
  const row = rows.get([...ids][0] ?? "");
  if (row?.status === "failed") verdict.exhausted++;
  else if (row?.status === "delivered" && successes > 0) verdict.delivered++;
  else
    verdict.lost.push(
      `${path}: event ${n} (${requests.length} requests, ${successes} answered well, log: ${row?.status})`,
    );
}

/** The log tells of the attempts that were made, but for those that a fault cut off. */
function checkAttempts(
  verdict: Verdict,
  path: string,
  requests: readonly Arrived[],
  rows: ReadonlyMap<string, DeliveryRow>,
): void {
  const seen = Map.groupBy(requests, ({ delivery }) => delivery);
  for (const [id, { attempts }] of rows) {
    const made = seen.get(id)?.length ?? 0;
    verdict.unlogged += Math.max(0, made - attempts);
    verdict.unseen += Math.max(0, attempts - made);
  }
  for (const id of seen.keys()) if (!rows.has(id)) verdict.wrong.push(`${path}: the log knows nothing of ${id}`);
}

/** One event is one delivery of each webhook. */
function checkOrderIds(verdict: Verdict, path: string, rows: ReadonlyMap<string, DeliveryRow>): void {
  const events = new Set([...rows.values()].map(({ event_id }) => event_id));
  if (events.size !== rows.size) verdict.wrong.push(`${path}: ${rows.size} deliveries of ${events.size} events`);
}
