import { covers } from "../../../lib/pattern.ts";
import type { CatalogueType } from "../event-types/catalogue.ts";

/** Types that are chosen together; `pattern` covers them all, those to come as well; null where no pattern does. */
export type Group = { name: string; pattern: string | null; systems: string[]; types: Choice[] };
/** A type by its name, which several systems may have. */
export type Choice = { name: string; title: string | null; description: string | null };

/** Types by the first word of their names; those of one word by whose they are. A name that several systems have stands once. */
export function groupsOf(types: readonly CatalogueType[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { name, title, description, system } of types) {
    const dot = name.indexOf(".");
    const key = dot === -1 ? `${system} (single words)` : name.slice(0, dot);
    const group = groups.get(key) ?? { name: key, pattern: dot === -1 ? null : `${key}.*`, systems: [], types: [] };
    groups.set(key, group);
    if (!group.systems.includes(system)) group.systems.push(system);
    if (!group.types.some((type) => type.name === name)) group.types.push({ name, title, description });
  }
  return [...groups.values()];
}

/** What a webhook would get first: of what the first pattern covers that covers any, its own system's before others. */
export function firstOf(
  types: readonly CatalogueType[],
  patterns: readonly string[],
  dialect: string,
): CatalogueType | undefined {
  for (const pattern of patterns) {
    const covered = types.filter(({ name }) => covers(pattern, name));
    const first = covered.find(({ system }) => system === dialect) ?? covered[0];
    if (first) return first;
  }
  return undefined;
}
