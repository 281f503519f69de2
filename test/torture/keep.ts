import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorker, MODEL_ENTRY } from "../../src/local/build.ts";
import { keep } from "./versions.ts";

/** Keeps what is there now as the previous version. To be run when a version is released. */

const dir = mkdtempSync(join(tmpdir(), "posthorn-version-"));
try {
  keep(await buildWorker(dir, MODEL_ENTRY));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
