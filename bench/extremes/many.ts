import { setTimeout as sleep } from "node:timers/promises";
import { newWorkspace } from "../../test/support/workspace.ts";
import { now } from "../clock.ts";
import { Counter } from "../counter.ts";
import { residentMegabytes } from "../cpu.ts";
import { makeWebhooks } from "../fan-out.ts";
import { USUAL_EVENT, writeLog } from "../long-log.ts";
import { Asker, byTurns, type Subject, timed } from "../questions.ts";
import type { Stage } from "../stage.ts";
import { median } from "../stats.ts";
import { type Workspaces, workspaces } from "../workspaces.ts";

/** A service with very many things beside one with a few: what is asked of it must not take longer for that. */

export interface Sizes {
  endpoints: number;
  workspaces: number;
  deliveries: number;
}

/** What there is where there is little: two pages of each list, so that what is compared answers alike. */
const FEW: Sizes = { endpoints: 100, workspaces: 0, deliveries: 1000 };
/** Objects are forgotten after ten seconds without a call; in milliseconds. */
const FORGOTTEN_MS = 12_000;
const STARTS = 8;

/** Medians in milliseconds. */
export interface Compared {
  name: string;
  few: number;
  many: number;
}

export interface Many extends Sizes {
  questions: Compared[];
  /** The first answer of an object that was not in memory. */
  starts: Compared[];
  /** Resident memory after a start and one question of each kind, in megabytes. */
  megabytes: { few: number; many: number };
  busy: Workspaces | undefined;
}

interface Prepared {
  subject: Subject;
  busy: Workspaces | undefined;
}

/** @param stage one that has no service yet @param url where deliveries go */
async function prepare(stage: Stage, url: string, sizes: Sizes): Promise<Prepared> {
  const service = await stage.unlimited();
  const busy = sizes.workspaces > 0 ? await workspaces(service, sizes.workspaces) : undefined;
  const workspace = await newWorkspace(service);
  const { id: webhook } = await workspace.webhook({ url: `${url}/log`, events: [USUAL_EVENT] });
  await makeWebhooks(workspace, url, sizes.endpoints - 1, "contact.updated");
  const { id: event } = await workspace.publish({ event: USUAL_EVENT, data: { id: 0 } });
  await workspace.attempted(webhook);
  writeLog(await stage.rest(), event, sizes.deliveries, now());
  return { subject: { service: await stage.unlimited(), workspace: workspace.id, webhook }, busy };
}

const KINDS = ["few", "many"] as const;
/** Of few things, and of many. */
type Both<T> = Record<(typeof KINDS)[number], T>;

const medians = (name: string, { few, many }: Both<number[]>): Compared => {
  return { name, few: median(few), many: median(many) };
};

async function compare(askers: Both<Asker>): Promise<Compared[]> {
  const questions = { few: await askers.few.questions(), many: await askers.many.questions() };
  const compared: Compared[] = [];
  for (const [index, { name }] of questions.few.entries()) {
    const [few = Number.NaN, many = Number.NaN] = await byTurns(
      KINDS.map((kind) => () => timed(async () => questions[kind][index]?.ask())),
    );
    compared.push({ name, few, many });
  }
  return compared;
}

/** What the first question after an object was forgotten takes. */
async function starts(askers: Both<Asker>): Promise<Compared[]> {
  const none = (): Both<number[]> => ({ few: [], many: [] });
  const kinds = [
    { name: "an endpoint's", ask: (asker: Asker) => asker.firstPage(), times: none() },
    { name: "a stream's", ask: (asker: Asker) => asker.publish(), times: none() },
  ];
  for (let round = 0; round < STARTS; round++) {
    await sleep(FORGOTTEN_MS);
    for (const { ask, times } of kinds) {
      for (const kind of KINDS) times[kind].push(await timed(() => ask(askers[kind])));
    }
  }
  return kinds.map(({ name, times }) => medians(name, times));
}

/** What a service occupies that has just started and was asked one of everything. */
async function startedMegabytes(stage: Stage, subject: Subject): Promise<number> {
  await stage.rest();
  const service = await stage.unlimited();
  const asker = await Asker.of({ ...subject, service });
  for (const { ask } of await asker.questions()) await ask();
  return residentMegabytes(service.pid);
}

/** @param stages two without services, for few and for many */
export async function many(stages: { few: Stage; many: Stage }, sizes: Sizes): Promise<Many> {
  const counter = new Counter();
  const url = await counter.listen();
  try {
    const { subject: few } = await prepare(stages.few, url, FEW);
    const { subject: many, busy } = await prepare(stages.many, url, sizes);
    const askers = { few: await Asker.of(few), many: await Asker.of(many) };
    const questions = await compare(askers);
    const started = await starts(askers);
    const megabytes = {
      few: await startedMegabytes(stages.few, few),
      many: await startedMegabytes(stages.many, many),
    };
    return { ...sizes, questions, starts: started, megabytes, busy };
  } finally {
    counter.close();
  }
}
