import { z } from "zod";
import { seeded } from "../support/random.ts";
import { realNow, setAhead } from "./clock.ts";
import { type Kind, LIMITS, PROFILES, type Profile, TIMES } from "./figures.ts";

/** What was commanded, and what is drawn from it. One for the whole isolate, so for all objects of a local run. */

const trouble = z.strictObject({
  is: z.enum(["well", "refusing", "standing"]),
  /** Until told otherwise, if it is left out. */
  seconds: z.number().positive().optional(),
});

const chance = z.number().min(0).max(1);

/** How likely each is, wherever it can happen; left out: not at all. */
const chaos = z.strictObject({
  /** That an object is reset at a step. */
  reset: chance.optional(),
  /** That the answer of an object's call is lost, which was carried out. */
  lost: chance.optional(),
  /** That D1 refuses a query. */
  d1: chance.optional(),
  /** That D1 carries a query out, and its answer is lost. */
  d1Lost: chance.optional(),
});

const which = { class: z.string().optional(), name: z.string().optional() };

/** The product's clock, and whose alarms ring by it: names, by binding. */
const clock = z.strictObject({
  aheadMs: z.int().nonnegative(),
  objects: z.record(z.string(), z.array(z.string())).optional(),
});

/** What `POST /__model` takes: any of these, in one object. */
export const command = z.strictObject({
  profile: z.enum(Object.keys(PROFILES) as [Profile, ...Profile[]]).optional(),
  seed: z.int().optional(),
  slow: z.strictObject({ class: z.string(), name: z.string(), ms: z.number().nonnegative() }).optional(),
  busy: z.strictObject({ class: z.string(), ms: z.number().nonnegative() }).optional(),
  d1: trouble.optional(),
  alarmMs: z.number().positive().optional(),
  steps: z.strictObject(which).optional(),
  reset: z.strictObject({ ...which, at: z.int().positive() }).optional(),
  chaos: chaos.optional(),
  clock: clock.optional(),
  sweep: z.literal("now").optional(),
  count: z.literal("reset").optional(),
});

export type Command = z.infer<typeof command>;

/** Something that refuses, or does not answer, for a while. */
class Trouble {
  #is: "well" | "refusing" | "standing" = "well";
  #until = 0;

  take({ is, seconds }: z.infer<typeof trouble>): void {
    this.#is = is;
    this.#until = seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + seconds * 1000;
  }

  get is(): "well" | "refusing" | "standing" {
    return Date.now() < this.#until ? this.#is : "well";
  }
}

/** An object, as commands name it. */
export interface Named {
  class: string;
  name: string;
}

/** Counts the steps of chosen objects, and says at which one of them is to be reset. */
class Watch {
  #chosen: { class?: string | undefined; name?: string | undefined } | undefined;
  #at = 0;
  /** What each step was, the first one first. */
  labels: string[] = [];
  /** Which object was reset. */
  reset: Named | undefined;

  begin(chosen: { class?: string | undefined; name?: string | undefined }, at = 0): void {
    this.#chosen = chosen;
    this.#at = at;
    this.labels = [];
    this.reset = undefined;
  }

  /** @returns whether the object is to be reset here */
  passes(object: Named, label: string): boolean {
    const { class: ofClass = object.class, name = object.name } = this.#chosen ?? { class: "" };
    if (ofClass !== object.class || name !== object.name) return false;
    if (this.labels.push(label) !== this.#at) return false;
    this.reset = { class: object.class, name: object.name };
    return true;
  }
}

export type Chance = keyof z.infer<typeof chaos>;

/** An object that was cut off: it was reset, or an answer of it was lost. By the real clock, in milliseconds since 1970. */
export interface Cut extends Named {
  how: Chance;
  at: number;
}

/** What happens at random. Draws of its own, so that it changes no times. */
class Chaos {
  #chances: z.infer<typeof chaos> = {};
  #random = seeded(1);
  /** How often each has happened, and where. */
  readonly struck: Record<Chance, Record<string, number>> = { reset: {}, lost: {}, d1: {}, d1Lost: {} };
  readonly cuts: Cut[] = [];

  seed(seed: number): void {
    this.#random = seeded(seed ^ 0x5bd1e995);
  }

  take(chances: z.infer<typeof chaos>): void {
    this.#chances = chances;
  }

  /** @param where it would happen, for the count @param object which of them, if it is one */
  strikes(what: Chance, where: string, object?: Named): boolean {
    const chance = this.#chances[what] ?? 0;
    if (chance === 0 || this.#random() >= chance) return false;
    this.struck[what][where] = (this.struck[what][where] ?? 0) + 1;
    if (object) this.cuts.push({ class: object.class, name: object.name, how: what, at: realNow() });
    return true;
  }
}

export const chaotic = new Chaos();
export const d1 = new Trouble();
export const watch = new Watch();

let profile: Profile = "local";
let seed = 1;
let random = seeded(seed);
/** Milliseconds by class and name. */
const slow = new Map<string, number>();
/** By the class. */
const busy = new Map<string, number>();
/** Wall time of an alarm handler, in milliseconds. */
let alarmMs: number = LIMITS.alarmMs;

/** Carries out a command; `clock`, `sweep` and `count` are its caller's. */
export function obey(given: Command): void {
  if (given.profile !== undefined) profile = given.profile;
  if (given.seed !== undefined) {
    seed = given.seed;
    random = seeded(seed);
    chaotic.seed(seed);
  }
  if (given.chaos) chaotic.take(given.chaos);
  if (given.slow) slow.set(`${given.slow.class} ${given.slow.name}`, given.slow.ms);
  if (given.busy) busy.set(given.busy.class, given.busy.ms);
  if (given.d1) d1.take(given.d1);
  if (given.alarmMs !== undefined) alarmMs = given.alarmMs;
  if (given.steps) watch.begin(given.steps);
  if (given.reset) watch.begin(given.reset, given.reset.at);
}

let begun = false;

/** Text bindings say what holds from the start: the profile, what is drawn from, and how far the clock is ahead. */
type Bindings = { MODEL?: string; MODEL_SEED?: string | number; MODEL_AHEAD_MS?: string | number };

export function begin({ MODEL = "local", MODEL_SEED = 1, MODEL_AHEAD_MS = 0 }: Bindings): void {
  if (begun) return;
  begun = true;
  setAhead(Number(MODEL_AHEAD_MS));
  obey(command.parse({ profile: MODEL, seed: Number(MODEL_SEED) }));
}

/** What {@link obey} was told, as `GET /__model` shows it. */
export function told() {
  const { labels, reset = null } = watch;
  const steps = { count: labels.length, labels, reset };
  const { struck, cuts } = chaotic;
  return { profile, seed, slow: Object.fromEntries(slow), d1: d1.is, alarmMs, steps, struck, cuts };
}

export const alarmLimitMs = (): number => alarmMs;

/** How long each call of a class's objects keeps an object from doing anything for another call, in milliseconds. */
export const busynessOf = (ofClass: string): number => busy.get(ofClass) ?? 0;

/** How much longer each call of an object takes, in milliseconds. */
export const slownessOf = (object: Named): number => slow.get(`${object.class} ${object.name}`) ?? 0;

export const takesTime = (): boolean => PROFILES[profile] > 0;

/** How many standard deviations 99 in 100 stay below. */
const P99_DEVIATIONS = 2.326;

/** Draws how long something takes this time, in milliseconds: lognormal, and 0 without drawing where nothing takes time. */
export function draw(kind: Kind): number {
  const factor = PROFILES[profile];
  if (factor === 0) return 0;
  const { p50, p99 } = TIMES[kind];
  // Box and Muller's way from two even draws to a normal one; 1 - x is never 0.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return factor * p50 * Math.exp((normal * Math.log(p99 / p50)) / P99_DEVIATIONS);
}
