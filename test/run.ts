import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COUNTS_FILE, type Counts, summary } from "./support/summary.ts";

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "posthorn-test-"));
const countsFile = join(scratch, "counts.json");

const vitest = spawn(
  process.execPath,
  [join(root, "node_modules/vitest/vitest.mjs"), "run", ...process.argv.slice(2)],
  { cwd: root, env: { ...process.env, [COUNTS_FILE]: countsFile }, stdio: ["ignore", "inherit", "inherit"] },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => vitest.kill(signal));
await once(vitest, "exit");

const none: Counts = { passed: 0, failed: 0, skipped: 0 };
const counts = existsSync(countsFile) ? (JSON.parse(readFileSync(countsFile, "utf8")) as Counts) : none;
rmSync(scratch, { recursive: true });

if (counts.passed + counts.failed === 0) console.error("No test ran.");
console.log(summary(counts));
process.exitCode = vitest.exitCode === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
