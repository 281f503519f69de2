import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { modulesOf } from "../src/local/service.ts";
import { watchWorkerd } from "../src/local/watchdog.ts";
import { offer } from "./peer.ts";

/** Starts a script under the runtime, with nothing bound to it, in a process that has no other runtime. */

/** What runs code, as the process itself is told by the scheduler: a tick of /proc/…/stat is ten milliseconds, too coarse here. */
function cpuMsOfThreads(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** The only runtime among this process's children. */
function runtimePid(): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ");
  const found = children.filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "workerd");
  if (found.length !== 1) throw new Error(`There are ${found.length} runtimes`);
  return Number(found[0]);
}

const methods = {
  /** @returns the CPU time of the runtime from its start until it takes requests, in milliseconds */
  start: async ({ script, flags, date }: { script: string; flags: string[]; date: string }): Promise<number> => {
    const mf = new Miniflare(
      convertV4MiniflareOptions({
        name: "start",
        compatibilityDate: date,
        compatibilityFlags: flags,
        modules: await modulesOf(script),
        modulesRoot: dirname(script),
        rootPath: join(import.meta.dirname, ".."),
        host: "127.0.0.1",
        port: 0,
        cf: false,
        telemetry: { enabled: false },
        logRequests: false,
        log: new Log(LogLevel.WARN),
      }),
    );
    try {
      await mf.ready;
      return cpuMsOfThreads(runtimePid());
    } finally {
      await mf.dispose();
    }
  },
};
export type StartsMethods = typeof methods;

watchWorkerd();
offer(methods);
