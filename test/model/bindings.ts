import { AsyncLocalStorage } from "node:async_hooks";
import { begin, takesTime } from "./control.ts";
import { modelD1 } from "./d1.ts";
import { LOST, outgoing, RESET } from "./life.ts";
import { travelling } from "./travelling.ts";

/** The environment with its bindings wrapped. */

type Method = (...args: unknown[]) => unknown;

const known = new WeakMap<object, object>();

/** The same one for the same environment: the product keeps things by it. */
export function modelEnv<E extends object>(env: E): E {
  const before = known.get(env);
  if (before) return before as E;
  begin(env);
  const entries = Object.entries(env).map(([name, binding]) => [name, modelBinding(name, binding)]);
  const wrapped = Object.fromEntries(entries);
  known.set(env, wrapped);
  return wrapped;
}

function modelBinding(name: string, binding: unknown): unknown {
  if (typeof binding !== "object" || binding === null) return binding;
  if ("getByName" in binding) return modelNamespace(name, binding);
  if ("prepare" in binding) {
    modelD1(binding as D1Database);
    return binding;
  }
  return modelOther(name, binding);
}

/** With its methods replaced; what the runtime makes takes no other `this` than itself. */
function replaced(target: object, replace: (property: string, method: Method) => Method): object {
  return new Proxy(target, {
    get(_, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      const method: Method = (...args) => Reflect.apply(value, target, args);
      return typeof property === "string" ? replace(property, method) : method;
    },
  });
}

/** Emails, rate limits. */
function modelOther(name: string, binding: object): object {
  return replaced(binding, (property, method) => (...args) => {
    return outgoing(`${name}.${property}`, async () => method(...args));
  });
}

function modelNamespace(name: string, namespace: object): object {
  return replaced(namespace, (property, method) => {
    const makesStub = property === "getByName" || property === "get";
    return makesStub ? (...args) => modelStub(name, method(...args) as object) : method;
  });
}

/** What calls are made on. Those of one stub arrive in their order; those of several may overtake each other. */
function modelStub(name: string, stub: object): object {
  let newest = Promise.resolve();
  return replaced(stub, (property, method) => {
    if (property === "then" || property === "dup") return method;
    return (...given) => {
      const label = `${name}.${property}`;
      const args = given.map(calledBack);
      if (!takesTime()) return outgoing(label, async () => method(...args)).catch(asThePlatformHasIt);
      const before = newest;
      let arrived = () => {};
      newest = new Promise((resolve) => {
        arrived = resolve;
      });
      const sent = property === "fetch" ? args : snapshot(args);
      const call = async () => {
        await before;
        const answer = method(...sent);
        arrived();
        return answer;
      };
      return outgoing(label, () => travelling("object", call))
        .catch(asThePlatformHasIt)
        .finally(arrived);
    };
  });
}

/** A function that is handed over is called from where it was sent to, and runs where it came from. */
function calledBack(argument: unknown): unknown {
  if (typeof argument !== "function") return argument;
  const here = AsyncLocalStorage.bind((...args: unknown[]) => argument(...args));
  return (...args: unknown[]) => travelling("object", async () => here(...args));
}

/** What is sent is what it was when it was sent, however long it travels. */
function snapshot(args: unknown[]): unknown[] {
  try {
    return structuredClone(args);
  } catch {
    // Functions and stubs, which are sent as they are.
    return args;
  }
}

/** https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
function asThePlatformHasIt(error: unknown): never {
  if (error instanceof Error && (error.message === RESET || error.message === LOST))
    Object.assign(error, { retryable: true, remote: true });
  throw error;
}
