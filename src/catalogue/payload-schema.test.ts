import { describe, expect, it } from "vitest";
import type { JsonSchema } from "./event-type.ts";
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
    [{ $ref: "#/default", default: { type: "string" } }, /leads to no schema/],
    [{ patternProperties: { "(": true } }, /^patternProperties.*: .*regular expression/],
    [{ properties: { a: { $ref: "#/$defs/lost" } } }, /"#\/\$defs\/lost" leads to no schema/],
    [{ $ref: "https://example.com/other.json" }, /leads to no schema/],
    [{ $schema: "https://json-schema.org/draft/2099-01/schema" }, /^\$schema: .*2020-12/],
    [{ $id: "http://[" }, /cannot be read/],
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
