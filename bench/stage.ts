import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorker, MODEL_ENTRY } from "../src/local/build.ts";
import type { Profile } from "../test/model/figures.ts";
import { type SpawnedService, spawnService } from "../test/support/service.ts";
import type { FloorMethods } from "./floor.ts";
import type { LoadMethods } from "./load.ts";
import { Bench, type Contender } from "./measure.ts";
import { Peer } from "./peer.ts";
import { prepare } from "./prepare.ts";
import type { ReceiverMethods } from "./receiver.ts";
import type { UnlimitedMethods } from "./unlimited.ts";

/** The service without rate limits. */
export type Unlimited = { url: string; adminToken: string; pid: number };

/** All processes of a run: load, receiver, floor and service. */
export class Stage {
  readonly #dir = mkdtempSync(join(tmpdir(), "posthorn-bench-"));
  readonly #load = new Peer<LoadMethods>("load.ts");
  readonly #receiver = new Peer<ReceiverMethods>("receiver.ts");
  readonly #floor = new Peer<FloorMethods>("floor.ts");
  readonly #unlimited = new Peer<UnlimitedMethods>("unlimited.ts");
  #service: SpawnedService | undefined;
  /** How the service without rate limits is started. */
  #many: { script: string; stateDir: string; vars: Record<string, string> } | undefined;
  #running: Unlimited | undefined;

  readonly #model: Profile | undefined;
  readonly #inspectorPort: number | undefined;

  /**
   * @param model runs the service on the model of the platform, with these times
   * @param inspectorPort lets a profiler reach the service
   */
  constructor(model?: Profile, inspectorPort?: number) {
    this.#model = model;
    this.#inspectorPort = inspectorPort;
    process.once("exit", () => rmSync(this.#dir, { recursive: true, force: true }));
  }

  /** The TCP port of 127.0.0.1 at which the service can be inspected. @throws Error where it cannot */
  get inspectorPort(): number {
    if (this.#inspectorPort === undefined) throw new Error("This stage's service cannot be inspected");
    return this.#inspectorPort;
  }

  /** The service, started when it is first asked for. */
  async serve(): Promise<SpawnedService> {
    this.#service ??= await spawnService({
      script: await buildWorker(join(this.#dir, "service"), this.#model && MODEL_ENTRY),
      ...(this.#model ? { model: this.#model } : {}),
      ...(this.#inspectorPort === undefined ? {} : { inspectorPort: this.#inspectorPort }),
      stateDir: join(this.#dir, "state"),
      vars: { ENCRYPTION_KEY: randomBytes(32).toString("base64") },
    });
    return this.#service;
  }

  /** The service without rate limits, on a state of its own; started when it is first asked for, and again after {@link rest}. */
  async unlimited(): Promise<Unlimited> {
    this.#many ??= {
      script: await buildWorker(join(this.#dir, "unlimited"), this.#model && MODEL_ENTRY),
      stateDir: join(this.#dir, "many"),
      vars: { ENCRYPTION_KEY: randomBytes(32).toString("base64"), ...(this.#model ? { MODEL: this.#model } : {}) },
    };
    // Two of them on the same state would both ring its alarms.
    this.#running ??= { ...(await this.#unlimited.call("start", this.#many)), pid: this.#unlimited.pid };
    return this.#running;
  }

  /** Stops the service without rate limits. @returns where it keeps what it has stored */
  async rest(): Promise<string> {
    await this.#unlimited.call("stop", undefined);
    this.#running = undefined;
    return join(this.#dir, "many");
  }

  /** @param workspaces how many to make, with one endpoint each */
  async set(workspaces: number): Promise<{ bench: Bench; floor: Contender; service: Contender; receiver: string }> {
    const receiver = await this.#receiver.call("listen", undefined);
    const service = await this.serve();
    const floorUrl = await this.#floor.call("start", {
      receiver: `${receiver}/hook`,
      outDir: join(this.#dir, "floor"),
    });
    const targets = await prepare(service.url, service.adminToken, receiver, workspaces);
    const floorTargets = targets.map(({ url, headers }) => ({ url: floorUrl + new URL(url).pathname, headers }));
    return {
      bench: new Bench(this.#load, this.#receiver, receiver),
      receiver,
      floor: { name: "floor", targets: floorTargets, pid: this.#floor.pid },
      service: { name: "service", targets, pid: service.pid },
    };
  }

  /** What the service said on stderr: its Worker's console and the runtime's complaints. */
  get log(): string {
    return this.#service?.output() ?? "";
  }

  /** Ends every process. */
  async clear(): Promise<void> {
    await Promise.all([
      this.#load.stop(),
      this.#receiver.stop(),
      this.#floor.stop(),
      this.#unlimited.stop(),
      this.#service?.stop(),
    ]);
  }
}
