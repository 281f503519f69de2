import type { D1Migration } from "cloudflare:test";

declare global {
  namespace Cloudflare {
    interface Env {
      /** Given by vitest.config.ts. */
      TEST_MIGRATIONS: D1Migration[];
      /** JSON: signatures of providers (test/inbound/vectors.json). */
      TEST_VECTORS: unknown;
      /** JSON: payloads of providers (test/inbound/samples.json). */
      TEST_SAMPLES: unknown;
      /** Whether they are those of the repository. */
      TEST_SAMPLES_OURS: boolean;
      /** Text of docs/inbound/model.md. */
      TEST_MODEL_PAGE: string;
    }
  }
}
