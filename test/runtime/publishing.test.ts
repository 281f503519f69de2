import { env, runInDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { NewEvent } from "../../src/events/contract.ts";
import { EventStream } from "../../src/events/stream.ts";
import { api } from "./service.ts";

/** More is published at once than an object could hold in memory until it is stored. */

const large: NewEvent = {
  type: "a",
  data: JSON.stringify("x".repeat(250_000)),
  occurredAt: null,
  channels: [],
  idempotencyKey: null,
};

const stream = (workspace: number) => env.EVENT_STREAM.getByName(String(workspace));

async function newWorkspace(): Promise<number> {
  return (await api<{ id: number }>("POST", "/workspaces", { name: "Acme" })).id;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a stream that is published to faster than it can store", () => {
  it("takes what fits in memory, stores that and nothing else, and then goes on", async () => {
    const workspace = await newWorkspace();
    const answers = await runInDurableObject(stream(workspace), (instance: EventStream) =>
      // The first is stored at once, and the others wait meanwhile: 16 million characters of them.
      Promise.all(Array.from({ length: 100 }, () => instance.publish([large], { limit: null }))),
    );
    expect(answers.map(({ ok }) => ok)).toEqual(Array.from({ length: 100 }, (_, n) => n < 65));
    expect(answers.at(-1)).toEqual({ ok: false, reason: "overloaded" });
    expect((await stream(workspace).usage(Date.now())).used).toBe(65);
    expect(await stream(workspace).publish([large], { limit: null })).toMatchObject({ ok: true });
  });

  it("never refuses the service's own events", async () => {
    const workspace = await newWorkspace();
    const answers = await runInDurableObject(stream(workspace), (instance: EventStream) =>
      Promise.all(Array.from({ length: 70 }, () => instance.publish([large]))),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
  });

  it("has publishers told to come again", async () => {
    const workspace = await newWorkspace();
    vi.spyOn(EventStream.prototype, "publish").mockResolvedValue({ ok: false, reason: "overloaded" });
    const response = await exports.default.fetch(`https://posthorn.example/api/v1/workspaces/${workspace}/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${env.ADMIN_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ event: "a", data: 1 }),
    });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  });
});
