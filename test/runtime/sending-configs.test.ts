import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isAway } from "../../src/config/failures.ts";
import { attempt } from "../../src/delivery/attempt.ts";
import { endpointState, OLDEST_MS, REREAD_MS, sendingConfig } from "../../src/delivery/sending-configs.ts";
import { eventId } from "../../src/lib/ids.ts";
import { refusing } from "./d1.ts";
import { api } from "./service.ts";

/** What requests are made of is sealed in D1, and goes on to be known while that is away. */

let now = Date.UTC(2026, 2, 26, 14, 30);
let at: string;
let id: string;

beforeEach(async () => {
  now += 10 * OLDEST_MS;
  vi.useFakeTimers({ toFake: ["Date"], now });
  vi.spyOn(console, "error").mockImplementation(() => {});
  const { id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme" });
  const fields = { url: "http://127.0.0.1:1/a", events: ["*"], dialect: "standard" };
  ({ id } = await api<{ id: string }>("POST", `/workspaces/${workspace}/webhooks`, fields));
  at = `/workspaces/${workspace}/webhooks/${id}`;
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const failure = (version: number) =>
  sendingConfig(env, id, version).then(
    () => null,
    (error: unknown) => error,
  );

describe("what requests are made of", () => {
  it("is not asked for anew for a quarter of an hour, and serves an hour while D1 is away", async () => {
    const first = await sendingConfig(env, id, 1);
    const asked = refusing();
    vi.setSystemTime(now + REREAD_MS - 1);
    expect(await sendingConfig(env, id, 1)).toBe(first);
    expect(asked()).toBe(0);
    vi.setSystemTime(now + OLDEST_MS - 1);
    expect(await sendingConfig(env, id, 1)).toBe(first);
    expect(asked()).toBeGreaterThan(0);
    vi.setSystemTime(now + OLDEST_MS);
    expect(isAway(await failure(1))).toBe(true);
  });

  it("says that D1 is away where nothing is known, or only what was replaced", async () => {
    await sendingConfig(env, id, 1);
    // By another isolate: this one does not know it.
    await env.DB.prepare("UPDATE endpoints SET url = 'http://127.0.0.1:1/b', version = 2 WHERE id = ?").bind(id).run();
    refusing();
    expect(isAway(await failure(2))).toBe(true);
    vi.restoreAllMocks();
    expect(await sendingConfig(env, id, 2)).toMatchObject({ url: "http://127.0.0.1:1/b", version: 2 });
  });

  it("is known with what its object runs by, and asked for once", async () => {
    await env.DB.prepare("UPDATE endpoints SET url = 'http://127.0.0.1:1/b', version = 2 WHERE id = ?").bind(id).run();
    expect(await endpointState(env, id)).toMatchObject({ url: "http://127.0.0.1:1/b", version: 2, status: "active" });
    const asked = refusing();
    expect(await sendingConfig(env, id, 2)).toMatchObject({ url: "http://127.0.0.1:1/b", dialect: "standard" });
    expect(asked()).toBe(0);
  });

  it("leaves a secret out that has ended since, without asking", async () => {
    const { secret } = await api<{ secret: string }>("POST", `${at}/rotate-secret`, { overlap_seconds: 60 });
    const config = await sendingConfig(env, id, 2);
    const asked = refusing();
    expect(config?.secretsAt(now)).toHaveLength(2);
    expect(config?.secretsAt(now + 59_999)).toHaveLength(2);
    expect(config?.secretsAt(now + 60_000)).toEqual([secret]);
    expect(asked()).toBe(0);
  });

  it("is signed by what has not ended when it is signed, however long it waited before", async () => {
    await api("POST", `${at}/rotate-secret`, { overlap_seconds: 60 });
    const signatures: (string | null)[] = [];
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      signatures.push(new Request(input, init).headers.get("webhook-signature"));
      return new Response();
    });
    const data = '{"n":1}';
    const event = {
      ...{ id: eventId({ at: now, seq: 1, index: 0 }), type: "a", at: now, occurredAt: now, channels: [], data },
    };
    const waitingFor = (ms: number) =>
      attempt(
        env,
        { endpoint: id, number: 1, version: 2 },
        { seq: 1, index: 0, event },
        () => true,
        () => void vi.setSystemTime(now + ms),
      );
    await waitingFor(59_999);
    await waitingFor(60_000);
    expect(signatures.map((each) => each?.split(" ").length)).toEqual([2, 1]);
  });

  it("is null once it was deleted, and nothing of it comes back", async () => {
    await sendingConfig(env, id, 1);
    await api("DELETE", at);
    vi.setSystemTime(now + REREAD_MS);
    expect(await sendingConfig(env, id, 1)).toBeNull();
    refusing();
    expect(isAway(await failure(1))).toBe(true);
  });
});
