import { modelEnv } from "./bindings.ts";
import { aheadMs, setAhead } from "./clock.ts";
import { type Command, command, obey, told } from "./control.ts";
import { Activity, counters, resetCounters } from "./counters.ts";
import { connections, invocationOfWorker, invocations } from "./life.ts";
import { SET_AHEAD } from "./objects.ts";
import "./globals.ts";

/** Where commands are taken. */
const PATH = "/__model";
/** The handler of the clock runs as by this one, at which all is swept. */
const CRON = "17 * * * *";

type Handler = (input: unknown, env: object, ctx: ExecutionContext) => unknown;

/** The handlers of a Worker as the platform would run them, and before them the model's own path. */
export function modelHandlers<T extends object>(real: T): T {
  const all = real as Record<string, Handler>;
  const sweep = (env: object, ctx: ExecutionContext) =>
    all.scheduled?.({ cron: CRON, scheduledTime: Date.now(), noRetry: () => {} }, modelEnv(env), ctx);
  const handlers = Object.entries(all).map(([name, handler]) => {
    const modelled: Handler = (input, env, ctx) => {
      const wrapped = modelEnv(env);
      if (input instanceof Request && new URL(input.url).pathname === PATH) {
        return answer(input, env, () => sweep(env, ctx));
      }
      counters.requests++;
      return invocations.run(invocationOfWorker(), () => Reflect.apply(handler, real, [input, wrapped, ctx]));
    };
    return [name, modelled];
  });
  return Object.fromEntries(handlers);
}

async function answer(request: Request, env: object, sweep: () => unknown): Promise<Response> {
  let alarms: Alarms = {};
  if (request.method === "POST") {
    const given = command.safeParse(await request.json());
    if (!given.success) return Response.json(given.error.issues, { status: 422 });
    obey(given.data);
    if (given.data.clock) alarms = await setClock(env, given.data.clock);
    if (given.data.sweep) await sweep();
    if (given.data.count) resetCounters();
  }
  Activity.countAll();
  return Response.json({ ...told(), aheadMs: aheadMs(), alarms, connections, counters });
}

/** When the alarm of each object rings, by its binding and name, in milliseconds since 1970; null without one. */
type Alarms = Record<string, number | null>;
type Stub = Record<typeof SET_AHEAD, (ms: number) => Promise<number | null>>;

/** An object's alarm rings by the real clock: it has to come earlier by as much as the product's was set ahead. */
async function setClock(env: object, { aheadMs: to, objects = {} }: NonNullable<Command["clock"]>): Promise<Alarms> {
  const ms = to - aheadMs();
  setAhead(to);
  const alarms: Alarms = {};
  for (const [binding, names] of Object.entries(objects)) {
    const namespace = Reflect.get(env, binding) as { getByName(name: string): Stub };
    for (const name of names) {
      alarms[`${binding} ${name}`] = await again(() => namespace.getByName(name)[SET_AHEAD](ms));
    }
  }
  return alarms;
}

/** Before the first try, and before the last one of {@link again}, in milliseconds; each takes twice as long. */
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [1, 8192];

/**
 * An object that is being reset is there again at the next call, or, while something still holds the one before and with it the
 * lock of their file, at a later one.
 */
async function again<T>(call: () => Promise<T>): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
    try {
      return await call();
    } catch (error) {
      if (pause > LAST_PAUSE_MS) throw error;
    }
    await scheduler.wait(pause);
  }
}
