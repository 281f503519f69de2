import type * as z from "zod";
import { DeliveryRow } from "../../../api/deliveries/representation.ts";
import { HealthView } from "../../../api/webhooks/health.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { StatsView } from "../../../api/webhooks/stats.ts";
import { PERIODS, type PeriodName } from "../../../delivery/period.ts";
import { type PageContext, pathParam, queryParam } from "../../page-context.ts";
import { webhookPath } from "../../parts/webhook-head.tsx";

/** What the pages of one webhook ask the API for. */

export type Webhook = z.output<typeof WebhookView>;
export type Health = z.output<typeof HealthView>;
export type Stats = z.output<typeof StatsView>;
export type Delivery = z.output<typeof DeliveryRow>;
export type Attempt = NonNullable<Delivery["history"]>[number];

/** The path of the webhook that the page is of; `rest` begins with a slash. */
export const pathOf = (context: PageContext, rest = ""): string => webhookPath(pathParam(context, "webhook"), rest);

export const loadWebhook = (context: PageContext): Promise<Webhook> => context.api.one(pathOf(context), WebhookView);

export const loadHealth = (context: PageContext): Promise<Health> =>
  context.api.one(pathOf(context, "/health"), HealthView);

/** For the badge at the head of a page. What a script asks for again is below it. */
export const isFailing = async (context: PageContext): Promise<boolean> =>
  !context.fragment && (await loadHealth(context)).failing;

export const loadStats = (context: PageContext, period: PeriodName): Promise<Stats> =>
  context.api.one(pathOf(context, "/stats"), StatsView, { period });

/** The period that the address names; the shortest where it names none. */
export const periodAsked = (context: PageContext): PeriodName =>
  PERIODS.find((period) => period === queryParam(context, "period")) ?? "24h";

export const loadLatest = async (context: PageContext, limit: number): Promise<Delivery[]> =>
  (await context.api.list(pathOf(context, "/deliveries"), DeliveryRow, { limit })).rows;

/** The latest attempt that failed, with its delivery. */
export type LastFailure = { delivery: Delivery; attempt: Attempt };

/** Among so many of the youngest deliveries with a failed attempt, the latest of these is looked for. */
const CANDIDATES = 10;

/**
 * Looks for the latest attempt that failed. A page of the list may end before it has found any, as it looks at so many
 * deliveries only: `pages` bounds how often it is asked to go on.
 */
export async function loadLastFailure(context: PageContext, pages: number): Promise<LastFailure | null> {
  const query = { failed_attempts: "true", include: "attempts", limit: CANDIDATES };
  let page = 0;
  for await (const { rows } of context.api.pages(pathOf(context, "/deliveries"), DeliveryRow, query)) {
    const failures = rows.flatMap((delivery) => failuresOf(delivery));
    if (failures.length > 0) return failures.reduce((a, b) => (b.attempt.at > a.attempt.at ? b : a));
    if (++page === pages) break;
  }
  return null;
}

const failuresOf = (delivery: Delivery): LastFailure[] =>
  (delivery.history ?? []).filter(({ error }) => error !== null).map((attempt) => ({ delivery, attempt }));

/** All of the workspace's webhooks, the newest first. */
export const allWebhooks = async ({ api }: PageContext): Promise<Webhook[]> =>
  (await api.all("/webhooks", WebhookView)).rows;
