import type { EventType } from "../../catalogue/index.ts";
import type { EventTypeRow } from "../../config/schema.ts";
import { iso, Timestamp } from "../fields.ts";
import { z } from "../z.ts";

/** The system of a workspace's own types. */
const OWN = "workspace";

export const EventTypeView = z
  .object({
    name: z.string().openapi({ example: "ticket.created" }),
    title: z.string().nullable(),
    description: z.string().nullable(),
    system: z.string().openapi({
      description:
        "Whose it is: a dialect's name, `inbound` (what providers report), `operational` (what Posthorn reports), or `workspace` for its own.",
    }),
    built_in: z.boolean(),
    schema: z.unknown().openapi({ description: "JSON Schema that payloads must satisfy; null: any will do." }),
    sample: z.unknown().openapi({ description: "What a test of a webhook sends; null: a placeholder." }),
    created_at: Timestamp.nullable(),
  })
  .openapi("EventType");

export function viewBuiltIn(type: EventType): z.infer<typeof EventTypeView> {
  const { name, title, description, system, sample, schema = null } = type;
  return { name, title, description, system, built_in: true, schema, sample, created_at: null };
}

export function viewOwn(row: EventTypeRow): z.infer<typeof EventTypeView> {
  const { name, title, description, schema } = row;
  const sample: unknown = row.sample === null ? null : JSON.parse(row.sample);
  return { name, title, description, system: OWN, built_in: false, schema, sample, created_at: iso(row.createdAt) };
}
