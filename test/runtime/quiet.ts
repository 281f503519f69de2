import { env, runInDurableObject } from "cloudflare:test";
import { expect, vi } from "vitest";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import { encodeEvent, positionOf } from "../../src/events/record.ts";
import { eventId } from "../../src/lib/ids.ts";
import { soon } from "../support/soon.ts";
import { workspaceWithWebhook } from "./service.ts";

/** Endpoints whose requests reach nobody: the test says how they are answered, and makes one after another. */

export const object = (webhook: string) => env.ENDPOINT.getByName(webhook);

export const arrival = (seq: number) => {
  const place = { at: Date.now(), seq, index: 0 };
  const event = { type: "ticket.created", data: String(seq), occurredAt: null, channels: [] };
  return { position: positionOf(place), text: encodeEvent(eventId(place), event) };
};

/** The environment with something else in some places. */
export function withMore(more: Record<string, unknown>): Env {
  return new Proxy(env, {
    get: (target, name) => (Object.hasOwn(more, name) ? Reflect.get(more, name) : Reflect.get(target, name)),
  }) as Env;
}

const answers = { status: 200, asked: 0 };

/** Answers every request with what the test has said last. */
function answerRequests(): void {
  if (vi.isMockFunction(globalThis.fetch)) return;
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => {
    answers.asked++;
    return new Response("", { status: answers.status });
  });
}

/** Makes the test the receiver, and gives the endpoint this environment until its object ends. */
export async function quiet(webhook: string, more: Record<string, unknown> = {}): Promise<void> {
  answerRequests();
  await runInDurableObject(object(webhook), (endpoint: Endpoint) => {
    Object.defineProperty(endpoint, "env", { value: withMore(more), configurable: true });
  });
}

/** A webhook whose receiver is the test. */
export async function quietWebhook(): Promise<{ workspace: number; webhook: string }> {
  const created = await workspaceWithWebhook();
  await quiet(created.webhook);
  return created;
}

/** Ends the endpoint's object, as a crash does: what waits for it is not waited for. */
export async function end(webhook: string): Promise<void> {
  await runInDurableObject(object(webhook), (_, state) => state.abort("Ended, for the test")).catch(() => {});
}

/** Waits until one more request was made, and what came of it is told. */
async function oneRequest(webhook: string, work: () => Promise<unknown>): Promise<void> {
  const before = answers.asked;
  await work();
  await soon(async () => {
    expect(answers.asked).toBeGreaterThan(before);
    expect((await object(webhook).health()).inFlight).toBe(0);
  });
}

/** Has one event more attempted; if the endpoint is failing, by a probe, which is of an older one. */
export async function attempt(webhook: string, seq: number, ok: boolean): Promise<void> {
  answerRequests();
  answers.status = ok ? 200 : 500;
  const { probeAt } = await object(webhook).health();
  await oneRequest(webhook, async () => {
    await object(webhook).accept([arrival(seq)], 1);
    if (probeAt !== null) await object(webhook).probe();
  });
}

/** Has a failing endpoint probed, or sends it what else the work begins. */
export async function answered(webhook: string, ok: boolean, work: () => Promise<unknown>): Promise<void> {
  answerRequests();
  answers.status = ok ? 200 : 500;
  await oneRequest(webhook, work);
}
