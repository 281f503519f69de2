import { modelEnv } from "./bindings.ts";
import { command, obey, told } from "./control.ts";
import { Activity, counters, resetCounters } from "./counters.ts";
import { connections, invocationOfWorker, invocations } from "./life.ts";
import "./globals.ts";

/** Where commands are taken. */
const PATH = "/__model";

type Handler = (input: unknown, env: object, ctx: ExecutionContext) => unknown;

/** The handlers of a Worker as the platform would run them, and before them the model's own path. */
export function modelHandlers<T extends object>(real: T): T {
  const handlers = Object.entries(real as Record<string, Handler>).map(([name, handler]) => {
    const modelled: Handler = (input, env, ctx) => {
      const wrapped = modelEnv(env);
      if (input instanceof Request && new URL(input.url).pathname === PATH) return answer(input);
      counters.requests++;
      return invocations.run(invocationOfWorker(), () => Reflect.apply(handler, real, [input, wrapped, ctx]));
    };
    return [name, modelled];
  });
  return Object.fromEntries(handlers);
}

async function answer(request: Request): Promise<Response> {
  if (request.method === "POST") {
    const given = command.safeParse(await request.json());
    if (!given.success) return Response.json(given.error.issues, { status: 422 });
    obey(given.data);
    if (given.data.count) resetCounters();
  }
  Activity.countAll();
  return Response.json({ ...told(), connections, counters });
}
