/** As wrangler.toml has it for Cloudflare, whose clock no local run has. */
const HOUR_MS = 3_600_000;

/**
 * Runs something each hour, beginning now, without keeping the process alive. What fails is said, and tried again.
 * @returns what ends it
 */
export function hourly(what: () => Promise<void>): () => void {
  const run = () => {
    what().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
  };
  run();
  const timer = setInterval(run, HOUR_MS).unref();
  return () => clearInterval(timer);
}
