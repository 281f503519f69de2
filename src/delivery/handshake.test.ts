import { afterEach, expect, it, vi } from "vitest";
import * as deadline from "../lib/deadline.ts";
import type { Handshake } from "../systems/index.ts";
import { dialectOf } from "../systems/index.ts";
import { shakeHands } from "./handshake.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

function community(): Handshake {
  const { handshake } = dialectOf("community");
  if (!handshake) throw new Error("Its endpoints are verified first");
  return handshake;
}

it("an endpoint of the community has 20 seconds to answer", async () => {
  const within = vi.spyOn(deadline, "within");
  const fetch = vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    return new Response(new URL(String(input)).searchParams.get("challenge"));
  });
  expect(await shakeHands(community(), "https://example.com/hook", "token", async () => {})).toBeNull();
  // "It should respond in 20 seconds or less", says the community's page.
  expect(within.mock.calls.map(([ms]) => ms)).toEqual([20_000]);
  expect(fetch.mock.calls[0]?.[1]?.signal).toBeInstanceOf(AbortSignal);
});
