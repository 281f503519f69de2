import * as z from "zod";

/** What the page reads of a JSON Schema, as the API's document has them. */
export type Schema = {
  $ref?: string | undefined;
  type?: string | string[] | undefined;
  format?: string | undefined;
  enum?: unknown[] | undefined;
  const?: unknown;
  items?: Schema | undefined;
  properties?: Record<string, Schema> | undefined;
  required?: string[] | undefined;
  anyOf?: Schema[] | undefined;
  oneOf?: Schema[] | undefined;
  allOf?: Schema[] | undefined;
  description?: string | undefined;
};

const Schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    items: Schema.optional(),
    properties: z.record(z.string(), Schema).optional(),
    required: z.array(z.string()).optional(),
    anyOf: z.array(Schema).optional(),
    oneOf: z.array(Schema).optional(),
    allOf: z.array(Schema).optional(),
    description: z.string().optional(),
  }),
);

const Content = z.object({ "application/json": z.object({ schema: Schema }).optional() }).optional();

const Operation = z.object({
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string().optional(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: Schema,
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.boolean().optional(), content: Content }).optional(),
  responses: z.record(z.string(), z.object({ content: Content })),
});
export type Operation = z.infer<typeof Operation>;

/** What the page reads of the OpenAPI document. */
export const ApiDocument = z.object({
  info: z.object({ description: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
});
export type ApiDocument = z.infer<typeof ApiDocument>;
type Schemas = ApiDocument["components"]["schemas"];

/** The name of what a reference leads to. */
const nameOf = (reference: string): string => reference.split("/").at(-1) ?? "";

/** What a reference leads to; a schema that is none, itself. */
function resolved(schema: Schema, schemas: Schemas): Schema {
  const target = schema.$ref === undefined ? undefined : schemas[nameOf(schema.$ref)];
  return target ?? schema;
}

/** A schema's kind in a few words: `string`, `list of string`, `integer or null`, `active | paused`. */
export function kindOf(schema: Schema, schemas: Schemas): string {
  if (schema.$ref !== undefined) return kindOf(resolved(schema, schemas), schemas);
  if (schema.enum) return schema.enum.map((value) => String(value)).join(" | ");
  if (schema.const !== undefined) return String(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map((choice) => kindOf(choice, schemas)))].join(" or ");
  if (schema.allOf) return kindOf(schema.allOf[0] ?? {}, schemas);
  const types = [schema.type ?? "any JSON"].flat();
  return types
    .map((type) => {
      if (type === "array") return schema.items ? `list of ${kindOf(schema.items, schemas)}` : "list";
      return type === "string" && schema.format ? schema.format : type;
    })
    .join(" or ");
}

/** A field of a body, by its path: `data.0.id` is `data[].id`. */
export type Field = { path: string; kind: string; required: boolean; description: string };

/** How far down fields are told. */
const DEEPEST = 3;

/** The fields of what an operation takes or answers; those of a union's members one after another, each once. */
export function fieldsOf(schema: Schema, schemas: Schemas, path = "", depth = 0): Field[] {
  const { properties, required = [], anyOf, oneOf, allOf, items } = resolved(schema, schemas);
  if (depth > DEEPEST) return [];
  if (items) return fieldsOf(items, schemas, `${path}[]`, depth);
  const members = anyOf ?? oneOf ?? allOf;
  const found = members
    ? members.flatMap((member) => fieldsOf(member, schemas, path, depth))
    : Object.entries(properties ?? {}).flatMap(([name, field]) => {
        const own = path === "" ? name : `${path}.${name}`;
        const about = resolved(field, schemas);
        return [
          {
            path: own,
            kind: kindOf(field, schemas),
            required: required.includes(name),
            description: field.description ?? about.description ?? "",
          },
          ...fieldsOf(field, schemas, own, depth + 1),
        ];
      });
  return [...new Map(found.map((field) => [field.path, field])).values()];
}
