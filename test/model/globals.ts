import { invocations, outgoing } from "./life.ts";

/** Wraps the globals that wait for something; importing it is enough. */

const realFetch = globalThis.fetch;
const realWait = scheduler.wait.bind(scheduler);
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;

globalThis.fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
  const connections = invocations.getStore()?.connections;
  if (!connections) return realFetch(input, init);
  const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
  return outgoing("fetch", () => connections.use(() => realFetch(input, init), signal));
};

const ends = new Map<unknown, () => void>();

function ended(timer: unknown): void {
  ends.get(timer)?.();
  ends.delete(timer);
}

const modelSetTimeout = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
  const end = invocations.getStore()?.life?.begin();
  if (!end) return realSetTimeout(callback, ms, ...args);
  const rings = () => {
    try {
      callback(...args);
    } finally {
      ended(timer);
    }
  };
  const timer = realSetTimeout(rings, ms);
  ends.set(timer, end);
  return timer;
};

const modelClearTimeout = (timer: NodeJS.Timeout | undefined) => {
  ended(timer);
  realClearTimeout(timer);
};

Object.assign(globalThis, { setTimeout: modelSetTimeout, clearTimeout: modelClearTimeout });

Object.defineProperty(scheduler, "wait", {
  configurable: true,
  value: (ms: number, options?: SchedulerWaitOptions): Promise<void> => {
    const life = invocations.getStore()?.life;
    return life ? life.during(() => realWait(ms, options)) : realWait(ms, options);
  },
});
