import { env, runInDurableObject } from "cloudflare:test";
import type { Endpoint } from "../../src/delivery/endpoint.ts";
import type { Outcome } from "../../src/delivery/parcel.ts";
import { encodeEvent, positionOf } from "../../src/events/record.ts";
import { eventId } from "../../src/lib/ids.ts";
import { soon } from "../support/soon.ts";
import { workspaceWithWebhook } from "./service.ts";

/** Endpoints whose deliveries no consumer takes: the tests make the attempts themselves. */

export type Row = { seq: number; release: number };

export const object = (webhook: string) => env.ENDPOINT.getByName(webhook);

export const arrival = (seq: number) => {
  const place = { at: Date.now(), seq, index: 0 };
  const event = { type: "ticket.created", data: String(seq), occurredAt: null, channels: [] };
  return { position: positionOf(place), text: encodeEvent(eventId(place), event) };
};

/** The environment with queues that do this, and with what else is given. */
export function withQueues(sendBatch: () => Promise<unknown>, more: Record<string, unknown> = {}): Env {
  return new Proxy(env, {
    get: (target, name) => {
      if (String(name).startsWith("LANE_")) return { sendBatch };
      return Object.hasOwn(more, name) ? Reflect.get(more, name) : Reflect.get(target, name);
    },
  }) as Env;
}

/** Makes the queues accept the endpoint's messages and forget them, until its object ends. */
export async function quiet(webhook: string, more?: Record<string, unknown>): Promise<void> {
  const value = withQueues(() => Promise.resolve(), more);
  await runInDurableObject(object(webhook), (endpoint: Endpoint) => {
    Object.defineProperty(endpoint, "env", { value, configurable: true });
  });
}

/** A webhook whose messages no consumer takes. */
export async function quietWebhook(): Promise<{ workspace: number; webhook: string }> {
  const created = await workspaceWithWebhook();
  await quiet(created.webhook);
  return created;
}

/** Accepts, claims and settles in one go, before any consumer can. */
export async function attempt(webhook: string, seq: number, ok: boolean): Promise<void> {
  await runInDurableObject(object(webhook), async (endpoint: Endpoint, { storage }) => {
    await endpoint.accept([arrival(seq)], 1);
    // Coalesced, its release may still be to come.
    await soon(() => {
      const released = "SELECT seq, release FROM open_parcels WHERE released_at IS NOT NULL ORDER BY seq DESC LIMIT 1";
      const [row] = storage.sql.exec<Row>(released).toArray();
      if (!row) throw new Error("Not released yet");
      const claimed = endpoint.claim(row.seq, row.release, "the test");
      if (claimed.state !== "go") throw new Error(claimed.state);
      const outcome = { at: Date.now(), durationMs: 5, responseBody: "", signature: "s", retryAfterMs: null };
      const how = ok ? { status: 200, error: null } : { status: 500, error: "status" as const };
      const outcomes: Outcome[] = claimed.indices.map((index) => ({ index, ...outcome, ...how }));
      endpoint.settle(row.seq, row.release, outcomes, undefined);
    });
  });
}
