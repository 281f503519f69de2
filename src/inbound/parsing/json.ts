import { excessOf, type JsonLimits } from "../../lib/json-text.ts";
import type { Json } from "../../systems/event-type.ts";
import { MalformedCallback } from "../provider.ts";

/** Reading a callback's JSON without trust in its form: what is not of the kind that is asked for is as if it were not there. */

export type JsonObject = { readonly [name: string]: Json };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * For JSON in callbacks: as deep as the API takes it. Whatever walks it later may do so by recursion, and so does the
 * runtime itself where it hands it on. A mail that is taken apart has some hundred values, an event of a shop some thousand.
 */
export const JSON_LIMITS: JsonLimits = { depth: 64, values: 200_000 };

/** Where numbers may be that JavaScript does not hold: long ones, and those with an exponent. */
const MAY_BE_INEXACT = /\d[\d.]{15}|\d[eE]\+?\d/;

/** Those that count: without zeros at either end, sign, point and exponent. */
const digitsOf = (number: string): string =>
  number
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "");

/** So many digits any number holds (IEEE 754, 5.12.2: the double's 53 bits are 15.95 of them). */
const SURE_DIGITS = 15;

/** ECMA-262, 25.5.1: a reviver is given what a number was written as. */
function exactly(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? String(value);
  const digits = digitsOf(source);
  const holds = Number.isFinite(value) && (digits.length <= SURE_DIGITS || digits === digitsOf(String(value)));
  return holds ? value : source;
}

/**
 * Numbers of more digits than JavaScript holds are texts, as they were written: they are somebody's ids, and two of them
 * must not become one.
 * @throws MalformedCallback for what is no JSON in UTF-8, or exceeds {@link JSON_LIMITS}
 */
export function jsonOf(body: Uint8Array | string): Json {
  const text = attempt(() => (typeof body === "string" ? body : decoder.decode(body)));
  const excess = excessOf(text, JSON_LIMITS);
  if (excess === "depth") throw new MalformedCallback(`Its JSON nests more than ${JSON_LIMITS.depth} levels deep.`);
  if (excess === "values") throw new MalformedCallback(`Its JSON has more than ${JSON_LIMITS.values} values.`);
  return attempt(() => (MAY_BE_INEXACT.test(text) ? JSON.parse(text, exactly) : JSON.parse(text)));
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new MalformedCallback("It is no JSON.");
  }
}

/** Null for what is no JSON that {@link jsonOf} takes. */
export function jsonIn(text: string | undefined): Json {
  try {
    return text === undefined ? null : jsonOf(text);
  } catch {
    return null;
  }
}

/** @throws MalformedCallback for what is no object of JSON */
export function jsonObjectOf(body: Uint8Array | string): JsonObject {
  const value = jsonOf(body);
  if (!isObject(value)) throw new MalformedCallback("It is no object of JSON.");
  return value;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const objectIn = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

export const listIn = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** What is at a path of names and, in lists, of positions; undefined where there is nothing. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const step of path) {
    // Own properties alone: a path may come from a user, and a name from anywhere.
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as JsonObject)[step];
  }
  return here;
}

/** A text that says something, or a number as text. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  if (typeof found === "number") return String(found);
  return typeof found === "string" && found !== "" ? found : null;
}

/** The objects of a list; none where there is no list. */
export const objectsAt = (value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] =>
  listIn(at(value, ...path)).filter(isObject);

/** The texts of a list; none where there is no list. */
export const textsAt = (value: Json | undefined, ...path: readonly string[]): readonly string[] =>
  listIn(at(value, ...path)).filter((each) => typeof each === "string");

/** The texts of a list, or a text alone. */
export const textsIn = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((each: Json | undefined) => textAt(each) ?? []);

/** An object without some of its members. */
export const without = (object: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
