import type { EventType } from "../../catalogue/index.ts";
import type { EventTypeRow } from "../../config/schema.ts";
import { iso, Timestamp } from "../fields.ts";
import * as z from "../z.ts";

/** The system of a workspace's own types. */
export const OWN = "workspace";

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
    schema: z
      .unknown()
      .openapi({ description: "JSON Schema that payloads must satisfy, as it was written; null: any will do." }),
    sample: z
      .unknown()
      .openapi({ description: "What a test of a webhook sends, as it was written; null: a placeholder." }),
    created_at: Timestamp.nullable(),
  })
  .openapi("EventType");

type View = z.infer<typeof EventTypeView>;

/** A type as JSON text. Its schema and sample are text already, and to parse them would change them. */
function textOf({ schema, sample, ...head }: View & { schema: string; sample: string }): string {
  return `${JSON.stringify(head).slice(0, -1)},"schema":${schema},"sample":${sample}}`;
}

export function textOfBuiltIn({ name, title, description, system, sample, schema }: EventType): string {
  const texts = { schema: JSON.stringify(schema ?? null), sample: JSON.stringify(sample) };
  return textOf({ name, title, description, system, built_in: true, ...texts, created_at: null });
}

export function textOfOwn({ name, title, description, schema, sample, createdAt }: EventTypeRow): string {
  const texts = { schema: schema ?? "null", sample: sample ?? "null" };
  return textOf({ name, title, description, system: OWN, built_in: false, ...texts, created_at: iso(createdAt) });
}
