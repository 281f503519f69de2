import type { Json, JsonSchema } from "../../systems/event-type.ts";
import { type Draft, isRefAlone, type Node, ofDraft } from "./drafts.ts";

/** What `$ref` leads to, within one schema: JSON Schema 2020-12, core, 8.2, and what earlier drafts call it. */

/** Where a schema in a schema begins to resolve what it refers to. */
const ROOT = "schema:/root";

/** Keywords whose value is a schema, or a list of some. */
const SCHEMAS = [
  ...["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "items", "prefixItems", "additionalItems"],
  ...["unevaluatedItems", "contains", "additionalProperties", "unevaluatedProperties", "propertyNames"],
];
/** Keywords whose members are schemas under names of the user's, which may be those of keywords. */
const MAPS = [...["properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"]];

/** The schemas right below a schema. What keywords that are not known have in them is data. */
function* below(node: Node): Generator<Json> {
  for (const keyword of SCHEMAS) {
    const inner = node[keyword];
    if (Array.isArray(inner)) yield* inner;
    else if (inner !== undefined) yield inner;
  }
  for (const keyword of MAPS) {
    const inner = node[keyword];
    if (inner !== undefined && isNode(inner)) yield* Object.values(inner);
  }
}

const isNode = (value: Json): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

export class References {
  /** Each schema that has a name of its own, without a fragment; and each that an anchor marks. */
  readonly #named = new Map<string, Json>();
  readonly #bases = new Map<Json, string>();
  readonly #resolved = new WeakMap<object, Map<string, Json | undefined>>();
  readonly #draft: Draft;

  /** @throws TypeError for an `$id` that is no URI reference */
  constructor(root: JsonSchema, draft: Draft) {
    this.#draft = draft;
    this.#named.set(ROOT, root);
    this.#walk(root, ROOT);
    // Wherever a reference leads, there is a schema: many keep theirs below a keyword of their own.
    for (const schema of this.#bases.keys()) {
      for (const reference of isNode(schema) ? this.#referencesOf(schema) : [])
        this.#find(schema as Node, reference, true);
    }
  }

  #walk(value: Json, base: string): void {
    if (!isNode(value)) return;
    const here = this.#name(value, base);
    this.#bases.set(value, here);
    for (const inner of below(ofDraft(value, this.#draft))) this.#walk(inner, here);
  }

  #referencesOf(schema: Node): string[] {
    const { $ref, $recursiveRef, $dynamicRef } = ofDraft(schema, this.#draft);
    return [$ref, $recursiveRef, $dynamicRef].filter((each): each is string => typeof each === "string");
  }

  /** Every schema in the schema, itself the first; but those that are true or false. */
  schemas(): Iterable<Node> {
    return [...this.#bases.keys()].filter(isNode);
  }

  /** Enters a schema under the names that it has. @returns what is resolved against within it */
  #name(node: Node, base: string): string {
    const id = node[this.#draft === "4" ? "id" : "$id"];
    let here = base;
    if (typeof id === "string" && !(isRefAlone(this.#draft) && typeof node.$ref === "string")) {
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
      const isSchema = typeof found === "boolean" || (found !== undefined && this.#bases.has(found));
      known.set(reference, isSchema ? found : undefined);
    }
    return known.get(reference);
  }

  /** @param enters whether what it leads to is to be known as a schema from now on */
  #find(from: Node, reference: string, enters = false): Json | undefined {
    const base = this.#bases.get(from) ?? ROOT;
    if (!URL.canParse(reference, base)) return undefined;
    const target = new URL(reference, base);
    const fragment = target.hash.slice(1);
    target.hash = "";
    const document = this.#named.get(target.href);
    if (fragment === "") return document;
    if (!fragment.startsWith("/")) return this.#named.get(`${target.href}#${fragment}`);
    const found = stepsOf(fragment).reduce<Json | undefined>((value, step) => {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
      return (value as Node)[step];
    }, document);
    const isNew = enters && found !== undefined && document !== undefined && !this.#bases.has(found);
    if (isNew) this.#walk(found, this.#bases.get(document) ?? ROOT);
    return found;
  }

  /** Every reference of the schema that leads to no schema in it. */
  lost(): string[] {
    const lost: string[] = [];
    for (const schema of this.schemas()) {
      lost.push(...this.#referencesOf(schema).filter((each) => this.resolve(schema, each) === undefined));
    }
    return lost;
  }

  /**
   * Whether some reference leads elsewhere depending on the way that led to it (2020-12, core, 8.2.3.2; 2019-09, core,
   * 8.2.4.2): where it stands, it is taken for an ordinary one.
   */
  get dynamic(): boolean {
    const all = [...this.schemas()].map((schema) => ofDraft(schema, this.#draft));
    const recursive = all.filter(({ $recursiveAnchor }) => $recursiveAnchor === true).length;
    if (recursive > 1 && all.some(({ $recursiveRef }) => typeof $recursiveRef === "string")) return true;
    const anchors = all.flatMap(({ $dynamicAnchor }) => $dynamicAnchor ?? []);
    return new Set(anchors).size < anchors.length && all.some(({ $dynamicRef }) => typeof $dynamicRef === "string");
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
