import type { Json, JsonSchema } from "../event-type.ts";

/** What `$ref` leads to, within one schema: JSON Schema 2020-12, core, 8.2, and what earlier drafts call it. */

/** A schema that is neither true nor false. */
export type Node = { readonly [keyword: string]: Json };

/** Where a schema in a schema begins to resolve what it refers to. */
const ROOT = "schema:/root";

/** Keywords whose value is no schema, and no list or map of any: what is in them is data. */
const DATA = new Set(["enum", "const", "default", "examples", "required", "type", "dependentRequired"]);
/** Keywords whose members are schemas under names of the user's, which may be those of keywords. */
const MAPS = new Set(["properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"]);

/** The schemas right below a schema. */
function* below(node: Node): Generator<Json> {
  for (const [keyword, inner] of Object.entries(node)) {
    if (DATA.has(keyword)) continue;
    if (Array.isArray(inner)) yield* inner;
    else if (MAPS.has(keyword) && typeof inner === "object" && inner !== null) yield* Object.values(inner as Node);
    else yield inner;
  }
}

const isNode = (value: Json): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

export class References {
  /** Each schema that has a name of its own, without a fragment; and each that an anchor marks. */
  readonly #named = new Map<string, Json>();
  readonly #bases = new Map<Json, string>();
  readonly #resolved = new WeakMap<object, Map<string, Json | undefined>>();
  readonly #draft4: boolean;

  /** @throws TypeError for an `$id` that is no URI reference */
  constructor(root: JsonSchema, draft4: boolean) {
    this.#draft4 = draft4;
    this.#named.set(ROOT, root);
    this.#walk(root, ROOT);
  }

  #walk(value: Json, base: string): void {
    if (!isNode(value)) return;
    const here = this.#name(value, base);
    this.#bases.set(value, here);
    for (const inner of below(value)) this.#walk(inner, here);
  }

  /** Every schema in the schema, itself the first; but those that are true or false. */
  schemas(): Iterable<Node> {
    return [...this.#bases.keys()].filter(isNode);
  }

  /** Enters a schema under the names that it has. @returns what is resolved against within it */
  #name(node: Node, base: string): string {
    const id = node[this.#draft4 ? "id" : "$id"];
    let here = base;
    if (typeof id === "string") {
      const full = new URL(id, base);
      const fragment = full.hash;
      full.hash = "";
      // Before 2019-09, `#name` alone was an anchor.
      if (fragment.length > 1) this.#named.set(full.href + fragment, node);
      if (!id.startsWith("#")) {
        here = full.href;
        this.#named.set(here, node);
      }
    }
    for (const anchor of [node.$anchor, node.$dynamicAnchor]) {
      if (typeof anchor === "string") this.#named.set(`${here}#${anchor}`, node);
    }
    return here;
  }

  /** The schema that a reference leads to from another; undefined for none. Found once, and remembered. */
  resolve(from: Node, reference: string): Json | undefined {
    const known = this.#resolved.get(from) ?? new Map<string, Json | undefined>();
    this.#resolved.set(from, known);
    if (!known.has(reference)) {
      const found = this.#find(from, reference);
      // What is no schema is none because somebody refers to it (2020-12, core, 9.4.2).
      const isSchema = typeof found === "boolean" || (found !== undefined && this.#bases.has(found));
      known.set(reference, isSchema ? found : undefined);
    }
    return known.get(reference);
  }

  #find(from: Node, reference: string): Json | undefined {
    const base = this.#bases.get(from) ?? ROOT;
    if (!URL.canParse(reference, base)) return undefined;
    const target = new URL(reference, base);
    const fragment = target.hash.slice(1);
    target.hash = "";
    const document = this.#named.get(target.href);
    if (fragment === "") return document;
    if (!fragment.startsWith("/")) return this.#named.get(`${target.href}#${fragment}`);
    return stepsOf(fragment).reduce<Json | undefined>((value, step) => {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
      return (value as Node)[step];
    }, document);
  }

  /** Every reference of the schema that leads to no schema in it. */
  lost(): string[] {
    const lost: string[] = [];
    for (const schema of this.schemas()) {
      for (const reference of [schema.$ref, schema.$recursiveRef, schema.$dynamicRef]) {
        if (typeof reference === "string" && this.resolve(schema, reference) === undefined) lost.push(reference);
      }
    }
    return lost;
  }
}

/** The regular expressions that a schema and those in it look for. */
export function* patternsIn(references: References): Generator<string> {
  for (const { pattern, patternProperties } of references.schemas()) {
    if (typeof pattern === "string") yield pattern;
    if (patternProperties !== undefined && isNode(patternProperties)) yield* Object.keys(patternProperties);
  }
}

/** RFC 6901, in its form as a URI fragment. */
function stepsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => decoded(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
