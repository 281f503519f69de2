import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { tether } from "../src/local/watchdog.ts";

/** What a child process offers: one argument in, one answer out, both structured-cloneable. */
export type Methods = { [name: string]: (argument: never) => unknown };

type Call = { id: number; method: string; argument: unknown };
type Reply = { id: number; value?: unknown; error?: string };

/** Called by a child process: answers its parent's calls until the parent goes away. */
export function offer(methods: Methods): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", async ({ id, method, argument }: Call) => {
    const reply: Reply = { id };
    try {
      reply.value = await methods[method]?.(argument as never);
    } catch (error) {
      reply.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    process.send?.(reply);
  });
}

/** A process of its own that {@link offer}s methods, started when it is first asked. It never outlives this process. */
export class Peer<M extends Methods> {
  readonly #file: string;
  readonly #execArgv: string[];
  #started: ChildProcess | undefined;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #calls = 0;

  /** @param file a module of this folder */
  constructor(file: string, execArgv: string[] = []) {
    this.#file = file;
    this.#execArgv = execArgv;
  }

  get #child(): ChildProcess {
    this.#started ??= this.#start();
    return this.#started;
  }

  #start(): ChildProcess {
    const file = this.#file;
    const child = fork(join(import.meta.dirname, file), { serialization: "advanced", execArgv: this.#execArgv });
    tether(child, "KILL");
    child.on("message", ({ id, value, error }: Reply) => {
      const caller = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) caller?.resolve(value);
      else caller?.reject(new Error(`${file}: ${error}`));
    });
    child.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended`));
      this.#waiting.clear();
    });
    return child;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws Error with the child's own when the method failed, or when the child has ended */
  call<K extends keyof M & string>(method: K, argument: Parameters<M[K]>[0]): Promise<Awaited<ReturnType<M[K]>>> {
    return new Promise((resolve, reject) => {
      if (!this.#child.connected) {
        reject(new Error(`${this.#file} has ended`));
        return;
      }
      const id = ++this.#calls;
      this.#waiting.set(id, { resolve: (value) => resolve(value as Awaited<ReturnType<M[K]>>), reject });
      this.#child.send({ id, method, argument } satisfies Call);
    });
  }

  /** Lets the child clean up and end; kills it if it does not within five seconds. */
  async stop(): Promise<void> {
    const child = this.#started;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
    const ended = once(child, "exit");
    if (child.connected) child.disconnect();
    await ended;
    clearTimeout(timer);
  }
}
