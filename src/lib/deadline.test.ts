import { afterEach, expect, it, vi } from "vitest";
import { afterAwake, within } from "./deadline.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
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

/** Timers of so many milliseconds, which nobody else sets, ring when they are told to, as late as is wanted. */
function heldTimers(ms: number): (() => void)[] {
  const held: (() => void)[] = [];
  const set = globalThis.setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((call: () => void, after: number) =>
    after === ms ? held.push(call) : set(call, after)) as typeof setTimeout);
  return held;
}

it("does not count steps in which the isolate could not keep up", () => {
  const held = heldTimers(1234);
  const now = vi.spyOn(Date, "now").mockReturnValue(0);
  const call = vi.fn();
  let rung = 0;
  const ring = (lateMs: number) => {
    now.mockReturnValue(Date.now() + 1234 + lateMs);
    held[rung++]?.();
  };
  afterAwake(12_340, call);
  ring(3_600_000);
  for (let step = 1; step < 10; step++) ring(100);
  ring(101);
  expect(call).not.toHaveBeenCalled();
  ring(100);
  expect(call).toHaveBeenCalledOnce();
  expect(held).toHaveLength(rung);
});

it("ends though the isolate never keeps up", () => {
  const held = heldTimers(1234);
  const now = vi.spyOn(Date, "now").mockReturnValue(0);
  const call = vi.fn();
  afterAwake(12_340, call);
  for (let step = 1; step <= 30; step++) {
    expect(call).not.toHaveBeenCalled();
    now.mockReturnValue(Date.now() + 2000);
    held[step - 1]?.();
  }
  expect(call).toHaveBeenCalledOnce();
});

it("takes back what has not been called", async () => {
  vi.useFakeTimers();
  const call = vi.fn();
  const takeBack = afterAwake(1000, call);
  await vi.advanceTimersByTimeAsync(600);
  takeBack();
  await vi.advanceTimersByTimeAsync(600);
  expect(call).not.toHaveBeenCalled();
});
