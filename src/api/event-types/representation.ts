import type { EventType as BuiltInType } from "../../catalogue/index.ts";
import { Budget } from "../../catalogue/json-schema/budget.ts";
import { MAX_STEPS, PayloadSchema } from "../../catalogue/payload-schema.ts";
import { EventSchema, MAX_SCHEMA_LENGTH } from "../../catalogue/schema-rules.ts";
import type { EventTypeFields } from "../../config/event-types.ts";
import type { EventTypeRow } from "../../config/schema.ts";
import { compactJson, memberText } from "../../lib/json-text.ts";
import { defined, EventType, iso, Timestamp } from "../fields.ts";
import { ApiError, invalidField } from "../problem.ts";
import * as z from "../z.ts";

/** What may be left out; null is as good as left out on creation, and clears the field in a change. */
const optional = {
  title: z.string().min(1).max(200).nullish(),
  description: z.string().min(1).max(1000).nullish(),
  schema: EventSchema.nullish().openapi({
    type: "object",
    description: `JSON Schema (2020-12, or the draft that it names) of at most ${MAX_SCHEMA_LENGTH} characters. What is published of this type must satisfy it.`,
    example: { type: "object", required: ["id"], properties: { id: { type: "integer" } } },
  }),
  sample: z
    .unknown()
    .optional()
    .openapi({ description: "Any JSON: what a test of a webhook sends.", example: { id: 7, total: "129.00" } }),
};

export const NewEventType = z
  .strictObject({ name: EventType.openapi({ example: "invoice.paid" }), ...optional })
  .openapi("NewEventType");

export const EventTypeChanges = z.strictObject(optional).openapi("EventTypeChanges");

/** Why a change does not take this. */
export const CHANGE_HINTS = { name: "A type keeps its name: create another type" };

/**
 * The columns that a body names; those that it leaves out are left out.
 * @param text the body as it came: what was written in it as JSON is kept as it was written
 * @throws ApiError invalid_request for a schema whose text is too long, however little it says
 */
export function eventTypeFields(body: z.infer<typeof EventTypeChanges>, text: string): Partial<EventTypeFields> {
  const { title, description } = body;
  const written = (name: "schema" | "sample"): string | null | undefined => {
    const value = body[name];
    return value === undefined || value === null ? value : compactJson(memberText(text, name) ?? "null");
  };
  const schema = written("schema");
  if (schema && schema.length > MAX_SCHEMA_LENGTH) {
    throw invalidField("schema", `A schema may have at most ${MAX_SCHEMA_LENGTH} characters`);
  }
  return defined({ title, description, schema, sample: written("sample") });
}

/** @throws ApiError invalid_request where the sample is none of what the schema asks for */
export function checkSample({ schema, sample }: Pick<EventTypeFields, "schema" | "sample">): void {
  if (schema === null || sample === null) return;
  const errors = new PayloadSchema(JSON.parse(schema), "a type that is to be stored")
    .complaints(JSON.parse(sample), new Budget(MAX_STEPS))
    .map(({ path, message }) => ({ path: ["sample", ...path].join("."), message }));
  const [first] = errors;
  if (first) throw new ApiError("invalid_request", `${first.path}: ${first.message}`, { errors });
}

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

export function textOfBuiltIn({ name, title, description, system, sample, schema }: BuiltInType): string {
  const texts = { schema: JSON.stringify(schema ?? null), sample: JSON.stringify(sample) };
  return textOf({ name, title, description, system, built_in: true, ...texts, created_at: null });
}

export function textOfOwn({ name, title, description, schema, sample, createdAt }: EventTypeRow): string {
  const texts = { schema: schema ?? "null", sample: sample ?? "null" };
  return textOf({ name, title, description, system: OWN, built_in: false, ...texts, created_at: iso(createdAt) });
}
