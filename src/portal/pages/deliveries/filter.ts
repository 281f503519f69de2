import { type PageContext, queryParam } from "../../page-context.ts";
import { instantOf } from "../../parts/dates.ts";

/** What a list of deliveries can be narrowed to; each is a parameter of the page's address. */
export const FILTERS = ["status", "event", "search", "since", "until"] as const;
export type FilterName = (typeof FILTERS)[number];

/** What was asked for, as it was typed. */
export type Filter = Record<FilterName, string>;

export function filterOf(context: Pick<PageContext, "url">): Filter {
  const of = (name: FilterName): string => queryParam(context, name).trim();
  return { status: of("status"), event: of("event"), search: of("search"), since: of("since"), until: of("until") };
}

/** Whether it narrows anything. */
export const isNarrow = (filter: Filter): boolean => FILTERS.some((name) => filter[name] !== "");

/** The same for the API. */
export const queryOf = (filter: Filter): Filter => ({
  ...filter,
  since: instantOf(filter.since, "first"),
  until: instantOf(filter.until, "last"),
});

/** Enough of a delivery's id to tell it from those beside it: the moment, and the place within what was published then. */
export const shortId = (id: string): string => id.slice(0, 18);
