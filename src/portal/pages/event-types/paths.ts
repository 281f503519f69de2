/** Where the catalogue's pages are, below the workspace's own. */

/** No type can be called so: a type `new` has a page as every other. */
export const NEW_TYPE = "/event-types/~new";

export const typePath = (name: string, verb = ""): string => `/event-types/${encodeURIComponent(name)}${verb}`;
