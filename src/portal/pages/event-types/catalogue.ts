import type * as z from "zod";
import { EventTypeView } from "../../../api/event-types/representation.ts";
import { elementTexts, memberText } from "../../../lib/json-text.ts";
import { covers } from "../../../lib/pattern.ts";
import type { PageContext } from "../../page-context.ts";

/** A type; its schema and sample are JSON text, digit for digit as they were written, and null where it has none. */
export type CatalogueType = Omit<z.infer<typeof EventTypeView>, "schema" | "sample"> & {
  schema: string | null;
  sample: string | null;
};

/** The types of one system, under a name for people. */
export type Group = { system: string; name: string; about: string; types: CatalogueType[] };

/** What the systems are called; a new one shows under the name that the API has for it. */
const SYSTEMS: Readonly<Record<string, { name: string; about: string }>> = {
  workspace: { name: "This workspace", about: "Types that were added here." },
  gopimi: { name: "Helpdesk", about: "Tickets, conversations, contacts and surveys of the helpdesk." },
  platform: { name: "Platform", about: "Tickets and surveys of the platform." },
  cases: { name: "Cases", about: "Cases, the assignments that they belong to, and what hangs on both." },
  community: { name: "Community", about: "Tickets, replies and notes of the community." },
  inbound: { name: "Messages", about: "What email and messaging providers report to the workspace's sources." },
  operational: { name: "Posthorn", about: "What Posthorn itself reports about webhooks and sources." },
};

/** Every type that the workspace knows: its own first. */
export async function catalogueOf(context: PageContext): Promise<CatalogueType[]> {
  const types: CatalogueType[] = [];
  for await (const { rows, text } of context.api.pages("/event-types", EventTypeView)) {
    const texts = elementTexts(memberText(text, "data") ?? "");
    for (const [place, type] of rows.entries()) {
      const written = (name: "schema" | "sample") =>
        type[name] === null ? null : memberText(texts[place] ?? "", name);
      types.push({ ...type, schema: written("schema") ?? null, sample: written("sample") ?? null });
    }
  }
  return types;
}

/** Where the form of a new type is. No type can be called so: a type `new` has a page as every other. */
export const NEW_TYPE = "/event-types/~new";

export const typePath = (name: string, verb = ""): string => `/event-types/${encodeURIComponent(name)}${verb}`;

/** By system, in the catalogue's order; the workspace's own group is there even if it has none. */
export function grouped(types: readonly CatalogueType[]): Group[] {
  const bySystem = Map.groupBy(types, ({ system }) => system);
  const systems = [...new Set(["workspace", ...bySystem.keys()])];
  return systems.map((system) => ({
    system,
    name: systemName(system),
    about: SYSTEMS[system]?.about ?? "",
    types: bySystem.get(system) ?? [],
  }));
}

/** What a system is called. */
export const systemName = (system: string): string => SYSTEMS[system]?.name ?? system;

/** Whether a product may publish events of a type: what Posthorn reports, only Posthorn does. */
export const isPublishable = ({ system }: Pick<CatalogueType, "system">): boolean => system !== "operational";

/** Whether every word is in a type's name, title or description, in any case. */
export function matches({ name, title, description }: CatalogueType, search: string): boolean {
  const text = `${name} ${title ?? ""} ${description ?? ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Of a webhook's patterns, those that cover a type. */
export const covering = (patterns: readonly string[], type: string): string[] =>
  patterns.filter((pattern) => covers(pattern, type));
