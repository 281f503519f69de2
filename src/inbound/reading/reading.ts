import type { Json } from "../../systems/event-type.ts";
import { isObject, type JsonObject, jsonOf } from "./json-callback.ts";

/** JSON of others, read without trust in its shape: what is not of the kind that is asked for is as if it were not there. */

export { isObject, type JsonObject, jsonOf as parseJson } from "./json-callback.ts";

/** Null for what is no JSON that {@link jsonOf} takes. */
export function jsonIn(text: string | undefined): Json {
  try {
    return text === undefined ? null : jsonOf(text);
  } catch {
    return null;
  }
}

export const objectIn = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

export const listIn = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** A text that is not empty, or a number as text. */
export function textIn(value: Json | undefined): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

/** The texts of a list, or a text alone. */
export const textsIn = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((each: Json | undefined) => textIn(each) ?? []);

/** An object without some of its members. */
export const without = (object: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

/** `error` of a status, where there is anything to tell. */
export const errorOf = (
  code: string | null,
  text: string | null,
): { error?: { code: string | null; text: string | null } } =>
  code === null && text === null ? {} : { error: { code, text } };
