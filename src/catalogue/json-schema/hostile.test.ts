import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../event-type.ts";
import { FREE_STEPS, PayloadSchema, STEPS_PER_VALUE, sizeOf } from "../payload-schema.ts";
import { EventSchema } from "../schema-rules.ts";

const TOO_MUCH = [{ path: [], message: expect.stringContaining("too many steps") }];

/** One keyword's charge may go beyond the last step that was left: no more than a text of the payload is read at once. */
const OVERSHOOT = 1_000_000;

function check(schema: JsonSchema, payload: unknown): { complaints: readonly unknown[]; steps: number } {
  expect(EventSchema.safeParse(schema).success).toBe(true);
  let steps = 0;
  const complaints = new PayloadSchema(schema).complaints(payload, (taken) => {
    steps = taken;
  });
  return { complaints, steps };
}

/** `$ref`s that double: each level leads to the next one twice. */
const doubling = (levels: number): JsonSchema => ({
  $ref: "#/$defs/d0",
  $defs: Object.fromEntries(
    Array.from({ length: levels + 1 }, (_, n) => [
      `d${n}`,
      n === levels ? { type: "object" } : { allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
    ]),
  ),
});

describe("what would take for ever", () => {
  it("is given up, and says so: references that double 40 times", () => {
    expect(check(doubling(40), {}).complaints).toEqual(TOO_MUCH);
    expect(check(doubling(10), {}).complaints).toEqual([]);
  });

  it.each([
    ["^(a|a)*$", "a"],
    ["^(\\w|\\d)*$", "1"],
    ["(x+x+)+y", "x"],
    ["(a+)+$", "a"],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", "a"],
    ["(a?){50}a{50}", "a"],
  ])("is matched in steps that grow with the text: %s", (pattern, unit) => {
    const steps = (length: number) => check({ pattern }, `${unit.repeat(length)}!`).steps;
    const [one, four] = [steps(4096), steps(4 * 4096)];
    expect(four).toBeLessThan(4 * one + 100);
  });

  it("is no host name of 32 characters, or 200,000", () => {
    for (const length of [28, 32, 200_000]) {
      const { complaints, steps } = check({ format: "url" }, `https://${"a".repeat(length)}`);
      expect(complaints).toEqual([]);
      expect(steps).toBeLessThan(length + 100);
    }
    for (const format of [
      "date",
      "time",
      "date-time",
      "duration",
      "email",
      "hostname",
      "ipv4",
      "ipv6",
      "uri",
      "uri-reference",
      "uri-template",
      "url",
      "uuid",
      "regex",
      "json-pointer",
      "relative-json-pointer",
    ]) {
      for (const unit of [
        "a",
        "1",
        "-",
        ".",
        ":",
        "/",
        "%41",
        "@",
        "a.",
        "a-",
        "1:",
        "{a}",
        "~0",
        " ",
        "P1Y",
        '"',
      ] as const) {
        expect(check({ format }, unit.repeat(20_000)).steps).toBeLessThan(20_000 * unit.length);
      }
    }
  });

  const many = Array.from({ length: 20_000 }, (_, n) => ({ id: n, tags: ["a", String(n)] }));
  it.each([
    ["uniqueItems", { uniqueItems: true }],
    ["enum", { items: { enum: Array.from({ length: 1000 }, (_, n) => n) } }],
    ["contains", { contains: { properties: { id: { const: -1 } }, required: ["id"] } }],
  ] as const)("is linear in a list of 20,000: %s", (_, schema) => {
    const steps = (items: number) => check(schema as JsonSchema, many.slice(0, items)).steps;
    const [one, four] = [steps(5000), steps(20_000)];
    expect(four).toBeLessThan(4.2 * one);
  });

  it("is counted in sets of properties that others have looked at", () => {
    const inner = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`p${n}`, true]));
    const schema = {
      allOf: Array.from({ length: 4 }, () => ({ anyOf: [{ properties: inner }] })),
      unevaluatedProperties: false,
    };
    const payload = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`p${n}`, n]));
    expect(check(schema, payload).complaints).toEqual([]);
  });

  it("never takes more steps than its size allows, for any schema within the stored limits", () => {
    const keyword = fc.constantFrom<Record<string, unknown>>(
      { allOf: [{ $ref: "#" }] },
      { anyOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/a" }] },
      { oneOf: [{ $ref: "#/$defs/b" }, { $ref: "#/$defs/b" }, true] },
      { additionalProperties: { $ref: "#" } },
      { items: { $ref: "#" } },
      { contains: { $ref: "#/$defs/a" } },
      { uniqueItems: true },
      { enum: [[1, 2, 3], { a: { b: 1 } }, "x".repeat(500)] },
      { pattern: "(a?){100}a{100}" },
      { patternProperties: { "^(a|a)*$": { $ref: "#" }, "(\\w+)+": true } },
      { propertyNames: { pattern: "^(\\w|\\d)*$" } },
      { unevaluatedProperties: { $ref: "#/$defs/b" } },
      { not: { $ref: "#/$defs/a" } },
      { format: "url" },
      { dependentSchemas: { a: { $ref: "#/$defs/a" } } },
    );
    const node = fc.array(keyword, { minLength: 1, maxLength: 8 }).map((all) => Object.assign({}, ...all) as object);
    const schema = fc
      .tuple(node, node, node)
      .map(([root, a, b]) => ({ ...root, $defs: { a, b } }) as JsonSchema)
      .filter((drawn) => JSON.stringify(drawn).length <= 16_384);
    const payload = fc.oneof(
      fc.jsonValue({ maxDepth: 5 }),
      fc.constantFrom(
        "a".repeat(5000),
        Array.from({ length: 2000 }, (_, n) => n % 7),
        many.slice(0, 300),
      ),
      fc
        .integer({ min: 1, max: 60 })
        .map((depth) => JSON.parse(`${'{"a":['.repeat(depth)}1${"]}".repeat(depth)}`) as unknown),
    );
    fc.assert(
      fc.property(schema, payload, (drawn, value) => {
        const { steps } = check(drawn, value);
        expect(steps).toBeLessThanOrEqual(FREE_STEPS + STEPS_PER_VALUE * sizeOf(value as never) + OVERSHOOT);
      }),
      { numRuns: 200 },
    );
  });
});

it("an expression that was stored before the present rules is not looked for, and refuses nothing", () => {
  const old = new PayloadSchema({
    properties: { a: { pattern: "(?=x)y" } },
    patternProperties: { "(?!b)c": false },
    additionalProperties: false,
  });
  expect(old.complaints({ a: "anything", d: 1 })).toEqual([]);
  expect(old.complaints([])).toEqual([]);
});
