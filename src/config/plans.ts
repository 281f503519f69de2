import * as z from "zod";
import { jsonVariable } from "./variables.ts";

const Limit = z.int().min(0).nullable();

const Limits = z.strictObject({ webhooks: Limit, sources: Limit, events: Limit });

/** What a workspace may have: webhooks, sources, and events in a calendar month in UTC. Null: as many as it likes. */
export type Limits = z.infer<typeof Limits>;

/** By their names. */
export type Plans = ReadonlyMap<string, Limits>;

export const NO_LIMITS: Limits = { webhooks: null, sources: null, events: null };

const BUILT_IN: Plans = new Map([
  ["free", { webhooks: 5, sources: 2, events: 10_000 }],
  ["pro", { webhooks: 50, sources: 20, events: 1_000_000 }],
  ["business", { webhooks: 500, sources: 100, events: 20_000_000 }],
]);

/** As long as the name of a workspace's plan may be, in characters. */
export const MAX_PLAN_NAME = 100;

/** The variable `PLANS`: JSON text whose plans take the place of all the built-in ones. */
export const PlansVariable = jsonVariable("PLANS")
  .pipe(z.record(z.string().min(1).max(MAX_PLAN_NAME), Limits))
  .transform((plans): Plans => new Map(Object.entries(plans)))
  .default(BUILT_IN);
