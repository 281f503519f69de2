import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../systems/event-type.ts";
import { Budget } from "./json-schema/budget.ts";
import { MAX_STEPS, PayloadSchema } from "./payload-schema.ts";
import { EventSchema } from "./schema-rules.ts";

const invoice: JsonSchema = {
  type: "object",
  required: ["id", "lines"],
  additionalProperties: false,
  properties: {
    id: { type: "integer", description: "the invoice's number" },
    due: { type: "string", format: "date" },
    lines: {
      type: "array",
      items: { type: "object", properties: { "net/eur": { type: "number", minimum: 0 } } },
    },
  },
};

const complaintsOf = (schema: JsonSchema, payload: unknown) =>
  new PayloadSchema(schema, "a type").complaints(payload, new Budget(MAX_STEPS));

describe("a payload", () => {
  const complaints = (payload: unknown) => complaintsOf(invoice, payload);

  it("that satisfies its schema is not complained about", () => {
    expect(complaints({ id: 7, due: "2026-11-30", lines: [{ "net/eur": 9.5 }] })).toEqual([]);
  });

  it("is told every fault with its place, and what a missing field would mean", () => {
    expect(complaints({ due: "tomorrow", lines: [{}, { "net/eur": -1 }], paid: true })).toEqual([
      { path: [], message: "id is missing: the invoice's number" },
      { path: ["due"], message: expect.stringContaining("date") },
      { path: ["lines", "1", "net/eur"], message: expect.stringContaining("0") },
      { path: ["paid"], message: "The schema allows nothing here" },
    ]);
  });

  it("of the wrong type is told which is right", () => {
    expect(complaints(null)).toEqual([{ path: [], message: expect.stringContaining('"object"') }]);
  });

  it("has at most ten of its faults told", () => {
    const lines = Array.from({ length: 500 }, () => ({ "net/eur": "free" }));
    expect(complaints({ id: 1, lines })).toHaveLength(10);
  });

  it("is refused, and harms nobody, where references lead in circles", () => {
    const circular = { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } };
    expect(complaintsOf(circular, {})).toEqual([
      { path: [], message: expect.stringContaining("The schema of this event type cannot be applied to it") },
    ]);
  });

  it("is judged by the draft that the schema names", () => {
    const draft4 = { $schema: "http://json-schema.org/draft-04/schema#", minimum: 5, exclusiveMinimum: true };
    expect(complaintsOf(draft4, 5)).toHaveLength(1);
    expect(complaintsOf(draft4, 6)).toEqual([]);
  });

  const fits = (schema: unknown, payload: unknown) => complaintsOf(schema as JsonSchema, payload).length === 0;

  it("is asked for all that a name needs, in whichever keywords that stands", () => {
    const both = { dependentRequired: { a: ["b"] }, dependentSchemas: { a: { required: ["c"] } } };
    expect(
      [
        { a: 1, b: 1, c: 1 },
        { a: 1, c: 1 },
        { a: 1, b: 1 },
      ].map((each) => fits(both, each)),
    ).toEqual([true, false, false]);
  });

  it("is asked for nothing that its draft did not know", () => {
    const of = (draft: string, schema: object) => ({ $schema: `http://json-schema.org/${draft}/schema#`, ...schema });
    expect(fits(of("draft-04", { const: 1, if: false, else: false, contains: false, propertyNames: false }), [2])).toBe(
      true,
    );
    expect(fits(of("draft-07", { const: 1 }), 2)).toBe(false);
    expect(fits(of("draft-07", { contains: { const: 1 }, minContains: 2 }), [1])).toBe(true);
    expect(fits(of("draft/2019-09", { contains: { const: 1 }, minContains: 2 }), [1])).toBe(false);
    expect(fits(of("draft/2019-09", { prefixItems: [false] }), [1])).toBe(true);
    expect(fits(of("draft/2020-12", { prefixItems: [false] }), [1])).toBe(false);
    // Beside a reference nothing counts, a base neither.
    const based = {
      properties: { a: { $id: "http://other.example/", $ref: "#/definitions/a" } },
      definitions: { a: false },
    };
    expect(fits(of("draft-07", based), { a: 1 })).toBe(false);
  });

  it("is asked for what a reference leads to, wherever that is kept", () => {
    const kept = { $ref: "#/components/a", components: { a: { $ref: "#/components/b" }, b: { pattern: "^x" } } };
    expect([fits(kept, "x"), fits(kept, "y")]).toEqual([true, false]);
  });

  it("may have numbers that are too large for JavaScript, which are none of its other values", () => {
    const large: unknown = JSON.parse("1e400");
    expect([fits({ const: null }, large), fits({ uniqueItems: true }, [null, large, -Number(large)])]).toEqual([
      false,
      true,
    ]);
    expect([fits({ type: "integer" }, large), fits({ maximum: 5 }, large)]).toEqual([true, false]);
  });

  it("is told at no length", () => {
    const schema = { additionalProperties: { additionalProperties: false, required: ["n".repeat(5000)] } };
    const [first, second] = complaintsOf(schema, { ["k".repeat(200_000)]: { a: 1 } });
    expect(first?.path.join("").length).toBeLessThan(250);
    expect(first?.message.length).toBeLessThan(550);
    expect(second?.path.join("").length).toBeLessThan(250);
  });

  it("leaves the schema as it was", () => {
    const before = structuredClone(invoice);
    complaints({});
    expect(Reflect.ownKeys(invoice as object)).toEqual(Reflect.ownKeys(before as object));
  });
});

describe("a schema", () => {
  const faults = (schema: unknown) =>
    (EventSchema.safeParse(schema).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

  it.each([
    true,
    {},
    invoice,
    { anyOf: [{ type: ["string", "null"] }, { $ref: "#/$defs/money" }], $defs: { money: { type: "number" } } },
    { $schema: "https://json-schema.org/draft/2020-12/schema", prefixItems: [{ const: 1 }], items: false },
    { "x-owner": "billing", examples: [{ a: 1 }] },
    { "x-ui": { pattern: "(?=a)", $ref: "#/nowhere", properties: 1 } },
    {
      $ref: "#/components/schemas/order",
      components: { schemas: { order: { $ref: "#/components/schemas/id" }, id: {} } },
    },
    { $dynamicRef: "#node", $defs: { node: { $dynamicAnchor: "node" } } },
    { pattern: "^[A-Z]{3}-\\d+$" },
    { pattern: "[ab]{1000}[ab]{980}" },
    // Linear, whatever a backtracking engine would make of them.
    { pattern: "(a+)+$" },
    { pattern: "^(a|a)*$" },
    { pattern: "^(\\w|\\d)*$" },
    { pattern: "^[\\u0000-\\u007f\\u{1F600}\\p{Script=Greek}\\s]*$" },
    {
      properties: { enum: { $ref: "#/$defs/a" }, $ref: { type: "string" } },
      $defs: { a: { enum: [{ $ref: "#/lost" }] } },
    },
  ])("is taken: %j", (schema) => {
    expect(faults(schema)).toEqual([]);
  });

  it.each([
    ["text", /an object, true or false/],
    [null, /an object, true or false/],
    [{ type: "strng" }, /^type: /],
    [{ properties: { a: { type: "object", required: "id" } } }, /^properties\.a\.required: /],
    [{ items: [{ minimum: "1" }] }, /^items\.0\.minimum: /],
    [{ pattern: "(?=a)b" }, /^pattern: .*lookaround/],
    [{ pattern: "(a)\\1" }, /^pattern: .*backreferences/],
    [{ pattern: "(a{1000}){1000}" }, /^pattern: .*repeat/],
    // An instruction each, beside a few of the engine's own.
    [{ pattern: "[ab]{1000}[ab]{1000}[ab]{10}" }, /^pattern: .*too large/],
    [{ pattern: "((\\p{L}{0,500}){0,2}x){0,1}" }, /^pattern: .*(too large|repeat)/],
    [{ pattern: "a".repeat(1001) }, /^pattern: .*1000 characters/],
    [{ pattern: "(?i:a)b" }, /^pattern: .*flags within/],
    [{ pattern: "\\p{scx=Greek}" }, /^pattern: .*RE2.*\\p\{scx=Greek\}/],
    [
      { properties: Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`p${n}`, { pattern: `[a-c]{9${n}0}` }])) },
      /too large together/,
    ],
    [{ patternProperties: { "(": true } }, /^patternProperties.*: .*regular expression/],
    [{ properties: { a: { $ref: "#/$defs/lost" } } }, /"#\/\$defs\/lost" leads to no schema/],
    [{ $ref: "https://example.com/other.json" }, /leads to no schema/],
    [{ $schema: "https://json-schema.org/draft/2099-01/schema" }, /^\$schema: .*2020-12/],
    [{ $id: "http://[" }, /cannot be read/],
    [{ $ref: "#/components/a", components: { a: { pattern: "(?=a)" } } }, /lookaround/],
    [
      // The specification's own example of a tree that is to be strict throughout.
      {
        $ref: "tree",
        $dynamicAnchor: "node",
        unevaluatedProperties: false,
        $defs: { tree: { $id: "tree", $dynamicAnchor: "node", properties: { of: { $dynamicRef: "#node" } } } },
      },
      /\$dynamicRef/,
    ],
  ])("is refused, with the reason: %j", (schema, reason) => {
    expect(faults(schema).join("\n")).toMatch(reason);
  });

  it("is refused where it is too long", () => {
    expect(faults({ description: "x".repeat(16_384) })).toEqual([": A schema may have at most 16384 characters"]);
  });

  it("that is nested beyond all measure is refused like any other", () => {
    const depth = 2000;
    const schema: unknown = JSON.parse(`${'{"not":'.repeat(depth)}{}${"}".repeat(depth)}`);
    expect(faults(schema).length).toBeLessThanOrEqual(1);
  });
});
