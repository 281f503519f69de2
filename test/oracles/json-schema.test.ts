import "@hyperjump/json-schema/draft-2019-09";
import { registerSchema, type SchemaObject, unregisterSchema, validate } from "@hyperjump/json-schema/draft-2020-12";
import Ajv from "ajv";
import Ajv2019 from "ajv/dist/2019.js";
import Ajv2020 from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget } from "../../src/catalogue/json-schema/budget.ts";
import { MAX_STEPS, PayloadSchema } from "../../src/catalogue/payload-schema.ts";
import { EventSchema } from "../../src/catalogue/schema-rules.ts";
import type { JsonSchema } from "../../src/systems/event-type.ts";

/*
 * The validator of event types beside Ajv, which is what most people have: payloads and schemas are drawn, and the two must
 * agree. Formats and expressions have tables of their own, as Ajv's go by other means.
 */

const options = { strict: false, validateFormats: false, allErrors: false, logger: false } as const;
const DRAFTS = [
  ["http://json-schema.org/draft-07/schema#", () => new Ajv(options)],
  ["https://json-schema.org/draft/2019-09/schema", () => new Ajv2019(options)],
  ["https://json-schema.org/draft/2020-12/schema", () => new Ajv2020(options)],
] as const;

// Not the empty name: Ajv takes it for given where it is required.
const names = fc.constantFrom("a", "b", "c", "aa", "ab");
const numbers = fc.constantFrom(0, -0, 1, 2, 3, 1.5, 0.1, 0.3, -1, 1e3);
const texts = fc.constantFrom("", "a", "b", "ab", "aab", "\u{1f600}", "é");

const payloads: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    numbers,
    texts,
    fc.constantFrom(null, true, false),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(names, tie("value"), { maxKeys: 4 }),
  ),
})).value;

const count = fc.integer({ min: 0, max: 3 });
const type = fc.constantFrom("array", "boolean", "integer", "null", "number", "object", "string");
const pattern = fc.constantFrom("a", "^a", "b$", "^(a|b)*$", "^a?b+$", "^.{2}$", "[^a]");

/**
 * What Ajv reads as the specification has it. Before 2019-09 a reference stands alone (draft-07, core, 8.3), which Ajv has
 * left behind; and of a tuple that is empty it does not ask what it must contain.
 */
function agreed(node: Record<string, unknown>, modern: boolean): JsonSchema {
  if ("$ref" in node && !modern) return { $ref: node.$ref } as JsonSchema;
  const { contains: _, ...others } = node;
  return ("prefixItems" in node ? others : node) as JsonSchema;
}

/** @param draft decides which keywords there are */
function schemas(draft: string): fc.Arbitrary<JsonSchema> {
  const modern = !draft.includes("draft-07");
  const tuple = draft.includes("2020-12");
  const { schema } = fc.letrec<{ schema: JsonSchema; node: JsonSchema }>((tie) => {
    const inner = tie("schema");
    const some = fc.array(inner, { minLength: 1, maxLength: 3 });
    const map = fc.dictionary(names, inner, { maxKeys: 3 });
    const keywords: Record<string, fc.Arbitrary<unknown>> = {
      type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
      enum: fc.uniqueArray(fc.oneof(numbers, texts, fc.constant([1]), fc.constant({ a: 1 })), {
        minLength: 1,
        maxLength: 4,
        comparator: (a, b) => a === b,
      }),
      const: fc.oneof(numbers, texts, fc.constantFrom(null, [], {}, [0], { a: [0] })),
      required: fc.uniqueArray(names, { maxLength: 2 }),
      properties: map,
      patternProperties: fc.dictionary(pattern, inner, { maxKeys: 2 }),
      additionalProperties: inner,
      propertyNames: inner,
      minProperties: count,
      maxProperties: count,
      items: inner,
      contains: inner,
      minItems: count,
      maxItems: count,
      uniqueItems: fc.boolean(),
      allOf: some,
      anyOf: some,
      oneOf: some,
      not: inner,
      if: inner,
      // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
      then: inner,
      else: inner,
      minimum: numbers,
      maximum: numbers,
      exclusiveMinimum: numbers,
      exclusiveMaximum: numbers,
      multipleOf: fc.constantFrom(1, 2, 0.5, 3),
      minLength: count,
      maxLength: count,
      pattern,
      $ref: fc.constantFrom("#/$defs/leaf", "#/$defs/other"),
      ...(modern
        ? {
            dependentRequired: fc.dictionary(names, fc.uniqueArray(names, { maxLength: 2 }), { maxKeys: 2 }),
            dependentSchemas: map,
            minContains: count,
            maxContains: count,
          }
        : { dependencies: map }),
      ...(tuple ? { prefixItems: some } : { additionalItems: inner }),
    };
    const member = fc
      .constantFrom(...Object.keys(keywords))
      .chain((name) => (keywords[name] ?? fc.constant(null)).map((value) => [name, value] as const));
    return {
      schema: fc.oneof({ maxDepth: 3, depthSize: "small", withCrossShrink: true }, fc.boolean(), tie("node")),
      node: fc.array(member, { maxLength: 4 }).map((members) => agreed(Object.fromEntries(members), modern)),
    };
  });
  const leaf = fc.constantFrom({ type: "string" }, { minimum: 1 }, { required: ["a"] }, true, {
    items: { type: "integer" },
  });
  return fc
    .tuple(schema, leaf, leaf)
    .map(([root, first, second]) =>
      typeof root === "boolean"
        ? root
        : ({ ...root, $schema: draft, $defs: { leaf: first, other: second } } as JsonSchema),
    );
}

/** Schemas of few keywords, most of which look at members and items, or ask who has. */
function evaluating(draft: string): fc.Arbitrary<JsonSchema> {
  const few = fc.constantFrom("a", "b");
  const leaf = fc.constantFrom<JsonSchema>(true, false, { type: "integer" }, { const: 1 });
  const { node } = fc.letrec<{ node: JsonSchema }>((tie) => {
    const inner = fc.oneof({ maxDepth: 3, depthSize: "small", withCrossShrink: true }, leaf, tie("node"));
    const some = fc.array(inner, { minLength: 1, maxLength: 2 });
    const keywords: Record<string, fc.Arbitrary<unknown>> = {
      properties: fc.dictionary(few, leaf, { maxKeys: 2 }),
      additionalProperties: leaf,
      unevaluatedProperties: leaf,
      unevaluatedItems: leaf,
      [draft.includes("2020-12") ? "prefixItems" : "items"]: fc.array(leaf, { minLength: 1, maxLength: 2 }),
      // What it finds counts as looked at since 2020-12 (core, 10.3.1.3); Hyperjump's has it so before, too.
      ...(draft.includes("2020-12") && { contains: leaf }),
      allOf: some,
      anyOf: some,
      oneOf: some,
      not: inner,
      dependentSchemas: fc.dictionary(few, inner, { maxKeys: 1 }),
      $ref: fc.constantFrom("#/$defs/one", "#/$defs/two"),
    };
    const member = fc
      .constantFrom(...Object.keys(keywords))
      .chain((name) => (keywords[name] ?? fc.constant(null)).map((value) => ({ [name]: value })));
    // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
    const condition = fc.record({ if: inner, then: inner, else: inner }, { requiredKeys: ["if"] });
    return {
      node: fc
        .array(fc.oneof({ weight: 8, arbitrary: member }, condition), { minLength: 1, maxLength: 3 })
        .map((all) => Object.assign({}, ...all) as JsonSchema),
    };
  });
  const defined = fc.constantFrom(
    { properties: { a: true } },
    { unevaluatedProperties: false },
    { [draft.includes("2020-12") ? "prefixItems" : "items"]: [true] },
    { unevaluatedItems: false },
  );
  return fc
    .tuple(node, defined, defined)
    .map(([root, one, two]) => ({ ...(root as object), $schema: draft, $defs: { one, two } }) as JsonSchema);
}

const SMALL = [{}, { a: 1 }, { b: "x" }, { a: 1, b: 1 }, { c: 1, a: "x" }, [], [1], ["x", 1], [1, 1, "x"], 1, null];

/** What Hyperjump's says, which goes by annotations as the specification does; Ajv forgets some of them in tuples and forms. */
async function theirs(schema: JsonSchema, values: readonly unknown[]): Promise<boolean[]> {
  const id = "https://schemas.example/drawn";
  registerSchema(schema as SchemaObject, id);
  try {
    const check = await validate(id);
    return values.map((value) => check(value as never).valid);
  } finally {
    unregisterSchema(id);
  }
}

function ours(schema: JsonSchema, values: readonly unknown[]): boolean[] {
  const own = new PayloadSchema(schema, "a type");
  return values.map((value) => own.complaints(value, new Budget(MAX_STEPS)).length === 0);
}

const MODERN = DRAFTS.map(([draft]) => draft).filter((draft) => !draft.includes("draft-07"));

describe.each(MODERN)("what others have looked at, in %s", (draft) => {
  it("is asked as Hyperjump's asks", async () => {
    await fc.assert(
      fc.asyncProperty(evaluating(draft), async (schema) => {
        expect(ours(schema, SMALL)).toEqual(await theirs(schema, SMALL));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [{ allOf: [{ properties: { a: true } }, { unevaluatedProperties: false }] }, { a: 1 }, false],
    [{ properties: { a: true }, unevaluatedProperties: false }, { a: 1 }, true],
    [{ allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, { a: 1 }, true],
    [{ allOf: [{ properties: { a: true } }], anyOf: [{ unevaluatedProperties: false }] }, { a: 1 }, false],
    [{ $ref: "#/$defs/x", unevaluatedProperties: false, $defs: { x: { properties: { a: true } } } }, { a: 1 }, true],
    [
      { properties: { a: true }, allOf: [{ unevaluatedProperties: { const: 1 } }], unevaluatedProperties: false },
      { a: 1, b: 1 },
      true,
    ],
  ] as const)("%j of %j", async (schema, value, holds) => {
    const drafted = { $schema: draft, ...schema } as unknown as JsonSchema;
    expect([ours(drafted, [value]), await theirs(drafted, [value])]).toEqual([[holds], [holds]]);
  });
});

describe.each(DRAFTS)("%s", (draft, ajv) => {
  it("is read as Ajv reads it", () => {
    fc.assert(
      fc.property(schemas(draft), fc.array(payloads, { minLength: 1, maxLength: 4 }), (schema, values) => {
        expect(EventSchema.safeParse(schema).error?.issues ?? []).toEqual([]);
        const theirs = ajv().compile(structuredClone(schema) as object);
        const ours = new PayloadSchema(schema, "a type");
        for (const drawn of values) {
          // As it comes out of a request.
          const value: unknown = JSON.parse(JSON.stringify(drawn));
          const complaints = ours.complaints(value, new Budget(MAX_STEPS));
          expect([complaints.length === 0, JSON.stringify(complaints)]).toEqual([
            theirs(value),
            JSON.stringify(complaints),
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
