import * as z from "zod";
import { jsonVariable } from "./variables.ts";

/**
 * What one workspace may occupy in the database that all of them share, whatever its plan says or does not say. Beyond
 * these nothing is added, but for audit entries: the oldest of them leave. A plan's own number of webhooks or sources counts
 * in place of the ceiling, as the operator has set it on purpose.
 */
const BUILT_IN = {
  /** Twice the largest built-in plan's, as are the sources. */
  webhooks: 1000,
  sources: 200,
  /** Those that ended are among them for a month. */
  tokens: 1000,
  /** Each is there until a day after its end: so many visits by links a day. */
  portal_links: 10_000,
  audit_entries: 10_000,
};

const atLeastOne = (otherwise: number) => z.int().min(1).default(otherwise);

const Ceilings = z.strictObject({
  webhooks: atLeastOne(BUILT_IN.webhooks),
  sources: atLeastOne(BUILT_IN.sources),
  tokens: atLeastOne(BUILT_IN.tokens),
  portal_links: atLeastOne(BUILT_IN.portal_links),
  audit_entries: atLeastOne(BUILT_IN.audit_entries),
});

/** How many of each there may be. */
export type Ceilings = z.infer<typeof Ceilings>;

/** The variable `CEILINGS`: JSON text that names those which are others than the built-in ones. */
export const CeilingsVariable = jsonVariable("CEILINGS").pipe(Ceilings).default(BUILT_IN);
