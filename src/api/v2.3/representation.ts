import type { EndpointRow } from "../../config/schema.ts";
import { cases } from "../../systems/index.ts";
import { isoSeconds } from "../../systems/wire.ts";
import * as z from "../z.ts";

/** Endpoints as the system of cases and assignments documents them: other keys than ours, in its own order. */

/** That system's webhooks, and no others of the workspace. */
export const casesOf = (workspaceId: number) => ({ workspaceId, dialect: cases.name });

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
