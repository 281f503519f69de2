import type { D1Migration } from "cloudflare:test";

declare global {
  namespace Cloudflare {
    interface Env {
      /** Given by vitest.config.ts. */
      TEST_MIGRATIONS: D1Migration[];
      /** JSON: signatures of providers (their `vectors.json`). */
      TEST_VECTORS: unknown;
      /** JSON: payloads of providers (their `samples.json`). */
      TEST_SAMPLES: unknown;
      /** Text of docs/inbound/model.md. */
      TEST_MODEL_PAGE: string;
    }
  }
}
