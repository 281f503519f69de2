import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** How many tests ended how. A file or a hook that failed outside of any test counts as one failed test. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The environment variable that names a file to write the counts to, as JSON, instead of printing them. */
export const COUNTS_FILE = "POSTHORN_TEST_COUNTS";

/** The end of a run. Its last line is what machines read: it has no other form. */
export function summary({ passed, failed, skipped }: Counts): string {
  const without = skipped > 0 ? `${skipped} skipped, or still to be written\n` : "";
  return `${without}${passed} passed, ${failed} failed`;
}

function countIn(module: TestModule, counts: Counts): void {
  const failedBefore = counts.failed;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === "passed") counts.passed += 1;
    else if (state === "failed") counts.failed += 1;
    else counts.skipped += 1;
  }
  for (const suite of [module, ...module.children.allSuites()]) {
    if (suite.errors().length > 0) counts.failed += 1;
  }
  if (!module.ok() && counts.failed === failedBefore) counts.failed += 1;
}

/** Ends a run with the line that {@link summary} makes. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts: Counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) countIn(module, counts);
    const file = process.env[COUNTS_FILE];
    if (file) writeFileSync(file, JSON.stringify(counts));
    else console.log(summary(counts));
  }
}
