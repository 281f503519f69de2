import { newWorkspace, type Workspace, workspaceOf } from "../test/support/workspace.ts";
import { now } from "./clock.ts";
import { Counter } from "./counter.ts";
import { RARE_EVENT, USUAL_EVENT, writeLog } from "./long-log.ts";
import { byTurns, timed } from "./questions.ts";
import type { Stage } from "./stage.ts";

/** What one webhook's log costs as it grows: the same questions to webhooks of one service that differ in nothing else. */

/** What every log has, so that all of them answer with whole pages. */
const AT_LEAST = 1000;

export interface Growth {
  /** Deliveries of each log beyond {@link AT_LEAST}, the least first. */
  sizes: readonly number[];
  /** Medians in milliseconds, one for each size. */
  questions: { name: string; ms: number[] }[];
  /** Events that never arrived. */
  missing: number;
}

interface Log {
  workspace: Workspace;
  webhook: string;
  /** Of a page in the middle, and a delivery on it. */
  cursor: string;
  delivery: string;
}

type Made = { workspace: number; webhook: string; event: string; size: number };

async function make(service: { url: string; adminToken: string }, url: string, size: number): Promise<Made> {
  const workspace = await newWorkspace(service);
  const { id: webhook } = await workspace.webhook({ url: `${url}/${size}`, events: [USUAL_EVENT] });
  const { id: event } = await workspace.publish({ event: USUAL_EVENT, data: { id: 0 } });
  await workspace.attempted(webhook);
  return { workspace: workspace.id, webhook, event, size };
}

interface Page {
  data: { id: string }[];
}

async function get<T>(workspace: Workspace, path: string): Promise<T> {
  const { status, text, json } = await workspace.call<T>("GET", path);
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
  return json;
}

/** @returns from a publish until its event is there, in milliseconds; NaN where it is not */
async function arrival({ workspace }: Log, counter: Counter): Promise<number> {
  counter.forget();
  const began = now();
  await workspace.publish({ event: USUAL_EVENT, data: { id: 1 } });
  await counter.all(1, () => {});
  return counter.reached === 1 ? counter.lastAt - began : Number.NaN;
}

/** In the order in which they are asked; each tells where it leads. */
const QUESTIONS: readonly { name: string; path: (log: Log) => string }[] = [
  { name: "first page", path: ({ webhook }) => `/webhooks/${webhook}/deliveries` },
  { name: "deep page", path: ({ webhook, cursor }) => `/webhooks/${webhook}/deliveries?cursor=${cursor}` },
  { name: "filtered by state", path: ({ webhook }) => `/webhooks/${webhook}/deliveries?status=failed` },
  { name: "filtered by type", path: ({ webhook }) => `/webhooks/${webhook}/deliveries?event=${RARE_EVENT}` },
  { name: "one delivery", path: ({ delivery }) => `/deliveries/${delivery}` },
];

/** @param stage one that has no service yet @param sizes the least first */
export async function growth(stage: Stage, sizes: readonly number[]): Promise<Growth> {
  const counter = new Counter();
  const url = await counter.listen();
  try {
    const before = await stage.unlimited();
    const made: Made[] = [];
    for (const size of sizes) made.push(await make(before, url, size));
    const stateDir = await stage.rest();
    const cursors = made.map(({ event, size }) => writeLog(stateDir, event, AT_LEAST + size, now()));
    const service = await stage.unlimited();
    const logs: Log[] = [];
    for (const [index, { workspace: id, webhook }] of made.entries()) {
      const workspace = workspaceOf(service, id);
      const cursor = cursors[index] ?? "";
      const { data } = await get<Page>(workspace, `/webhooks/${webhook}/deliveries?cursor=${cursor}`);
      logs.push({ workspace, webhook, cursor, delivery: data[0]?.id ?? "" });
    }
    let missing = 0;
    const arrivals = logs.map((log) => async () => {
      const ms = await arrival(log, counter);
      if (Number.isNaN(ms)) missing++;
      return ms;
    });
    const questions = [{ name: "publish to arrival", ms: await byTurns(arrivals) }];
    for (const { name, path } of QUESTIONS) {
      const asks = logs.map((log) => () => timed(async () => void (await get(log.workspace, path(log)))));
      questions.push({ name, ms: await byTurns(asks) });
    }
    return { sizes, questions, missing };
  } finally {
    counter.close();
  }
}
