import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** D1 is one for all workspaces, and whether it answers is asked by anybody. */

let now = Date.UTC(2026, 2, 26, 14, 30);

// The clock is the test's.
beforeEach(() => {
  now += 3_600_000;
  vi.useFakeTimers({ toFake: ["Date"], now });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ask = async () => (await exports.default.fetch("https://posthorn.example/healthz")).status;

it("D1 is asked once a second at most, however many ask", async () => {
  const asked = vi.spyOn(env.DB, "prepare");
  for (let n = 0; n < 50; n++) expect(await ask()).toBe(200);
  expect(asked).toHaveBeenCalledTimes(1);
  vi.setSystemTime(now + 999);
  await ask();
  expect(asked).toHaveBeenCalledTimes(1);
  vi.setSystemTime(now + 1000);
  await ask();
  expect(asked).toHaveBeenCalledTimes(2);
});

it("that D1 does not answer is told as long, and then asked anew", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const asked = vi.spyOn(env.DB, "prepare").mockImplementation(() => {
    throw new Error("D1 is away");
  });
  for (let n = 0; n < 20; n++) expect(await ask()).toBeGreaterThanOrEqual(500);
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRestore();
  vi.setSystemTime(now + 1000);
  expect(await ask()).toBe(200);
});
