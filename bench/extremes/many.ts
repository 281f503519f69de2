import { setTimeout as sleep } from "node:timers/promises";
import { newWorkspace } from "../../test/support/workspace.ts";
import { now } from "../clock.ts";
import { Counter } from "../counter.ts";
import { residentMegabytes } from "../cpu.ts";
import { makeWebhooks } from "../fan-out.ts";
import type { Stage } from "../stage.ts";
import { median } from "../stats.ts";
import { type Workspaces, workspaces } from "../workspaces.ts";
import { USUAL_EVENT, writeLog } from "./long-log.ts";
import { Asker, type Subject, timed } from "./questions.ts";

/** A service with very many things beside one with a few: what is asked of it must not take longer for that. */

export interface Sizes {
  endpoints: number;
  workspaces: number;
  deliveries: number;
}

/** What there is where there is little: two pages of each list, so that what is compared answers alike. */
const FEW: Sizes = { endpoints: 100, workspaces: 0, deliveries: 1000 };
/** A log that is as long as any answer looks back over: there is one of these, too, where there is little. */
const USUAL_LOG = 60_000;
/** Answers of each question that are timed, and that are not, before. */
const TAKES = 60;
const WARM_UPS = 10;
/** Objects are forgotten after ten seconds without a call; in milliseconds. */
const FORGOTTEN_MS = 12_000;
const STARTS = 8;

/** Medians in milliseconds. */
export interface Compared {
  name: string;
  few: number;
  /** Beside few things, of the log that is as long as any answer looks back over. */
  usual: number;
  many: number;
  /** Whether it is to be compared with the usual, and not with few. */
  looksBack: boolean;
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
  /** One for each log. */
  subjects: Subject[];
  busy: Workspaces | undefined;
}

/** @param stage one that has no service yet @param url where deliveries go @param logs how many deliveries they have */
async function prepare(stage: Stage, url: string, sizes: Omit<Sizes, "deliveries">, logs: number[]): Promise<Prepared> {
  const service = await stage.unbraked();
  const busy = sizes.workspaces > 0 ? await workspaces(service, sizes.workspaces) : undefined;
  const made: { workspace: number; webhook: string; event: string; log: number }[] = [];
  for (const log of logs) {
    const workspace = await newWorkspace(service);
    const { id: webhook } = await workspace.webhook({ url: `${url}/log`, events: [USUAL_EVENT] });
    await makeWebhooks(workspace, url, sizes.endpoints - 1, "contact.updated");
    const { id: event } = await workspace.publish({ event: USUAL_EVENT, data: { id: 0 } });
    await workspace.attempted(webhook);
    made.push({ workspace: workspace.id, webhook, event, log });
  }
  const stateDir = await stage.rest();
  for (const { event, log } of made) writeLog(stateDir, event, log, now());
  const started = await stage.unbraked();
  return { subjects: made.map(({ workspace, webhook }) => ({ service: started, workspace, webhook })), busy };
}

/** Of few things, of few with a usual log, and of many. */
type Three<T> = Record<"few" | "usual" | "many", T>;

const KINDS = ["few", "usual", "many"] as const;

const three = <T>(make: (kind: keyof Three<T>) => T): Three<T> => {
  return { few: make("few"), usual: make("usual"), many: make("many") };
};

const medians = (name: string, times: Three<number[]>, looksBack = false): Compared => {
  return { name, ...three((kind) => median(times[kind])), looksBack };
};

/** Asks by turns, so that a noisy spell of the machine meets all. */
async function compare(askers: Three<Asker>): Promise<Compared[]> {
  const questions = {
    few: await askers.few.questions(),
    usual: await askers.usual.questions(),
    many: await askers.many.questions(),
  };
  const compared: Compared[] = [];
  for (const [index, { name, looksBack }] of questions.few.entries()) {
    const times = three((): number[] => []);
    for (let take = -WARM_UPS; take < TAKES; take++) {
      for (const kind of KINDS) {
        const ms = await timed(async () => questions[kind][index]?.ask());
        if (take >= 0) times[kind].push(ms);
      }
    }
    compared.push(medians(name, times, looksBack));
  }
  return compared;
}

/** What the first question after an object was forgotten takes. */
async function starts(askers: Three<Asker>): Promise<Compared[]> {
  const kinds = [
    { name: "an endpoint's", ask: (asker: Asker) => asker.firstPage(), times: three((): number[] => []) },
    { name: "a stream's", ask: (asker: Asker) => asker.publish(), times: three((): number[] => []) },
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
  const service = await stage.unbraked();
  const asker = await Asker.of({ ...subject, service });
  for (const { ask } of await asker.questions()) await ask();
  return residentMegabytes(service.pid);
}

/** @param stages two without services, for few and for many */
export async function many(stages: { few: Stage; many: Stage }, sizes: Sizes): Promise<Many> {
  const counter = new Counter();
  const url = await counter.listen();
  try {
    const little = await prepare(stages.few, url, FEW, [FEW.deliveries, USUAL_LOG]);
    const much = await prepare(stages.many, url, sizes, [sizes.deliveries]);
    const [few, usual] = little.subjects;
    const [many] = much.subjects;
    if (!few || !usual || !many) throw new Error("There is nothing to ask about");
    const askers = { few: await Asker.of(few), usual: await Asker.of(usual), many: await Asker.of(many) };
    const questions = await compare(askers);
    const started = await starts(askers);
    const megabytes = {
      few: await startedMegabytes(stages.few, few),
      many: await startedMegabytes(stages.many, many),
    };
    return { ...sizes, questions, starts: started, megabytes, busy: much.busy };
  } finally {
    counter.close();
  }
}
