import { MAX_SECRETS } from "../../config/endpoint-changes.ts";
import { openHeaders, timing } from "../../config/endpoints.ts";
import type { EndpointRow } from "../../config/schema.ts";
import { maskHeader } from "../../lib/mask-header.ts";
import { iso, Timestamp } from "../fields.ts";
import * as z from "../z.ts";
import { DisableAfter, GivenSecret } from "./fields.ts";

const shape = {
  id: z.string().openapi({ example: "wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3" }),
  name: z.string().nullable(),
  description: z.string().nullable(),
  url: z.string(),
  events: z.array(z.string()),
  status: z.enum(["active", "paused", "disabled"]),
  disabled_reason: z.string().nullable(),
  dialect: z.string(),
  headers: z.record(z.string(), z.string()).openapi({ description: "What the name says is a credential is masked." }),
  retry_policy: z.array(z.int()).openapi({ description: "The delays that are in force, in seconds." }),
  timeout_ms: z.int().openapi({ description: "The timeout that is in force." }),
  disable_on_gone: z.boolean().openapi({ description: "Whether an answer of 410 Gone disables it at once." }),
  max_concurrency: z.int().nullable().openapi({
    description: "Requests that may be under way to it at once; null: as many as the deployment's MAX_CONCURRENCY.",
  }),
  disable_after: DisableAfter.nullable().openapi({
    description: "When its failures disable it, as is in force: both must be reached. Null: never.",
  }),
  channels: z.array(z.string()),
  survey: z.string().nullable().openapi({ description: "The survey whose webhook it is; null for every other." }),
  created_at: Timestamp,
  updated_at: Timestamp,
};

export const WebhookView = z.object(shape).openapi("Webhook");

export const CreatedWebhook = z
  .object({
    ...shape,
    secret: z
      .string()
      .nullable()
      .openapi({ description: "Shown here and after a rotation only; null if it has none." }),
  })
  .openapi("CreatedWebhook");

export const Rotation = z
  .strictObject({
    overlap_seconds: z.int().min(0).max(604_800).default(86_400).openapi({
      description:
        "How long the secrets before the new one sign along, where the dialect's header takes several signatures: `cases` and `standard`. The others sign with the new one at once.",
    }),
    secret: GivenSecret.optional().openapi({ description: "Of the dialect's form; generated if none is given." }),
  })
  .openapi("Rotation");

export const Rotated = z
  .object({
    secret: z.string().openapi({ description: "Shown here and never again." }),
    previous_valid_until: Timestamp.nullable().openapi({
      description: "Until when the one before signs along; null if there was none, or it signs nothing from now on.",
    }),
    replaced: z.boolean().openapi({ description: "Whether there was a secret before." }),
    ended_early: z.int().openapi({
      description: `How many older secrets have ended with this, before their time: at most ${MAX_SECRETS} sign at once.`,
    }),
  })
  .openapi("RotatedSecret");

/** @throws UnsealError if the stored headers do not open */
export async function viewWebhook(env: Env, row: EndpointRow): Promise<z.infer<typeof WebhookView>> {
  const { retryDelays, timeoutMs, disableOnGone, maxConcurrency, disableAfter } = timing(row);
  const headers = Object.entries(await openHeaders(env, row));
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    url: row.url,
    events: row.events,
    status: row.status,
    disabled_reason: row.disabledReason,
    dialect: row.dialect,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, maskHeader(name, value)])),
    retry_policy: retryDelays,
    timeout_ms: timeoutMs,
    disable_on_gone: disableOnGone,
    max_concurrency: maxConcurrency,
    disable_after: disableAfter,
    channels: row.channels,
    survey: row.group,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}
