import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { tether } from "../../src/local/watchdog.ts";
import { root } from "../../src/local/wrangler.ts";
import type { Profile } from "../model/figures.ts";
import { NEVER_MS } from "./eventually.ts";

export { api } from "./api.ts";

/** The admin token of a spawned service that was given none. */
export const ADMIN_TOKEN = "an-admin-token-for-tests-and-nothing-else";

/** How to spawn a service; every part has a default. */
export interface SpawnOptions {
  /** Text bindings. ADMIN_TOKEN, ALLOW_PRIVATE_TARGETS=true and DNS_GUARD=off are there unless told. */
  vars?: Record<string, string>;
  /** Where its data stays; a temporary folder unless told, which goes when this process ends. */
  stateDir?: string;
  /** A built Worker; the one that the tests' global setup built unless told. */
  script?: string;
  /** Starts it on the model of the platform, with these times; a script of its own has to be built from that entry. */
  model?: Profile;
  /** The port of 127.0.0.1 at which a profiler reaches it; none unless told. */
  inspectorPort?: number;
}

/** The service in a process group of its own. Its url and pid may change with a restart. */
export interface SpawnedService {
  readonly url: string;
  readonly adminToken: string;
  readonly pid: number;
  readonly stateDir: string;
  /** The built Worker that runs. */
  readonly script: string;
  /** What it wrote to stderr so far, over all its lives. */
  output(): string;
  /** Ends the whole group, workerd included, with SIGKILL: nothing gets to clean up. */
  kill(): Promise<void>;
  /** Asks it to end with SIGTERM. @returns its exit code, null when a signal ended it */
  stop(): Promise<number | null>;
  /**
   * Starts it again on the same state (stopping it if it runs), on the same port unless that was taken meanwhile.
   * @param vars text bindings that are others from now on
   * @param script another built Worker, which runs from now on
   */
  restart(vars?: Record<string, string>, script?: string): Promise<void>;
}

/** Of what a service says, so many bytes are kept: one that is broken for twenty minutes says more than a text can hold. */
const MAX_LOG = 64 * 1024 * 1024;

/** What a service has said last. */
class Log {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    while (this.#bytes > MAX_LOG) this.#bytes -= this.#chunks.shift()?.length ?? 0;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

async function launch(args: string[], log: Log): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(root, "src/local/serve.ts"), ...args], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  tether(child, "KILL", { group: true });
  child.stderr.on("data", (chunk: Buffer) => log.add(chunk));
  const timer = setTimeout(() => child.kill("SIGTERM"), NEVER_MS);
  try {
    for await (const line of createInterface(child.stdout)) {
      const [word, url] = line.split(" ");
      if (word === "ready" && url) return { child, url };
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`The service did not start:\n${log.text().slice(-5000)}`);
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

/**
 * Starts the service as its own process and waits until it takes requests. It never outlives this process.
 * @throws Error with its stderr when it has not become ready after {@link NEVER_MS}
 */
export async function spawnService({
  vars = {},
  stateDir,
  script,
  model,
  inspectorPort,
}: SpawnOptions = {}): Promise<SpawnedService> {
  const state = stateDir ?? mkdtempSync(join(tmpdir(), "posthorn-"));
  if (stateDir === undefined) process.once("exit", () => rmSync(state, { recursive: true, force: true }));
  const text: Record<string, string> & { ADMIN_TOKEN: string } = {
    ADMIN_TOKEN,
    ALLOW_PRIVATE_TARGETS: "true",
    DNS_GUARD: "off",
    ...vars,
  };
  let worker = script ?? join(root, model ? "dist/model/worker.js" : "dist/test/index.js");
  const log = new Log();
  const start = (port: string) =>
    launch(
      [
        ...["--port", port, "--state", state, "--script", worker],
        ...(model ? ["--model", model] : []),
        ...(inspectorPort === undefined ? [] : ["--inspect", String(inspectorPort)]),
        ...Object.entries(text).flatMap(([name, value]) => ["--var", `${name}=${value}`]),
      ],
      log,
    );
  let running = await start("0");

  const service: SpawnedService = {
    get url() {
      return running.url;
    },
    get pid() {
      return running.child.pid ?? 0;
    },
    adminToken: text.ADMIN_TOKEN,
    stateDir: state,
    get script() {
      return worker;
    },
    output: () => log.text(),
    async kill() {
      const { child } = running;
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, "SIGKILL");
      }
      await ended(child);
    },
    async stop() {
      running.child.kill("SIGTERM");
      return ended(running.child);
    },
    async restart(changed = {}, otherScript = worker) {
      await service.stop();
      worker = otherScript;
      Object.assign(text, changed);
      // An outgoing connection of another process may have been given the port while nobody listened there.
      running = await start(new URL(running.url).port).catch(() => start("0"));
    },
  };
  return service;
}
