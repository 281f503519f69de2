import type { Json, JsonSchema } from "../../systems/event-type.ts";
import { type Budget, stepsFor } from "./budget.ts";
import { Complaints } from "./complaints.ts";
import { type Draft, isRefAlone, type Node, ofDraft } from "./drafts.ts";
import { Canonical, type Choices } from "./equality.ts";
import { FORMATS } from "./formats.ts";
import { isMultipleOf } from "./multiple-of.ts";
import type { Pattern } from "./patterns.ts";
import type { References } from "./references.ts";

type Members = { readonly [name: string]: Json };

/** Levels of schemas within schemas and references behind references, on the way of one value. */
const MAX_DEPTH = 400;

/**
 * What takes longer than a keyword that compares, as measured: a schema, whatever is in it; a format, for the text and for
 * its parser, of which one is slow; a division.
 */
const STEPS_OF_A_SCHEMA = 2;
const STEPS_OF_A_FORMAT = 5;
const STEPS_OF_A_FORMAT_PER_CHARACTER = 2;
const STEPS_OF_REGEX_PER_CHARACTER = 8;
const STEPS_OF_A_MULTIPLE = 5;

/** Thrown where references lead in circles, or on without an end. */
export class EndlessSchema extends Error {
  override readonly name = "EndlessSchema";
}

/** What of an object or list some keyword has looked at: for `unevaluatedProperties` and `unevaluatedItems`. */
type Seen = { names: Set<string>; items: Set<number>; itemsBelow: number };
const nothingSeen = (): Seen => ({ names: new Set(), items: new Set(), itemsBelow: 0 });

const isObject = (value: Json | undefined): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const own = (members: Members, name: string): Json | undefined =>
  Object.hasOwn(members, name) ? members[name] : undefined;

/** What a schema is prepared as, once for all payloads. */
export type Means = {
  draft: Draft;
  references: References;
  choices: Choices;
  /** Of every expression in it. */
  patterns: ReadonlyMap<string, Pattern>;
  /** Whether any keyword asks what others have looked at. */
  tracks: boolean;
};

/**
 * One value against one schema: the validation of JSON Schema, with every piece of work counted. Keywords that are not
 * known, or not of the form that theirs is, say nothing: what may be stored is checked beforehand.
 */
export class Validation {
  readonly #means: Means;
  readonly #budget: Budget;
  readonly #canonical: Canonical;

  constructor(means: Means, budget: Budget) {
    this.#means = means;
    this.#budget = budget;
    this.#canonical = new Canonical(budget);
  }

  /**
   * @returns whether the value satisfies the schema; what is wrong is told to `told`
   * @throws OverBudget, EndlessSchema
   */
  run(schema: JsonSchema, value: Json, told: Complaints): boolean {
    return this.#apply(schema, value, told, nothingSeen(), 0);
  }

  #apply(schema: Json, value: Json, told: Complaints, seen: Seen, depth: number): boolean {
    if (depth > MAX_DEPTH) throw new EndlessSchema();
    this.#budget.take(1);
    if (schema === false) return told.add("The schema allows nothing here");
    if (!isObject(schema)) return true;
    const keywords = Object.keys(schema).length;
    if (keywords === 0) return true;
    this.#budget.take(STEPS_OF_A_SCHEMA + keywords);
    const at: At = { node: schema, schema: ofDraft(schema, this.#means.draft), value, told, seen, depth: depth + 1 };
    return this.#scoped(at);
  }

  #scoped(at: At): boolean {
    const { schema, seen } = at;
    if (schema.unevaluatedItems === undefined && schema.unevaluatedProperties === undefined) return this.#keywords(at);
    // What those beside and around it have looked at is not evaluated for it (2020-12, core, 11).
    return this.#within(seen, (into) => this.#keywords({ ...at, seen: into }));
  }

  #keywords(at: At): boolean {
    const { schema, value, told } = at;
    const alone = typeof schema.$ref === "string" && isRefAlone(this.#means.draft);
    const refs = this.#referred(at);
    if (alone) return refs;
    const results = [
      refs,
      this.#type(at),
      this.#values(at),
      this.#combined(at),
      typeof value !== "string" || this.#text(schema, value, told),
      typeof value !== "number" || this.#number(schema, value, told),
      !Array.isArray(value) || this.#list(at, value),
      !isObject(value) || this.#object(at, value),
    ];
    return results.every((each) => each);
  }

  #referred({ node, schema, value, told, seen, depth }: At): boolean {
    return ["$ref", "$recursiveRef", "$dynamicRef"].every((keyword) => {
      const reference = schema[keyword];
      if (typeof reference !== "string") return true;
      const target = this.#means.references.resolve(node, reference);
      return target === undefined ? true : this.#apply(target, value, told, seen, depth);
    });
  }

  #type({ schema, value, told }: At): boolean {
    const { type } = schema;
    if (type === undefined) return true;
    const allowed = Array.isArray(type) ? type : [type];
    this.#budget.take(allowed.length);
    const is = typeOf(value);
    const fits = allowed.some((each) => each === is || (each === "integer" && isInteger(value)));
    return fits || told.add(() => `It is of the type "${is}", and must be of "${allowed.join('" or "')}"`);
  }

  #values({ schema, value, told }: At): boolean {
    let valid = true;
    if ("const" in schema && this.#canonical.of(schema.const ?? null) !== this.#canonical.of(value)) {
      valid = told.add(() => `It must be ${shown(schema.const ?? null)}`);
    }
    if (Array.isArray(schema.enum)) {
      const { enum: choices } = schema;
      if (!this.#means.choices.of(choices).has(this.#canonical.of(value))) {
        valid = told.add(() => `It must be one of ${shown(choices)}`);
      }
    }
    return valid;
  }

  #combined({ schema, value, told, seen, depth }: At): boolean {
    let valid = true;
    const silently = (inner: Json, into: Seen) => this.#apply(inner, value, Complaints.none, into, depth);
    for (const inner of listOf(schema.allOf)) if (!this.#apply(inner, value, told, seen, depth)) valid = false;
    if (Array.isArray(schema.anyOf)) {
      const passed = schema.anyOf.filter((inner) => this.#within(seen, (into) => silently(inner, into)));
      if (passed.length === 0) valid = told.add("It has none of the forms that the schema allows (anyOf)");
    }
    if (Array.isArray(schema.oneOf)) {
      const passed = schema.oneOf.filter((inner) => this.#within(seen, (into) => silently(inner, into)));
      if (passed.length !== 1) {
        valid = told.add(`It has ${passed.length || "none"} of the forms of which it must have one (oneOf)`);
      }
    }
    if (schema.not !== undefined && silently(schema.not, nothingSeen())) {
      valid = told.add("It is what the schema does not allow (not)");
    }
    if (schema.if !== undefined) {
      const holds = this.#within(seen, (into) => silently(schema.if ?? true, into));
      const next = holds ? schema.then : schema.else;
      if (next !== undefined && !this.#apply(next, value, told, seen, depth)) valid = false;
    }
    return valid;
  }

  /** What a schema has looked at counts only if it holds. */
  #within(seen: Seen, work: (into: Seen) => boolean): boolean {
    if (!this.#means.tracks) return work(seen);
    const into = nothingSeen();
    if (!work(into)) return false;
    this.#budget.take(into.names.size + into.items.size);
    for (const name of into.names) seen.names.add(name);
    for (const item of into.items) seen.items.add(item);
    seen.itemsBelow = Math.max(seen.itemsBelow, into.itemsBelow);
    return true;
  }

  #text(schema: Node, text: string, told: Complaints): boolean {
    let valid = true;
    const { minLength, maxLength, pattern, format } = schema;
    if (typeof minLength === "number" || typeof maxLength === "number") {
      this.#budget.take(stepsFor(text.length));
      const length = codePoints(text);
      if (typeof minLength === "number" && length < minLength) {
        valid = told.add(`It has ${length} characters, and must have at least ${minLength}`);
      }
      if (typeof maxLength === "number" && length > maxLength) {
        valid = told.add(`It has ${length} characters, and may have at most ${maxLength}`);
      }
    }
    if (typeof pattern === "string" && !this.#matches(pattern, text)) {
      valid = told.add(() => `It does not match ${pattern}`);
    }
    if (typeof format === "string") {
      const each = format === "regex" ? STEPS_OF_REGEX_PER_CHARACTER : STEPS_OF_A_FORMAT_PER_CHARACTER;
      this.#budget.take(STEPS_OF_A_FORMAT + each * text.length);
      if (FORMATS.get(format)?.(text) === false) valid = told.add(`It is no ${format}`);
    }
    return valid;
  }

  #matches(source: string, text: string): boolean {
    const pattern = this.#means.patterns.get(source);
    if (!pattern) throw new Error(`An expression was not compiled with its schema: ${source}`);
    return pattern.test(text, this.#budget);
  }

  #number(schema: Node, value: number, told: Complaints): boolean {
    let valid = true;
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
    const above =
      typeof exclusiveMinimum === "number" ? exclusiveMinimum : exclusiveMinimum === true ? minimum : undefined;
    const below =
      typeof exclusiveMaximum === "number" ? exclusiveMaximum : exclusiveMaximum === true ? maximum : undefined;
    if (typeof minimum === "number" && value < minimum) valid = told.add(`It must be at least ${minimum}`);
    if (typeof maximum === "number" && value > maximum) valid = told.add(`It must be at most ${maximum}`);
    if (typeof above === "number" && value <= above) valid = told.add(`It must be greater than ${above}`);
    if (typeof below === "number" && value >= below) valid = told.add(`It must be less than ${below}`);
    if (typeof multipleOf === "number") this.#budget.take(STEPS_OF_A_MULTIPLE);
    if (typeof multipleOf === "number" && !isMultipleOf(value, multipleOf)) {
      valid = told.add(`It must be a multiple of ${multipleOf}`);
    }
    return valid;
  }

  #list({ schema, told, seen, depth }: At, items: readonly Json[]): boolean {
    let valid = true;
    const { minItems, maxItems, uniqueItems } = schema;
    if (typeof minItems === "number" && items.length < minItems) {
      valid = told.add(`It has ${items.length} items, and must have at least ${minItems}`);
    }
    if (typeof maxItems === "number" && items.length > maxItems) {
      valid = told.add(`It has ${items.length} items, and may have at most ${maxItems}`);
    }
    if (uniqueItems === true && new Set(items.map((item) => this.#canonical.of(item))).size < items.length) {
      valid = told.add("It has an item twice");
    }
    const each = (inner: Json, from: number, to: number): void => {
      for (let at = from; at < Math.min(to, items.length); at++) {
        const item = items[at] ?? null;
        if (!this.#apply(inner, item, told.at(String(at)), nothingSeen(), depth)) valid = false;
      }
      seen.itemsBelow = Math.max(seen.itemsBelow, Math.min(to, items.length));
    };
    const tuple = Array.isArray(schema.items) ? schema.items : listOf(schema.prefixItems);
    for (const [at, inner] of tuple.slice(0, items.length).entries()) each(inner, at, at + 1);
    const rest = Array.isArray(schema.items) ? schema.additionalItems : schema.items;
    if (rest !== undefined) each(rest, tuple.length, items.length);
    if (schema.contains !== undefined && !this.#contains({ schema, told, seen, depth }, items)) valid = false;
    if (schema.unevaluatedItems !== undefined) {
      const { itemsBelow } = seen;
      this.#budget.take(Math.max(items.length - itemsBelow, 0));
      for (let at = itemsBelow; at < items.length; at++)
        if (!seen.items.has(at)) each(schema.unevaluatedItems, at, at + 1);
    }
    return valid;
  }

  #contains({ schema, told, seen, depth }: Omit<At, "node" | "value">, items: readonly Json[]): boolean {
    const { minContains, maxContains, contains = true } = schema;
    let found = 0;
    for (const [at, item] of items.entries()) {
      if (!this.#apply(contains, item, Complaints.none, nothingSeen(), depth)) continue;
      found++;
      if (this.#means.draft === "2020-12") seen.items.add(at);
    }
    const least = typeof minContains === "number" ? minContains : 1;
    if (found < least)
      return told.add(`It has ${found} of the items that it must contain, and needs at least ${least}`);
    if (typeof maxContains !== "number" || found <= maxContains) return true;
    return told.add(`It has ${found} of the items that it may contain, and at most ${maxContains} are allowed`);
  }

  #object(at: At, members: Members): boolean {
    const { schema, told } = at;
    const names = Object.keys(members);
    this.#budget.take(names.length);
    let valid = true;
    const { minProperties, maxProperties } = schema;
    if (typeof minProperties === "number" && names.length < minProperties) {
      valid = told.add(`It has ${names.length} members, and must have at least ${minProperties}`);
    }
    if (typeof maxProperties === "number" && names.length > maxProperties) {
      valid = told.add(`It has ${names.length} members, and may have at most ${maxProperties}`);
    }
    for (const name of textsOf(schema.required)) {
      this.#budget.take(1);
      if (!Object.hasOwn(members, name)) valid = told.add(() => missing(schema, name));
    }
    if (!this.#dependent(at, members)) valid = false;
    if (schema.propertyNames !== undefined) {
      for (const name of names) {
        if (!this.#apply(schema.propertyNames, name, told.at(name), nothingSeen(), at.depth)) valid = false;
      }
    }
    return this.#members(at, members, names) && valid;
  }

  #dependent({ schema, value, told, seen, depth }: At, members: Members): boolean {
    let valid = true;
    const all = [schema.dependencies, schema.dependentRequired, schema.dependentSchemas];
    for (const [name, needed] of all.flatMap((each) => Object.entries(objectOf(each)))) {
      this.#budget.take(2);
      if (!Object.hasOwn(members, name)) continue;
      if (!Array.isArray(needed)) {
        if (!this.#apply(needed, value, told, seen, depth)) valid = false;
        continue;
      }
      for (const each of textsOf(needed)) {
        this.#budget.take(1);
        if (!Object.hasOwn(members, each)) valid = told.add(`${each} is missing, which ${name} needs`);
      }
    }
    return valid;
  }

  #members({ schema, told, seen, depth }: At, members: Members, names: readonly string[]): boolean {
    let valid = true;
    const properties = objectOf(schema.properties);
    const patterns = Object.entries(objectOf(schema.patternProperties));
    this.#budget.take(patterns.length);
    const check = (inner: Json, name: string): void => {
      if (!this.#apply(inner, members[name] ?? null, told.at(name), nothingSeen(), depth)) valid = false;
      seen.names.add(name);
    };
    for (const name of names) {
      const named = own(properties, name);
      if (named !== undefined) check(named, name);
      let covered = named !== undefined;
      for (const [pattern, inner] of patterns) {
        if (!this.#matches(pattern, name)) continue;
        check(inner, name);
        covered = true;
      }
      if (!covered && schema.additionalProperties !== undefined) check(schema.additionalProperties, name);
    }
    if (schema.unevaluatedProperties !== undefined) {
      for (const name of names) if (!seen.names.has(name)) check(schema.unevaluatedProperties, name);
    }
    return valid;
  }
}

/** A schema, as it stands and as its draft has it, and the value that it is applied to. */
type At = { node: Node; schema: Node; value: Json; told: Complaints; seen: Seen; depth: number };

/** Numbers that JavaScript has none for (1e400) are all of them whole. */
const isInteger = (value: Json): boolean =>
  typeof value === "number" && (Number.isInteger(value) || !Number.isFinite(value));

function typeOf(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const objectOf = (value: Json | undefined): Members => (isObject(value) ? value : {});
const textsOf = (value: Json | undefined): readonly string[] =>
  listOf(value).filter((each): each is string => typeof each === "string");

function missing(schema: Node, name: string): string {
  const property = own(objectOf(schema.properties), name);
  const description = isObject(property) ? property.description : undefined;
  return `${name} is missing${typeof description === "string" ? `: ${description}` : ""}`;
}

/** Of a value in a sentence, so many characters are shown. */
const SHOWN = 200;
function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN).toWellFormed()}…` : text;
}

/** Characters as Unicode counts them. */
function codePoints(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    const pair = (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (pair) {
      count--;
      at++;
    }
  }
  return count;
}
