import { setTimeout as sleep } from "node:timers/promises";
import { NEVER_MS } from "../support/eventually.ts";
import { type ModelState, model } from "../support/model.ts";
import type { SpawnedService } from "../support/service.ts";
import { newWorkspace, type Workspace } from "../support/workspace.ts";
import { Ledger } from "./ledger.ts";
import { Receivers } from "./receiver.ts";

/** A webhook and the workspace that it belongs to. */
export interface Hook {
  workspace: Workspace;
  id: string;
  /** Where its receiver is, by which the ledger knows it. */
  path: string;
}

export const EVENT = "ticket.created";
const WORKSPACES = 3;
const HOOKS_EACH = 4;
/** Soon, so that what failed is through before long; the last ones leave time for whatever is broken to come back. */
const RETRIES = [1, 1, 2, 2, 4, 4, 8, 8, 15, 15];
/** Of what a receiver that hangs takes. */
const TIMEOUT_MS = 1000;
/** Before a publish that was not answered 202 is tried again, in milliseconds. */
const AGAIN_MS = 100;

/** The service with its customers, and everybody who publishes to it. */
export class World {
  readonly service: SpawnedService;
  readonly random: () => number;
  readonly ledger = new Ledger();
  readonly receivers: Receivers;
  readonly workspaces: Workspace[] = [];
  readonly hooks: Hook[] = [];
  /** What struck in earlier lives of the service, which forgets it. */
  readonly #struck = new Map<string, number>();
  #publishing = true;

  constructor(service: SpawnedService, random: () => number) {
    this.service = service;
    this.random = random;
    this.receivers = new Receivers(this.ledger, random);
  }

  async populate(): Promise<void> {
    await this.receivers.listen();
    for (let number = 0; number < WORKSPACES; number++) {
      const workspace = await newWorkspace(this.service);
      this.workspaces.push(workspace);
      for (let hook = 0; hook < HOOKS_EACH; hook++) {
        const path = `/${workspace.id}/${hook}`;
        const { id, secret } = await workspace.webhook({
          url: this.receivers.url + path,
          events: [EVENT],
          dialect: "standard",
          retry_policy: RETRIES,
          timeout_ms: TIMEOUT_MS,
          disable_on_gone: false,
          disable_after: null,
        });
        this.receivers.customers.set(path, {
          behaves: "answers well",
          secrets: [{ text: secret, until: Number.POSITIVE_INFINITY }],
        });
        this.hooks.push({ workspace, id, path });
      }
    }
  }

  pick<T>(all: readonly T[]): T {
    const one = all[Math.floor(this.random() * all.length)];
    if (one === undefined) throw new Error("There is nothing to choose from");
    return one;
  }

  /** Publishes events, single ones and batches by turns, until it is told to stop; each is tried again until it is accepted. */
  async publish(workspace: Workspace, pauseMs: number): Promise<void> {
    for (let turn = 0; this.#publishing; turn++) {
      const events = Array.from({ length: turn % 4 === 0 ? 20 : 1 }, () => this.ledger.publish(workspace.id));
      const body = events.map(({ n }) => ({ event: EVENT, data: { n }, idempotency_key: `event ${n}` }));
      await this.insist(async () => {
        const { status } = await workspace.call("POST", "/events", { events: body });
        if (status !== 202) this.ledger.refuse(String(status));
        return status === 202;
      });
      for (const event of events) event.accepted = true;
      await sleep(pauseMs);
    }
  }

  stopPublishing(): void {
    this.#publishing = false;
  }

  /** Tries until it has succeeded, whatever is broken at the moment. */
  async insist(attempt: () => Promise<boolean>): Promise<void> {
    const began = Date.now();
    for (;;) {
      try {
        if (await attempt()) return;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        this.ledger.refuse("no answer");
      }
      if (Date.now() - began > NEVER_MS) throw new Error(`Not done after ${NEVER_MS} ms`);
      await sleep(AGAIN_MS);
    }
  }

  /** Changes a webhook. @returns what was answered */
  async change(hook: Hook, method: string, below: string, body?: object): Promise<Record<string, unknown>> {
    let data: Record<string, unknown> = {};
    await this.insist(async () => {
      const { status, json } = await hook.workspace.call<{ data: Record<string, unknown> }>(
        method,
        `/webhooks/${hook.id}${below}`,
        body,
      );
      if (status >= 500) return false;
      if (status >= 300) throw new Error(`${method} ${below} of ${hook.path} was answered ${status}`);
      data = json.data;
      return true;
    });
    return data;
  }

  command(command: object): Promise<ModelState> {
    return model(this.service.url, command);
  }

  /** Takes note of what has struck before the service forgets it. */
  async note(): Promise<void> {
    const { struck } = await model(this.service.url);
    for (const [what, places] of Object.entries(struck)) {
      for (const [where, times] of Object.entries(places)) {
        const name = `${what}: ${where}`;
        this.#struck.set(name, (this.#struck.get(name) ?? 0) + times);
      }
    }
  }

  /** How often each random fault has struck, by where; up to the last {@link note}. */
  get struck(): ReadonlyMap<string, number> {
    return this.#struck;
  }
}
