import leven from "leven";
import { covers } from "../lib/pattern.ts";

/** How many names a user is offered instead of one that is not known. */
const OFFERED = 3;

/** Whether a pattern covers any of these types. */
export const coversAny = (pattern: string, types: Iterable<string>): boolean =>
  Array.from(types).some((type) => covers(pattern, type));

/**
 * What somebody may have meant by a pattern that covers nothing: the types, and prefixes of them with `.*`, that take the
 * fewest changes (Levenshtein distance), the closest first.
 */
export function closest(pattern: string, types: Iterable<string>): string[] {
  const known = [...types];
  return nearest(pattern, new Set([...known, ...known.flatMap(groupsOf)]));
}

/** The names that take the fewest changes to be this one, the closest first. */
export function nearest(name: string, names: Iterable<string>): string[] {
  return [...names]
    .map((candidate) => ({ candidate, distance: leven(name, candidate) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, OFFERED)
    .map(({ candidate }) => candidate);
}

/** `a.b.c` is below `a.*` and `a.b.*`. */
function groupsOf(type: string): string[] {
  const words = type.split(".");
  return words.slice(1).map((_, length) => `${words.slice(0, length + 1).join(".")}.*`);
}
