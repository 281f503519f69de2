import { NewWebhook, WebhookChanges } from "../../../api/webhooks/fields.ts";
import * as z from "../../../api/z.ts";
import type { EndpointRow } from "../../../config/schema.ts";
import { isoSeconds } from "../../wire.ts";

/** Endpoints as this system documents them: other keys than ours, in its own order. */

const Seconds = z.iso.datetime().openapi({ format: "date-time", example: "2026-04-29T09:10:00Z" });

const identity = {
  id: z.string().openapi({ example: "wh_01J1C6ZGQ6FQTH2X6M2VS3P0XW" }),
  url: z.string().openapi({ example: "https://partner.example.com/webhooks/xpath" }),
  description: z.string().nullable().openapi({ example: "Partner production endpoint" }),
  events: z.array(z.string()).openapi({ example: ["cases.*", "assignments.*"] }),
  status: z.enum(["active", "paused"]).openapi({ description: "One that was disabled for its failures is `paused`." }),
};

const times = { created_at: Seconds, updated_at: Seconds };

export const EndpointView = z.object({ ...identity, ...times }).openapi("Endpoint");

export const CreatedEndpoint = z
  .object({
    ...identity,
    secret: z.string().openapi({ description: "Shown here and never again.", example: "whsec_…" }),
    ...times,
  })
  .openapi("CreatedEndpoint");

export function viewEndpoint(row: EndpointRow): z.infer<typeof EndpointView> {
  return { ...viewIdentity(row), ...viewTimes(row) };
}

export function viewCreated(row: EndpointRow, secret: string): z.infer<typeof CreatedEndpoint> {
  return { ...viewIdentity(row), secret, ...viewTimes(row) };
}

function viewIdentity({ id, url, description, events, status }: EndpointRow) {
  return { id, url, description, events, status: status === "active" ? status : ("paused" as const) };
}

const viewTimes = ({ createdAt, updatedAt }: EndpointRow) => ({
  created_at: isoSeconds(createdAt),
  updated_at: isoSeconds(updatedAt),
});

/** What this system lets be set of a webhook. */
const settable = { url: true, events: true, description: true, status: true } as const;

export const NewEndpoint = NewWebhook.pick(settable).openapi("NewEndpoint", {
  example: {
    url: "https://partner.example.com/webhooks/xpath",
    events: ["cases.*", "assignments.*"],
    description: "Partner production endpoint",
  },
});

export const EndpointChanges = WebhookChanges.pick(settable).openapi("EndpointChanges", {
  example: { status: "paused", events: ["cases.*"] },
});
