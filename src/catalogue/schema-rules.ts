import * as z from "zod";
import type { JsonSchema } from "../systems/event-type.ts";
import { Budget } from "./json-schema/budget.ts";
import { compilePattern, compilePatterns } from "./json-schema/patterns.ts";
import { patternsIn, References } from "./json-schema/references.ts";
import { draftOf } from "./payload-schema.ts";

/** What a JSON Schema must be to be kept: the validator itself takes any object, and a misspelt one checks nothing. */

/** Of a schema as JSON, in characters. */
export const MAX_SCHEMA_LENGTH = 16_384;

const Type = z.enum(["array", "boolean", "integer", "null", "number", "object", "string"]);
const Count = z.int().min(0);
const Names = z.array(z.string());

function patternFault(pattern: string): string | undefined {
  const compiled = compilePattern(pattern);
  return "complaint" in compiled ? compiled.complaint : undefined;
}

const Pattern = z.string().superRefine((pattern, context) => {
  const message = patternFault(pattern);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** What a value must be that may have several forms: its faults are those of the form that it seems to mean. */
const meant = (form: (value: unknown) => z.ZodType): z.ZodType =>
  z.unknown().superRefine((value, context) => {
    for (const { path, message } of form(value).safeParse(value).error?.issues ?? []) {
      context.addIssue({ code: "custom", path, message });
    }
  });

const Node = meant((value) => (typeof value === "boolean" ? z.boolean() : Keywords));
const Nodes = z.array(Node).min(1);
const Bound = meant((value) => (typeof value === "boolean" ? z.boolean() : z.number()));
const NamedNodes = z.record(z.string(), Node);

const PatternedNodes = NamedNodes.superRefine((nodes, context) => {
  for (const pattern of Object.keys(nodes)) {
    const message = patternFault(pattern);
    if (message !== undefined) context.addIssue({ code: "custom", path: [pattern], message });
  }
});

/** Keywords that are not known are annotations, as the specification has it. */
const Keywords = z.looseObject({
  $schema: z.string().optional(),
  $id: z.string().optional(),
  $ref: z.string().optional(),
  $defs: NamedNodes.optional(),
  definitions: NamedNodes.optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  type: meant((value) => (Array.isArray(value) ? z.array(Type).min(1) : Type)).optional(),
  enum: z.array(z.unknown()).min(1).optional(),
  required: Names.optional(),
  properties: NamedNodes.optional(),
  patternProperties: PatternedNodes.optional(),
  additionalProperties: Node.optional(),
  unevaluatedProperties: Node.optional(),
  propertyNames: Node.optional(),
  minProperties: Count.optional(),
  maxProperties: Count.optional(),
  dependentRequired: z.record(z.string(), Names).optional(),
  dependentSchemas: NamedNodes.optional(),
  dependencies: z
    .record(
      z.string(),
      meant((value) => (Array.isArray(value) ? Names : Node)),
    )
    .optional(),
  items: meant((value) => (Array.isArray(value) ? z.array(Node) : Node)).optional(),
  prefixItems: Nodes.optional(),
  additionalItems: Node.optional(),
  unevaluatedItems: Node.optional(),
  contains: Node.optional(),
  minContains: Count.optional(),
  maxContains: Count.optional(),
  minItems: Count.optional(),
  maxItems: Count.optional(),
  uniqueItems: z.boolean().optional(),
  allOf: Nodes.optional(),
  anyOf: Nodes.optional(),
  oneOf: Nodes.optional(),
  not: Node.optional(),
  if: Node.optional(),
  // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
  then: Node.optional(),
  else: Node.optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  // A boolean beside minimum and maximum in draft 4.
  exclusiveMinimum: Bound.optional(),
  exclusiveMaximum: Bound.optional(),
  multipleOf: z.number().positive().optional(),
  minLength: Count.optional(),
  maxLength: Count.optional(),
  pattern: Pattern.optional(),
  format: z.string().optional(),
});

/** A JSON Schema that can be kept and applied. */
export const EventSchema = z
  .custom<JsonSchema>((value) => typeof value === "boolean" || (typeof value === "object" && value !== null), {
    message: "A schema is an object, true or false",
    abort: true,
  })
  .superRefine((schema, context) => {
    for (const { path, message } of complaints(schema)) context.addIssue({ code: "custom", path: [...path], message });
  });

type Complaint = { path: readonly PropertyKey[]; message: string };

function complaints(schema: JsonSchema): Complaint[] {
  if (JSON.stringify(schema).length > MAX_SCHEMA_LENGTH) {
    return [{ path: [], message: `A schema may have at most ${MAX_SCHEMA_LENGTH} characters` }];
  }
  try {
    const parsed = Node.safeParse(schema);
    if (!parsed.success) return parsed.error.issues;
    if (draftOf(schema) === undefined) {
      return [{ path: ["$schema"], message: "Known are the drafts 2020-12, 2019-09, 07 and 04" }];
    }
    const references = new References(schema, draftOf(schema) ?? "2020-12");
    const patterns = compilePatterns(patternsIn(references), new Budget(Number.POSITIVE_INFINITY));
    if ("complaint" in patterns) return [{ path: [], message: patterns.complaint }];
    if (references.dynamic) {
      const message =
        "References that lead elsewhere by the way that led to them ($dynamicRef, $recursiveRef) cannot be followed";
      return [{ path: [], message }];
    }
    return references
      .lost()
      .map((reference) => ({ path: [], message: `$ref "${reference}" leads to no schema within this one` }));
  } catch (error) {
    const tooDeep = error instanceof RangeError;
    return [{ path: [], message: tooDeep ? "It is nested too deeply" : "Its $id and $ref cannot be read" }];
  }
}
