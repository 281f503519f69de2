import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../src/local/wrangler.ts";
import { clocksIn, testSources } from "../support/clocks.ts";

/**
 * No test passes or fails by a clock, and none retries itself: what they promise, they see in what comes before what. How
 * fast anything is, the benchmark tells. There is one bound for what never comes (NEVER_MS), and the helpers that wait
 * have it. Lower bounds are no matter of this: that a retry does not come too early is true on any machine.
 */

const all = testSources(root);

const found = (source: string) => clocksIn("test/service/x.test.ts", source).map(({ what }) => what);

it("no test looks at the clock, pauses, has a bound of its own or retries itself", () => {
  expect(all.length).toBeGreaterThan(200);
  expect(all.flatMap(({ file, source }) => clocksIn(file, source))).toEqual([]);
});

it("and none is made to, from outside", () => {
  const config = readFileSync(join(root, "vitest.config.ts"), "utf8");
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(config).not.toMatch(/\b(?:retry|repeats)\b/);
  expect(Object.values(scripts).filter((script) => /--(?:retry|repeats|test-?timeout)/i.test(script))).toEqual([]);
  // One patience for all of them.
  expect(config.match(/\w+Timeout: .*/g)).toEqual(["testTimeout: 8 * NEVER_MS, hookTimeout: 8 * NEVER_MS };"]);
});

describe("the search", () => {
  it.each([
    'it("x", { retry: 2 }, async () => {});',
    "expect(attempt.duration_ms).toBeLessThan(3000);",
    "expect(made[0]?.durationMs ?? 0).toBeLessThanOrEqual(12_000);",
    "expect(\n  request.at - accepted,\n).toBeLessThan(2000);",
    "expect(second.at - first.at).toBe(1000);",
    "const before = performance.now();",
    "const lasted = Date.now() - before;",
    "await sleep(500);",
    "await new Promise((wake) => setTimeout(wake, 50));",
    "await scheduler.wait(100);",
    "await page.waitForTimeout(500);",
    "await eventually(look, holds, { timeoutMs: 30_000 });",
    "await expect(look).resolves.toBe(1, { timeout: 5000 });",
    "await fetch(url, { signal: AbortSignal.timeout(100) });",
    "}, 15_000);",
    "await vi.waitFor(() => expect(seen).toHaveLength(1));",
    "await expect.poll(() => seen).toEqual([]);",
  ])("finds %j", (line) => {
    expect(found(`const a = 1;\n${line}\n`).length).toBeGreaterThan(0);
  });

  it.each([
    "expect(attempt.duration_ms).toBeGreaterThanOrEqual(950);",
    "expect(second.at - first.at).toBeGreaterThanOrEqual(1000);",
    "expect(Date.parse(next)).toBeLessThanOrEqual(Date.now() + 33_000);",
    "const since = new Date(Date.now() - 60_000).toISOString();",
    "const fields = { timeout_ms: 1000 };",
    'const answer = { retry: headers.get("retry-after") };',
    'const typed = { timeout: "99" };',
    "// It took less than this: setTimeout(go, 5000)",
    "await scheduler.wait(0);",
    "context.setDefaultTimeout(NEVER_MS);",
    "const config: SendingConfig = { timeoutMs: TIMEOUT_MS };",
  ])("passes over %j", (line) => {
    expect(found(line)).toEqual([]);
  });
});
