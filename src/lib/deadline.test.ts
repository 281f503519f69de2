import { afterEach, expect, it, vi } from "vitest";
import { within } from "./deadline.ts";

afterEach(() => {
  vi.useRealTimers();
});

it("aborts what is not done in time, as AbortSignal.timeout does", async () => {
  vi.useFakeTimers();
  const work = within(1000, (signal) => {
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const failed = expect(work).rejects.toMatchObject({ name: "TimeoutError" });
  await vi.advanceTimersByTimeAsync(1000);
  await failed;
});

it.each([
  ["done", () => Promise.resolve(7)],
  ["failed", () => Promise.reject(new Error("For the test"))],
])("leaves no timer behind when the work is %s", async (_, work) => {
  vi.useFakeTimers();
  await within<number>(1000, work).catch(() => {});
  expect(vi.getTimerCount()).toBe(0);
});
