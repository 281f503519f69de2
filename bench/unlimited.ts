import { type Service, startService } from "../src/local/service.ts";
import { watchWorkerd } from "../src/local/watchdog.ts";
import { ADMIN_TOKEN } from "../test/support/service.ts";
import { offer } from "./peer.ts";

/** The service in a process of its own, without rate limits and with room for many webhooks: they are what is to be measured. */

const RATE_LIMITS = ["TOKEN_REQUESTS", "SOURCE_REQUESTS", "FAILURES", "WORKSPACE_CHANGES"];

let running: Service | undefined;

const methods = {
  start: async ({ script, stateDir, vars }: { script: string; stateDir: string; vars: Record<string, string> }) => {
    const service = await startService({
      port: 0,
      stateDir,
      scriptPath: script,
      rateLimits: Object.fromEntries(RATE_LIMITS.map((name) => [name, null])),
      vars: {
        ADMIN_TOKEN,
        ALLOW_PRIVATE_TARGETS: "true",
        DNS_GUARD: "off",
        CEILINGS: JSON.stringify({ webhooks: 20_000, audit_entries: 100_000 }),
        ...vars,
      },
    });
    running = service;
    return { url: service.url, adminToken: service.adminToken };
  },
  /** What it has stored stays. */
  stop: async () => {
    await running?.stop();
    running = undefined;
  },
};
export type UnlimitedMethods = typeof methods;

watchWorkerd();
offer(methods);
