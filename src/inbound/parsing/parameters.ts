import type { Json } from "../../systems/event-type.ts";
import type { CallbackRequest } from "../provider.ts";
import { formOf, type Pair, parseForm, queryOf } from "./form.ts";

/** Callbacks whose content is a list of parameters. */

/** A POST has them in its form, and everything else in its query. */
export const parametersOf = (request: CallbackRequest): Pair[] =>
  request.method === "POST" ? formOf(request.body) : parseForm(queryOf(request.url));

/** The first value that is not empty, of the first name that has one. */
export function given(pairs: readonly Pair[], ...names: string[]): string | undefined {
  for (const name of names) {
    const value = pairs.find(([each, text]) => each === name && text !== "")?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What {@link given} gives of each name: for those who ask for as many names as there are parameters. */
export function givenByName(pairs: readonly Pair[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) if (value !== "" && !values.has(name)) values.set(name, value);
  return values;
}

/** By name, with every value of a name that came more than once. */
export function asObject(pairs: readonly Pair[]): { readonly [name: string]: Json } {
  return Object.fromEntries([...valuesOf(pairs)].map(([name, all]) => [name, all.length > 1 ? all : (all[0] ?? "")]));
}

/** Every value of each name, names in the order in which they came first. */
export function valuesOf(pairs: readonly Pair[]): ReadonlyMap<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const all = values.get(name);
    if (all) all.push(value);
    else values.set(name, [value]);
  }
  return values;
}
