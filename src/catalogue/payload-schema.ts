import { type OutputUnit, type Schema, type SchemaDraft, Validator } from "@cfworker/json-schema";
import type { Json, JsonSchema } from "./event-type.ts";

/** What is wrong with a payload: where, as steps from its root, and a sentence. */
export type PayloadComplaint = { path: readonly string[]; message: string };

/** Of a payload's faults, this many are told. */
const TOLD = 10;

const DRAFTS: readonly (readonly [part: string, draft: SchemaDraft])[] = [
  ["draft-04", "4"],
  ["draft-07", "7"],
  ["2019-09", "2019-09"],
  ["2020-12", "2020-12"],
];

/** The draft that `$schema` names, else 2020-12; undefined for one that is not known. */
export function draftOf(schema: JsonSchema): SchemaDraft | undefined {
  const named = typeof schema === "boolean" ? undefined : schema.$schema;
  if (named === undefined) return "2020-12";
  return DRAFTS.find(([part]) => String(named).includes(part))?.[1];
}

/** A JSON Schema that payloads are checked against. It runs without `eval`, which Workers do not have. */
export class PayloadSchema {
  readonly #schema: JsonSchema;
  readonly #validator: Validator;

  /** @throws Error for a schema whose references cannot be read; {@link schemaComplaint} finds that beforehand */
  constructor(schema: JsonSchema) {
    this.#schema = schema;
    // The validator leaves marks in what it is given.
    this.#validator = new Validator(structuredClone(schema) as Schema, draftOf(schema) ?? "2020-12", false);
  }

  /** Nothing, if the payload satisfies the schema; at most {@link TOLD} faults otherwise. */
  complaints(payload: unknown): PayloadComplaint[] {
    let errors: OutputUnit[];
    try {
      errors = this.#validator.validate(payload).errors;
    } catch {
      // References that lead in circles show only with a payload that goes that way.
      return [{ path: [], message: "The schema of this event type cannot be applied to it" }];
    }
    return innermost(errors)
      .slice(0, TOLD)
      .map((error) => ({ path: stepsOf(error.instanceLocation), message: this.#messageOf(error) }));
  }

  #messageOf({ keyword, keywordLocation, error }: OutputUnit): string {
    if (keyword === "false") return "The schema allows nothing here";
    const missing = keyword === "required" ? /"(.+)"/s.exec(error)?.[1] : undefined;
    if (missing === undefined) return error;
    const parent = at(this.#schema, stepsOf(keywordLocation).slice(0, -1));
    const description = at(parent, ["properties", missing, "description"]);
    return `${missing} is missing${typeof description === "string" ? `: ${description}` : ""}`;
  }
}

/** Keywords whose faults only say that there is one further in, which is told itself. */
const OUTER = new Set([
  ...["$ref", "$recursiveRef", "allOf", "if", "then", "else", "dependentSchemas"],
  ...["properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "propertyNames"],
  ...["items", "prefixItems", "additionalItems", "unevaluatedItems"],
]);

function innermost(errors: readonly OutputUnit[]): OutputUnit[] {
  const inner = errors.filter(({ keyword }) => !OUTER.has(keyword));
  return inner.length > 0 ? inner : errors.slice(0, 1);
}

/** RFC 6901, in its form as a URI fragment. */
const stepsOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));

function at(root: Json | undefined, steps: readonly string[]): Json | undefined {
  return steps.reduce<Json | undefined>((value, step) => {
    return typeof value === "object" && value !== null ? (value as { [name: string]: Json })[step] : undefined;
  }, root);
}
