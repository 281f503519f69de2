import { setTimeout as sleep } from "node:timers/promises";
import { aheadMs, realNow, setAhead } from "../model/clock.ts";
import { type Answer, api } from "../support/api.ts";
import { NEVER_MS } from "../support/eventually.ts";
import { type ModelState, model } from "../support/model.ts";
import { seeded } from "../support/random.ts";
import type { SpawnedService } from "../support/service.ts";
import { Journal } from "./journal.ts";
import { Receivers } from "./receiver.ts";
import { streamNames, type Tenant } from "./tenant.ts";

/** Before what has failed is tried again, in milliseconds. */
const AGAIN_MS = 100;
/** Two webhooks that wait for the same are called by a relay, in every other life of the runtime. */
const RELAYS_FROM = ["2", "2500"];
/** What the service's clock may be ahead of where it began, in milliseconds: no log forgets anything before that. */
const MOST_AHEAD_MS = 27 * 24 * 3_600_000;

/** The service with its customers, as everybody in a run shares it. */
export class World {
  readonly service: SpawnedService;
  readonly ownBuild: string;
  /** Others of it, for deployments. */
  readonly otherBuilds: readonly string[];
  readonly seed: number;
  readonly random: () => number;
  readonly journal = new Journal();
  readonly receivers: Receivers;
  readonly tenants: Tenant[] = [];
  /** What was deleted: nothing of it may be left. */
  readonly deleted = { workspaces: [] as number[], webhooks: [] as string[], sources: [] as string[] };
  /** The key that what is secret is kept under, and its number. */
  key = 0;
  kills = 0;
  /** From when on everything is well, in milliseconds since 1970. */
  wellAt = Number.POSITIVE_INFINITY;
  publishing = true;
  /** What nobody in the run can go on after. */
  readonly failure = Promise.withResolvers<never>();
  /** Has somebody publish to a workspace from now on. */
  begin: (tenant: Tenant, trickle?: boolean) => void = () => {};
  /** Faults of different tracks strike at the same time, but for those that end the runtime. */
  #down: Promise<unknown> = Promise.resolve();
  readonly #beganAheadMs = aheadMs();
  readonly #claimed = new Set<object>();
  /** What has struck, in all lives of the service. */
  readonly #struck = new Map<string, number>();
  /** Of the present one, what was noted already: how often each, and how many cuts. */
  #noted = { struck: new Map<string, number>(), cuts: 0 };

  constructor(service: SpawnedService, builds: { own: string; others: readonly string[] }, seed: number) {
    this.service = service;
    this.ownBuild = builds.own;
    this.otherBuilds = builds.others;
    this.seed = seed;
    this.random = seeded(seed);
    this.receivers = new Receivers(this.journal, seeded(seed - 1));
  }

  pick<T>(all: readonly T[], random = this.random): T {
    const one = all[Math.floor(random() * all.length)];
    if (one === undefined) throw new Error("There is nothing to choose from");
    return one;
  }

  /**
   * Does something to one of several that nobody else does something to just now.
   * @param parts what must be free of everybody with it
   * @returns what comes of it; false if there is none
   */
  async claim<T extends object>(
    all: readonly T[],
    work: (one: T) => Promise<unknown>,
    parts: (one: T) => readonly object[] = () => [],
  ): Promise<unknown> {
    const free = all.filter((one) => [one, ...parts(one)].every((each) => !this.#claimed.has(each)));
    if (free.length === 0) return false;
    const one = this.pick(free);
    const claimed = [one, ...parts(one)];
    for (const each of claimed) this.#claimed.add(each);
    try {
      return await work(one);
    } finally {
      for (const each of claimed) this.#claimed.delete(each);
    }
  }

  between(least: number, most: number): number {
    return Math.round(least + this.random() * (most - least));
  }

  /** Tries until it has succeeded, whatever is broken at the moment. */
  async insist(attempt: () => Promise<boolean>): Promise<void> {
    const began = realNow();
    for (;;) {
      try {
        if (await attempt()) return;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        this.journal.refuse("no answer");
      }
      if (realNow() - began > NEVER_MS) throw new Error(`Not done after ${NEVER_MS} ms`);
      await sleep(AGAIN_MS);
    }
  }

  /** Asks the API, once. */
  once<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
    return api(this.service.url, this.service.adminToken)<T>(method, `/api/v1${path}`, body);
  }

  /**
   * Asks the API until it has an answer that is no fault's.
   * @param unclear is told of each answer that does not say whether it was done
   */
  async ask<T>(method: string, path: string, body?: object, unclear: () => void = () => {}): Promise<Answer<T>> {
    let answer: Answer<T> | undefined;
    await this.insist(async () => {
      try {
        answer = await this.once<T>(method, path, body);
      } catch (error) {
        unclear();
        throw error;
      }
      if (answer.status >= 500) unclear();
      return answer.status < 500 && answer.status !== 429;
    });
    if (!answer) throw new Error(`${method} ${path} was never answered`);
    return answer;
  }

  /** The same, where anything but success is wrong. */
  async get<T>(method: string, path: string, body?: object, unclear?: () => void): Promise<T> {
    const { status, text, json } = await this.ask<{ data: T }>(method, path, body, unclear);
    if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${text}`);
    return json?.data;
  }

  command(command: object): Promise<ModelState> {
    return model(this.service.url, command);
  }

  /** As {@link command}, while the runtime may be down: then there is nothing to be commanded. @returns whether it was heard */
  async commandIfUp(command: object): Promise<boolean> {
    try {
      await this.command(command);
      return true;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return false;
    }
  }

  /**
   * What goes by the clock goes now. Where it fails, as D1 does or the runtime ends, the next time makes up for it.
   * @throws Error once all is well
   */
  async sweep(): Promise<void> {
    await this.command({ sweep: "now" }).catch((error: unknown) => {
      if (realNow() >= this.wellAt) throw error;
      this.journal.refuse("a sweep that failed");
    });
  }

  /** Lets one after another end the runtime. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#down;
    const mine = before.then(work);
    this.#down = mine.catch(() => {});
    return mine;
  }

  /** SIGKILL, and a start on the same state. Nothing gets to clean up. */
  async kill(vars: Record<string, string> = {}, build = this.service.script): Promise<void> {
    this.kills++;
    await this.note();
    this.#noted = { struck: new Map(), cuts: 0 };
    await this.journal.cutting(async () => {
      await this.service.kill();
      // The next life draws other chances than the one before.
      const MODEL_SEED = String(this.between(1, 2 ** 31));
      const now = { MODEL_SEED, MODEL_AHEAD_MS: String(aheadMs()), RELAYS_FROM: this.pick(RELAYS_FROM) };
      await this.service.restart({ ...vars, ...now }, build);
    });
  }

  /** Whether the clock may be set ahead by so much. */
  mayBeAhead(ms: number): boolean {
    return aheadMs() + ms - this.#beganAheadMs <= MOST_AHEAD_MS;
  }

  /** Sets the service's clock ahead, and the harness's with it. @returns when the objects' alarms ring */
  async setClockAhead(ms: number): Promise<Record<string, number | null>> {
    const to = aheadMs() + ms;
    const objects = {
      ENDPOINT: this.tenants.flatMap(({ hooks }) => hooks.map(({ id }) => id)),
      EVENT_STREAM: this.tenants.flatMap(({ id }) => streamNames(id)),
      SOURCE: this.tenants.flatMap(({ sources }) => sources.map(({ id }) => id)),
    };
    if (ms > 0) {
      this.journal.jumps.push({ at: realNow(), ms });
    }
    setAhead(to);
    const { alarms } = await this.command({ clock: { aheadMs: to, objects } });
    return alarms;
  }

  /** Takes note of what has struck since it did so last; before the service is ended, which forgets it. */
  async note(): Promise<void> {
    const { struck, cuts } = await model(this.service.url);
    for (const cut of cuts.slice(this.#noted.cuts)) this.journal.cutOff(cut);
    this.#noted.cuts = cuts.length;
    for (const [what, places] of Object.entries(struck)) {
      for (const [where, times] of Object.entries(places)) {
        const name = `${what}: ${where}`;
        const more = times - (this.#noted.struck.get(name) ?? 0);
        this.#noted.struck.set(name, times);
        this.#struck.set(name, (this.#struck.get(name) ?? 0) + more);
      }
    }
  }

  /** How often each random fault has struck, by where; up to the last {@link note}. */
  get struck(): ReadonlyMap<string, number> {
    return this.#struck;
  }
}
