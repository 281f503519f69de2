import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startService } from "../../src/local/service.ts";
import { builtDir } from "./build.ts";
import { ADMIN_TOKEN } from "./service.ts";

/**
 * A service of its own whose rate limits are reached sooner than those of wrangler.toml, in this process.
 * @param rateLimits by the names of the bindings; null leaves one out
 */
export async function startRateLimited(rateLimits: Record<string, number | null>, vars: Record<string, string> = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), "posthorn-"));
  const service = await startService({
    port: 0,
    stateDir,
    vars: { ADMIN_TOKEN, ALLOW_PRIVATE_TARGETS: "true", ...vars },
    scriptPath: join(builtDir, "index.js"),
    rateLimits,
  });
  const stop = async () => {
    await service.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  return { ...service, stop };
}
