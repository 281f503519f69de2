import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { configPath, wrangler } from "../src/local/wrangler.ts";
import { Peer } from "./peer.ts";
import type { StartsMethods } from "./starts.ts";
import { median } from "./stats.ts";

/**
 * What `npm run deploy` would upload, and what the runtime needs to make an isolate of it: parsing, compiling and evaluating the
 * script, as each isolate of the platform does before its first request.
 */

export interface Start {
  /** Of all modules, as wrangler counts them, in KiB. */
  kib: number;
  gzippedKib: number;
  /** CPU time of the runtime until it takes requests, of each start, in milliseconds: with the Worker, and with an empty one. */
  worker: number[];
  empty: number[];
  /** The median of the first less that of the second. */
  evaluationMs: number;
}

const EMPTY = "export default { fetch: () => new Response() };\n";

/** @throws Error where wrangler does not say it */
function sizesIn(output: string): { kib: number; gzippedKib: number } {
  const [, kib, gzippedKib] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(output) ?? [];
  if (kib === undefined || gzippedKib === undefined) throw new Error(`wrangler tells no sizes:\n${output}`);
  return { kib: Number(kib), gzippedKib: Number(gzippedKib) };
}

/** @param rounds how often each is started, by turns */
export async function start(rounds: number): Promise<Start> {
  const dir = mkdtempSync(join(tmpdir(), "posthorn-start-"));
  const starts = new Peer<StartsMethods>("starts.ts");
  try {
    const output = await wrangler(["deploy", "--minify", "--dry-run", "--outdir", join(dir, "worker")]);
    const emptyDir = mkdtempSync(join(dir, "empty-"));
    writeFileSync(join(emptyDir, "index.js"), EMPTY);
    const { compatibility_date: date = "", compatibility_flags: flags } = readConfig({ config: configPath });
    const cpuMs = (folder: string) => starts.call("start", { script: join(folder, "index.js"), date, flags });
    const [worker, empty]: [number[], number[]] = [[], []];
    // The first ones read files that nobody has read for a while.
    for (let round = -1; round < rounds; round++) {
      const [one, none] = [await cpuMs(join(dir, "worker")), await cpuMs(emptyDir)];
      if (round < 0) continue;
      worker.push(one);
      empty.push(none);
    }
    return { ...sizesIn(output), worker, empty, evaluationMs: median(worker) - median(empty) };
  } finally {
    await starts.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
