import { hex, utf8 } from "../src/lib/bytes.ts";
import { isoSeconds } from "../src/systems/wire.ts";

/**
 * The least that a webhook service can do: it takes the same publishes, signs each event as the gopimi dialect does, and
 * posts it once. Nothing is stored, queued, retried or checked; what it delivers a second is what this machine can do.
 */

interface FloorEnv {
  /** The customer's server. */
  RECEIVER: string;
  SECRET: string;
}

type Event = { event: string; data: unknown };

/** The platform lets six requests of one invocation wait; the service uses five, and so does the floor. */
const AT_ONCE = 5;

const encoder = new TextEncoder();
let imported: Promise<CryptoKey> | undefined;

async function sign(env: FloorEnv, body: string): Promise<string> {
  imported ??= crypto.subtle.importKey("raw", utf8(env.SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", await imported, encoder.encode(body))));
}

async function deliver(env: FloorEnv, { event, data }: Event, deliveryId: string): Promise<void> {
  const body = JSON.stringify({ event, timestamp: isoSeconds(Date.now()), workspace_id: 1, data });
  const response = await fetch(env.RECEIVER, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-webhook-event": event,
      "x-webhook-delivery": deliveryId,
      "x-gopimi-signature": await sign(env, body),
    },
    body,
    redirect: "manual",
  });
  await response.text();
}

async function deliverAll(env: FloorEnv, events: readonly Event[], ids: readonly string[]): Promise<void> {
  const queue = events.entries();
  const line = async () => {
    for (const [index, event] of queue) await deliver(env, event, ids[index] ?? "");
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, events.length) }, line));
}

export default {
  async fetch(request: Request, env: FloorEnv, ctx: { waitUntil(promise: Promise<unknown>): void }): Promise<Response> {
    const body = (await request.json()) as Event | { events: Event[] };
    const events = "events" in body ? body.events : [body];
    const ids = events.map(() => crypto.randomUUID());
    ctx.waitUntil(deliverAll(env, events, ids));
    const data = events.map(({ event }, index) => ({ id: ids[index], event }));
    return Response.json({ data: "events" in body ? data : data[0] }, { status: 202 });
  },
};
