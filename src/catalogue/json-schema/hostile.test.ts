import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { JsonSchema } from "../../systems/event-type.ts";
import { MAX_STEPS, PayloadSchema } from "../payload-schema.ts";
import { EventSchema } from "../schema-rules.ts";
import { Budget } from "./budget.ts";

const TOO_MUCH = [{ path: [], message: expect.stringContaining("too many steps") }];

function check(schema: JsonSchema, payload: unknown): { complaints: readonly unknown[]; steps: number } {
  expect(EventSchema.safeParse(schema).success).toBe(true);
  const budget = new Budget(MAX_STEPS);
  const complaints = new PayloadSchema(schema, "a type").complaints(payload, budget);
  return { complaints, steps: budget.taken };
}

/** The same value, of which every reading is counted: work that no budget tells of. */
function watched<T>(value: T, work: { reads: number }): T {
  const known = new WeakMap<object, object>();
  const watch = (each: unknown): unknown => {
    if (typeof each !== "object" || each === null) return each;
    const before = known.get(each);
    if (before) return before;
    const proxy = new Proxy(each, {
      get: (target, name) => {
        work.reads++;
        return watch(Reflect.get(target, name));
      },
      has: (target, name) => {
        work.reads++;
        return Reflect.has(target, name);
      },
      getOwnPropertyDescriptor: (target, name) => {
        work.reads++;
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    });
    known.set(each, proxy);
    return proxy;
  };
  return watch(value) as T;
}

/** Every keyword that may be there is asked for at each schema, however few there are. */
const READS_PER_STEP = 30;

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

const named = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, index) => [`n${index}`, true]));

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
      expect(steps).toBeLessThan(2 * length + 100);
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
        expect(check({ format }, unit.repeat(20_000)).steps).toBeLessThan(8 * 20_000 * unit.length + 100);
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

  it("takes no step more than there are, says so, and does nothing that is not counted, for any schema within the stored limits", () => {
    // As few as let many of those that are drawn come to their end, and many not.
    const MOST = 20_000;
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
      { items: { patternProperties: named(200) } },
      { items: { dependentRequired: Object.fromEntries(Object.keys(named(200)).map((name) => [name, []])) } },
      { items: { prefixItems: Object.values(named(300)) } },
      { items: { required: Object.keys(named(200)) } },
      { items: { enum: Array.from({ length: 300 }, (_, n) => n + 10) } },
      { items: true, allOf: Array(30).fill({ unevaluatedItems: true }) },
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
        Array.from({ length: 3000 }, () => ({})),
        Array.from({ length: 3000 }, () => []),
      ),
      fc
        .integer({ min: 1, max: 60 })
        .map((depth) => JSON.parse(`${'{"a":['.repeat(depth)}1${"]}".repeat(depth)}`) as unknown),
    );
    fc.assert(
      fc.property(schema, payload, (drawn, value) => {
        expect(EventSchema.safeParse(drawn).success).toBe(true);
        const budget = new Budget(MOST);
        const work = { reads: 0 };
        const complaints = new PayloadSchema(watched(drawn, work), "a type").complaints(watched(value, work), budget);
        expect(work.reads).toBeLessThanOrEqual(READS_PER_STEP * Math.min(budget.taken, MOST));
        if (budget.taken > MOST) expect(complaints).toEqual(TOO_MUCH);
        else expect(complaints).not.toEqual(TOO_MUCH);
      }),
      { numRuns: 200 },
    );
  });
});

describe("work that is easily overlooked is counted", () => {
  const many = (inner: unknown, n = 1000) => Array.from({ length: n }, () => structuredClone(inner));
  const names = (n: number) => Array.from({ length: n }, (_, index) => `n${index}`);
  /** Steps for each of so many values, which the schema makes that much work of. */
  it.each([
    [
      "expressions for the names of objects that have none",
      200,
      {},
      { patternProperties: Object.fromEntries(names(200).map((n) => [n, true])) },
    ],
    ["names that other names need", 200, {}, { dependentRequired: Object.fromEntries(names(200).map((n) => [n, []])) }],
    ["types that it may have", 6, 1, { type: ["null", "boolean", "object", "array", "string", "number"] }],
    ["the sorting of names", 64 * 7, Object.fromEntries(names(64).map((n) => [n, 1])), { const: 1 }],
    [
      "what others have looked at",
      500,
      Array(100).fill(1),
      { items: true, allOf: Array(5).fill({ unevaluatedItems: true }) },
    ],
  ])("%s", (_, least, value, items) => {
    const { complaints, steps } = check({ items } as JsonSchema, many(value));
    expect(complaints.length).toBeLessThanOrEqual(10);
    expect(steps).toBeGreaterThan(1000 * least);
  });

  it("a fault is put into words only where it is told", () => {
    const words = { toJSON: vi.fn(() => "words") };
    const schema = { items: { enum: [words] } } as unknown as JsonSchema;
    new PayloadSchema(schema, "a type").complaints(many(1), new Budget(MAX_STEPS));
    // Ten faults are told, and the choices are read once.
    expect(words.toJSON.mock.calls.length).toBeLessThan(20);
  });
});

describe("a schema that was stored before the present rules", () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  beforeEach(() => log.mockClear());

  it.each([
    ["an expression that is not taken", { properties: { a: { pattern: "(?=x)y" } }, required: ["b"] }],
    ["one in what must not be", { not: { pattern: "(?=x)y" } }],
    ["one among forms", { oneOf: [{ pattern: "(?=x)y" }, { const: "z" }] }],
    ["one as a name", { patternProperties: { "(?!b)c": false }, additionalProperties: false }],
    [
      "more expressions than are taken together",
      { allOf: Array.from({ length: 9 }, (_, n) => ({ pattern: `[ab]{99${n}}` })) },
    ],
  ])("is not applied, and the log says so once: %s", (_, schema) => {
    const old = new PayloadSchema(schema, "old of workspace 7");
    for (const payload of [{ a: "anything", d: 1 }, [], "y", "z"]) {
      expect(old.complaints(payload, new Budget(MAX_STEPS))).toEqual([]);
    }
    expect(log.mock.calls).toEqual([[expect.stringContaining("The schema of old of workspace 7 is not applied: ")]]);
  });
});
