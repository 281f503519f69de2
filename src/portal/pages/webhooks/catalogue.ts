import type { z } from "zod";
import { EventTypeView } from "../../../api/event-types/representation.ts";
import { list } from "../../../api/page.ts";
import { covers } from "../../../events/match.ts";
import { apiPath, type Visit } from "../../visit.ts";

export type CataloguedType = z.infer<typeof EventTypeView>;

/** Types that are chosen together; `pattern` covers them all, those to come as well; null where no pattern does. */
export type Group = { name: string; pattern: string | null; systems: string[]; types: Choice[] };
/** A type by its name, which several systems may have. */
export type Choice = { name: string; title: string | null; description: string | null };

const AT_ONCE = 100;
/** Beyond that, somebody types the name rather than looks for it. */
const PAGES = 10;

/** Every type that the workspace knows. */
export async function catalogueOf(visit: Visit): Promise<CataloguedType[]> {
  const types: CataloguedType[] = [];
  let cursor: string | null = "";
  for (let page = 0; page < PAGES && cursor !== null; page++) {
    const query: Record<string, string | number> = { limit: AT_ONCE, cursor };
    const answer: { data: CataloguedType[]; next_cursor: string | null } = await visit.api.get(
      apiPath(visit, "/event-types"),
      list(EventTypeView),
      query,
    );
    types.push(...answer.data);
    cursor = answer.next_cursor;
  }
  return types;
}

/** Types by the first word of their names; those of one word by whose they are. A name that several systems have stands once. */
export function groupsOf(types: readonly CataloguedType[]): Group[] {
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
  types: readonly CataloguedType[],
  patterns: readonly string[],
  dialect: string,
): CataloguedType | undefined {
  for (const pattern of patterns) {
    const covered = types.filter(({ name }) => covers(pattern, name));
    const first = covered.find(({ system }) => system === dialect) ?? covered[0];
    if (first) return first;
  }
  return undefined;
}
