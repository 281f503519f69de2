import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { post } from "../../bench/client.ts";
import { numberIn } from "../../bench/payload.ts";
import { fill, preparePeer, readAdapter } from "../../bench/peers/adapter.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

/**
 * Adapters by which the benchmark measures other senders, each against a played one: it takes what the sender's own API
 * reference says, refuses anything else, and delivers at once. It shows that the adapter says what is documented, and nothing of
 * how fast anybody is.
 */

const file = (name: string) => `bench/peers/${name}.json`;
const id = z.string().min(1);
const data = z.looseObject({ bench_number: z.number() });

type Seen = { path: string; body: unknown; endpoints: Map<string, string> };
/** What a route takes, and what it answers; `deliver` is what it has to send, and to which tenant. */
interface Route {
  method: "POST" | "PUT";
  path: RegExp;
  body: z.ZodType;
  status: number;
  answer(seen: Seen): object;
  deliver?(seen: Seen): { to: string; body: string };
}

const svixMessage = z.strictObject({ eventType: id, payload: data });
const outpostEvent = z.strictObject({ tenant_id: id, topic: id, eligible_for_retry: z.boolean(), data });
const convoyEvent = z.strictObject({ endpoint_id: id, event_type: id, data });
const hook0Subscription = z.strictObject({
  application_id: z.uuid(),
  is_enabled: z.boolean(),
  event_types: z.array(id).min(1),
  labels: z.record(id, id),
  target: z.strictObject({ type: z.literal("http"), method: z.literal("POST"), url: z.url(), headers: z.object({}) }),
});
const hook0Event = z.strictObject({
  application_id: z.uuid(),
  event_id: z.uuid(),
  event_type: z.string().regex(/^\w+\.\w+\.\w+$/),
  payload: z.string(),
  payload_content_type: z.literal("application/json"),
  occurred_at: z.iso.datetime(),
  labels: z.record(id, id).refine((labels) => Object.keys(labels).length > 0),
});

const last = (path: string, from: number) => path.split("/")[from] ?? "";

/** https://api.svix.com/docs, https://hookdeck.com/docs/outpost/api, https://www.getconvoy.io/docs/api-reference, https://documentation.hook0.com */
const PLAYED: Record<string, { environment: Record<string, string>; routes: Route[] }> = {
  svix: {
    environment: { SVIX_TOKEN: "secret" },
    routes: [
      {
        method: "POST",
        path: /^\/api\/v1\/app\/$/,
        body: z.strictObject({ name: id, uid: id.regex(/^[a-zA-Z0-9\-_.]+$/) }),
        status: 201,
        answer: () => ({ id: "app_1srOrx2ZWZBpBUvZwXKQmoEYga2" }),
      },
      {
        method: "POST",
        path: /^\/api\/v1\/app\/app_1srOrx2ZWZBpBUvZwXKQmoEYga2\/endpoint\/$/,
        body: z.strictObject({ url: z.url() }),
        status: 201,
        answer: ({ body, endpoints }) => {
          endpoints.set("one", z.object({ url: z.string() }).parse(body).url);
          return { id: "ep_1srOrx2ZWZBpBUvZwXKQmoEYga2" };
        },
      },
      {
        method: "POST",
        path: /^\/api\/v1\/app\/app_1srOrx2ZWZBpBUvZwXKQmoEYga2\/msg\/$/,
        body: svixMessage,
        status: 202,
        answer: () => ({ id: "msg_1srOrx2ZWZBpBUvZwXKQmoEYga2" }),
        deliver: ({ body }) => ({ to: "one", body: JSON.stringify(svixMessage.parse(body).payload) }),
      },
    ],
  },
  outpost: {
    environment: { OUTPOST_KEY: "secret" },
    routes: [
      {
        method: "PUT",
        path: /^\/api\/v1\/tenants\/[\w-]+$/,
        body: z.strictObject({}),
        status: 201,
        answer: ({ path }) => ({ id: last(path, 4) }),
      },
      {
        method: "POST",
        path: /^\/api\/v1\/tenants\/[\w-]+\/destinations$/,
        body: z.strictObject({
          type: z.literal("webhook"),
          topics: z.array(id),
          config: z.strictObject({ url: z.url() }),
        }),
        status: 201,
        answer: ({ path, body, endpoints }) => {
          endpoints.set(last(path, 4), z.object({ config: z.object({ url: z.string() }) }).parse(body).config.url);
          return { id: "des_1" };
        },
      },
      {
        method: "POST",
        path: /^\/api\/v1\/publish$/,
        body: outpostEvent,
        status: 202,
        answer: () => ({ id: "evt_1" }),
        deliver: ({ body }) => {
          const event = outpostEvent.parse(body);
          return { to: event.tenant_id, body: JSON.stringify(event.data) };
        },
      },
    ],
  },
  convoy: {
    environment: { CONVOY_KEY: "secret", CONVOY_PROJECT: "01H28MWP1TQV5AC5QR54BSX8HJ" },
    routes: [
      {
        method: "POST",
        path: /^\/api\/v1\/projects\/01H28MWP1TQV5AC5QR54BSX8HJ\/endpoints$/,
        body: z.strictObject({ name: id, url: z.url() }),
        status: 201,
        answer: ({ body, endpoints }) => {
          endpoints.set("01H3FRSZYKNYWGPVV46RN98PM5", z.object({ url: z.string() }).parse(body).url);
          return { status: true, message: "Endpoint created", data: { uid: "01H3FRSZYKNYWGPVV46RN98PM5" } };
        },
      },
      {
        method: "POST",
        path: /^\/api\/v1\/projects\/01H28MWP1TQV5AC5QR54BSX8HJ\/subscriptions$/,
        body: z.strictObject({
          name: id,
          endpoint_id: z.literal("01H3FRSZYKNYWGPVV46RN98PM5"),
          filter_config: z.strictObject({ event_types: z.array(id) }),
        }),
        status: 201,
        answer: () => ({ status: true, message: "Subscription created", data: { uid: "s" } }),
      },
      {
        method: "POST",
        path: /^\/api\/v1\/projects\/01H28MWP1TQV5AC5QR54BSX8HJ\/events$/,
        body: convoyEvent,
        status: 201,
        answer: () => ({ status: true, message: "Event created", data: {} }),
        deliver: ({ body }) => {
          const event = convoyEvent.parse(body);
          return { to: event.endpoint_id, body: JSON.stringify(event.data) };
        },
      },
    ],
  },
  hook0: {
    environment: { HOOK0_TOKEN: "secret", HOOK0_APP: "61b0f4ab-02e3-4b69-b5ae-6e0e6f0a2d41" },
    routes: [
      {
        method: "POST",
        path: /^\/api\/v1\/subscriptions$/,
        body: hook0Subscription,
        status: 201,
        answer: ({ body, endpoints }) => {
          const { labels, target } = hook0Subscription.parse(body);
          endpoints.set(JSON.stringify(labels), target.url);
          return { subscription_id: "3fa85f64-5717-4562-b3fc-2c963f66afa6" };
        },
      },
      {
        method: "POST",
        path: /^\/api\/v1\/event$/,
        body: hook0Event,
        status: 201,
        answer: () => ({ event_id: "3fa85f64-5717-4562-b3fc-2c963f66afa6" }),
        deliver: ({ body }) => {
          const { labels, payload } = hook0Event.parse(body);
          return { to: JSON.stringify(labels), body: payload };
        },
      },
    ],
  },
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of open.splice(0)) await close();
});

async function receive(): Promise<Receiver> {
  const receiver = await startReceiver();
  open.push(() => receiver.close());
  return receiver;
}

/** @returns where it listens */
async function play(routes: readonly Route[]): Promise<string> {
  const endpoints = new Map<string, string>();
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const path = request.url ?? "";
    const route = routes.find((each) => each.method === request.method && each.path.test(path));
    const body: unknown = JSON.parse(text);
    const parsed = route?.body.safeParse(body);
    if (request.headers.authorization !== "Bearer secret") response.writeHead(401).end("no token");
    else if (!route) response.writeHead(404).end("no such route");
    else if (!parsed?.success) response.writeHead(422).end(parsed?.error.message);
    else {
      const seen = { path, body, endpoints };
      response.writeHead(route.status).end(JSON.stringify(route.answer(seen)));
      const sent = route.deliver?.(seen);
      const to = sent && endpoints.get(sent.to);
      if (sent && to) await fetch(to, { method: "POST", body: sent.body });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function playAs(name: string): Promise<void> {
  const { environment, routes } = PLAYED[name] ?? { environment: {}, routes: [] };
  const url = await play(routes);
  for (const [key, value] of Object.entries({ ...environment, [`${name.toUpperCase()}_URL`]: url })) {
    vi.stubEnv(key, value);
  }
}

describe.each(Object.keys(PLAYED))("the adapter of %s", (name) => {
  it("makes tenants with an endpoint, and publishes what arrives there with its number", async () => {
    await playAs(name);
    const receiver = await receive();
    const targets = await preparePeer(
      readAdapter(file(name)),
      receiver.url,
      name === "svix" || name === "convoy" ? 1 : 2,
    );
    for (const [index, target] of targets.entries()) {
      const { status } = await post(target, fill(target.template ?? "", 1000 + index));
      expect(status).toBeGreaterThanOrEqual(200);
      expect(status).toBeLessThan(300);
    }
    await receiver.waitFor(targets.length);
    const numbers = receiver.requests.map(({ body }) => numberIn(body));
    expect(numbers.sort()).toEqual(targets.map((_, index) => 1000 + index));
    expect(receiver.requests.every(({ path }) => path === "/hook")).toBe(true);
  });

  it("says what is missing in the environment", async () => {
    await expect(preparePeer(readAdapter(file(name)), "http://127.0.0.1:1", 1)).rejects.toThrow(
      `${name.toUpperCase()}_URL is not known`,
    );
  });
});

it("says what a sender has answered that refuses", async () => {
  await playAs("svix");
  vi.stubEnv("SVIX_TOKEN", "another one");
  await expect(preparePeer(readAdapter(file("svix")), "http://127.0.0.1:1", 1)).rejects.toThrow(
    /Svix: POST http.*\/api\/v1\/app\/ was answered 401: no token/,
  );
});
