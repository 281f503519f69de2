import type { Normalised } from "../../src/inbound/provider.ts";

/** A payload as `samples.json` has it. */
export interface Sample {
  provider: string;
  kind: string;
  method: string;
  content_type: string;
  /** Null for a request that has all in its query. */
  body: string | null;
  query?: string;
  headers?: Record<string, string>;
  normalized: Expectation;
  /** Whether it is believed to be wrong: then what comes out must differ from it. */
  doubted?: boolean;
}

/** What comes out, as far as it is said. */
export type Expectation = { type: Normalised["type"] } & Record<string, unknown>;
