import type { Json } from "../../systems/event-type.ts";

/** JSON Schema's drafts that are known, the oldest first. */
const DRAFTS = ["4", "7", "2019-09", "2020-12"] as const;
export type Draft = (typeof DRAFTS)[number];

/** A schema that is neither true nor false. */
export type Node = { readonly [keyword: string]: Json };

/** Keywords by the draft that brought them (its release notes); 6's are among those of 7. Before it they say nothing. */
const BROUGHT: readonly (readonly [draft: Draft, keywords: readonly string[]])[] = [
  ["7", ["const", "contains", "propertyNames", "if", "then", "else"]],
  [
    "2019-09",
    [
      ...["minContains", "maxContains", "dependentRequired", "dependentSchemas"],
      ...["unevaluatedItems", "unevaluatedProperties", "$recursiveRef", "$recursiveAnchor", "$anchor"],
    ],
  ],
  ["2020-12", ["prefixItems", "$dynamicRef", "$dynamicAnchor"]],
];

const LATER = new Map(
  DRAFTS.map((draft, place) => {
    const later = BROUGHT.filter(([brought]) => DRAFTS.indexOf(brought) > place);
    return [draft, later.flatMap(([, keywords]) => keywords)] as const;
  }),
);

/** A schema without what later drafts than its own made keywords; the same object where there is nothing of them. */
export function ofDraft(schema: Node, draft: Draft): Node {
  const later = LATER.get(draft) ?? [];
  if (!later.some((keyword) => Object.hasOwn(schema, keyword))) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !later.includes(keyword)));
}

/** Whether nothing counts that stands beside `$ref` (draft-07, core, 8.3). */
export const isRefAlone = (draft: Draft): boolean => draft === "4" || draft === "7";
