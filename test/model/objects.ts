import { DurableObject } from "cloudflare:workers";
import { modelEnv } from "./bindings.ts";
import { aheadMs, realNow } from "./clock.ts";
import { alarmLimitMs, busynessOf, chaotic, slownessOf } from "./control.ts";
import { ofClass } from "./counters.ts";
import { invocations, Life, LOST, outgoing, pause } from "./life.ts";
import { refuseTooLarge } from "./sizes.ts";

/** What an alarm handler that takes too long is ended with. */
const TOO_LONG = "The alarm handler exceeded its allowed execution time.";

type ObjectClass = new (ctx: DurableObjectState, env: Env) => DurableObject<Env>;
type Method = (...args: unknown[]) => unknown;

const lives = new WeakMap<object, Life>();
const alarms = new WeakMap<object, (ms: number) => Promise<number | null>>();
/** The present one of each object. */
const present = new Map<string, Life>();

/** A class of Durable Objects as the platform would run it. */
export function modelled<T>(real: T): T {
  const Real = real as ObjectClass;
  // What a class's constructor cannot do: run that of its base class as part of an invocation.
  function Modelled(ctx: DurableObjectState, env: Env): DurableObject<Env> {
    const life = new Life(Real.name, ctx);
    const key = `${life.class} ${life.name}`;
    // Whatever took the one before out of memory, this one is there in its place.
    present.get(key)?.left();
    present.set(key, life);
    const getAlarm = ctx.storage.getAlarm.bind(ctx.storage);
    const setAlarm = ctx.storage.setAlarm.bind(ctx.storage);
    observe(ctx, life);
    const object = invocations.run(life.invocation(), () => Reflect.construct(Real, [ctx, modelEnv(env)], new.target));
    life.ready = true;
    lives.set(object, life);
    alarms.set(object, (ms) => bringForward(getAlarm, setAlarm, ms));
    return object;
  }
  Object.setPrototypeOf(Modelled, Real);
  Modelled.prototype = Object.create(Real.prototype, { constructor: { value: Modelled } });
  Object.defineProperty(Modelled.prototype, SET_AHEAD, {
    value(this: object, ms: number): Promise<number | null> | undefined {
      return alarms.get(this)?.(ms);
    },
  });
  for (const [name, method] of methodsOf(Real)) {
    const value = function (this: object, ...args: unknown[]): unknown {
      const call = () => Reflect.apply(method, this, args.map(answering));
      const life = lives.get(this);
      // Its own methods the object calls without anything in between.
      if (!life || invocations.getStore()?.life === life) return call();
      return invocations.run(life.invocation(), () => life.during(() => serve(life, name, call)));
    };
    Object.defineProperty(Modelled.prototype, name, { value });
  }
  return Modelled as T;
}

/** What an object was given to call back is called by it, and no more once it has ended. */
function answering(argument: unknown): unknown {
  if (typeof argument !== "function" || !invocations.getStore()?.life) return argument;
  return (...args: unknown[]) => outgoing("callback", async () => argument(...args));
}

function methodsOf(Real: ObjectClass): Map<string, Method> {
  const methods = new Map<string, Method>();
  for (
    let prototype: object = Real.prototype;
    prototype !== DurableObject.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === "function" && name !== "constructor" && !methods.has(name)) methods.set(name, value);
    }
  }
  return methods;
}

/** One call from outside, or one alarm. */
async function serve(life: Life, name: string, call: () => unknown): Promise<unknown> {
  const counters = ofClass(life.class);
  if (name === "alarm") counters.alarms++;
  else counters.calls++;
  const reset = life.step(name);
  if (reset) await reset;
  const turn = name === "alarm" ? undefined : life.turn(busynessOf(life.class));
  if (turn) await turn;
  const slowness = pause(slownessOf(life));
  if (slowness) await slowness;
  const limit = name === "alarm" ? setTimeout(() => life.end(TOO_LONG), alarmLimitMs()) : undefined;
  try {
    const answer = await call();
    if (name !== "alarm" && chaotic.strikes("lost", `${life.class} ${name}`, life)) throw new Error(LOST);
    return answer;
  } finally {
    clearTimeout(limit);
    await life.gate();
    await life.step(`${name} answered`);
  }
}

/** The method of every object by which its alarm comes to ring so much earlier, as the clock was set ahead. */
export const SET_AHEAD = "modelSetAhead";

/** @returns when the alarm rings, by the product's clock; null without one */
async function bringForward(
  getAlarm: () => Promise<number | null>,
  setAlarm: (at: number) => Promise<void>,
  ms: number,
): Promise<number | null> {
  const at = await getAlarm();
  if (at === null) return null;
  const earlier = Math.max(realNow() + 1, at - ms);
  if (ms > 0) await setAlarm(earlier);
  return earlier + aheadMs();
}

/** Alarms are by the real clock, whatever the product's is. */
const realAlarm = (at: unknown): unknown => (at instanceof Date ? at.getTime() : Number(at)) - aheadMs();
const productAlarm = (at: unknown): unknown => (typeof at === "number" ? at + aheadMs() : at);

/** Storage that answers later, or is asked for nothing. */
const READS = ["get", "list", "getAlarm", "sync"] as const;
const WRITES = ["put", "delete", "deleteAll", "setAlarm", "deleteAlarm", "transaction"] as const;

/** Wraps what an object is given, in its place: the base class takes no other. */
function observe(ctx: DurableObjectState, life: Life): void {
  const { storage } = ctx;
  const replace = (target: object, name: string, by: (method: Method) => Method) => {
    const method: Method = Reflect.get(target, name).bind(target);
    Object.defineProperty(target, name, { value: by(method) });
  };

  for (const name of [...READS, ...WRITES]) {
    replace(storage, name, (method) => (...args) => {
      life.stepNow(name);
      const [first, ...others] = args;
      const answer = method(...(name === "setAlarm" ? [realAlarm(first), ...others] : args)) as Promise<unknown>;
      // Deleting an alarm is not billed: https://developers.cloudflare.com/durable-objects/platform/pricing/
      if (WRITES.some((write) => write === name)) life.wrote(name === "setAlarm" ? 1 : 0);
      return life.during(async () => {
        const value = await answer;
        // It is what waits for the commit.
        if (name === "sync") await life.gate();
        await life.step(`${name} returned`);
        return name === "getAlarm" ? productAlarm(value) : value;
      });
    });
  }

  let inTransaction = false;
  replace(storage, "transactionSync", (method) => (work) => {
    life.stepNow("transaction");
    inTransaction = true;
    try {
      return method(work);
    } finally {
      inTransaction = false;
    }
  });
  replace(storage.sql, "exec", (method) => (...args) => {
    const [sql, ...values] = args;
    refuseTooLarge(String(sql), values);
    // Nothing can come between the statements of a transaction.
    if (!inTransaction) life.stepNow("exec");
    const cursor = method(...args) as SqlStorageCursor<Record<string, SqlStorageValue>>;
    if (cursor.rowsWritten > 0) life.wrote(cursor.rowsWritten);
    return cursor;
  });

  replace(ctx, "waitUntil", (method) => (work) => {
    const end = life.begin();
    // The runtime hears of a failure by the promise itself.
    Promise.resolve(work).then(end, end);
    return method(work);
  });
  replace(ctx, "abort", (method) => (...args) => {
    life.left();
    return method(...args);
  });
}
