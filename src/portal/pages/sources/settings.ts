import * as z from "zod";
import type { Guide, Variant } from "../../../inbound/guide.ts";
import { providerOf } from "../../../inbound/providers/index.ts";
import { TicketOptions } from "../../../inbound/tickets.ts";

/** What a provider's schemas say that a source of it takes, as fields of a form. */
export type Setting = {
  /** `credentials.secret`, `options.tolerance`: as the API's errors call it. */
  name: string;
  place: "credentials" | "options";
  key: string;
  kind: "text" | "choice" | "number" | "switch" | "lines";
  required: boolean;
  /** Whether it may be two, while one is rotated out. */
  two: boolean;
  choices: readonly string[];
  /** What holds where nothing is given, as text. */
  usual: string;
  min?: number | undefined;
  max?: number | undefined;
};

/** As much of JSON Schema as the providers' schemas become. */
const Property = z.object({
  type: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  anyOf: z.array(z.looseObject({ type: z.string().optional() })).optional(),
});
const Shape = z.object({
  properties: z.record(z.string(), Property).default({}),
  required: z.array(z.string()).default([]),
});
type Shape = z.infer<typeof Shape>;
const Schema = z.looseObject({ anyOf: z.array(Shape).optional(), oneOf: z.array(Shape).optional() });

/** The ways in which an object may look: one, unless the schema is a union. */
function shapesOf(schema: z.ZodType): Shape[] {
  const json = Schema.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  return json.anyOf ?? json.oneOf ?? [Shape.parse(json)];
}

const EMPTY: Shape = { properties: {}, required: [] };

function shapeOf(schema: z.ZodType, fits: (shape: Shape) => boolean): Shape {
  const shapes = shapesOf(schema);
  return shapes.find(fits) ?? shapes[0] ?? EMPTY;
}

/** The variant of this id; else the guide's first; undefined for a provider that has but one way. */
export const variantOf = (guide: Guide, id: string): Variant | undefined =>
  guide.variants?.find((variant) => variant.id === id) ?? guide.variants?.[0];

/** The variant that a source was set up in, by which credentials it has. */
export const variantInUse = (guide: Guide, credentials: Readonly<Record<string, string>>): Variant | undefined =>
  guide.variants?.find(({ credential }) => credential in credentials) ?? guide.variants?.[0];

/** What one can set for a provider, in one of its ways. */
export function settingsFor(guide: Guide, variant: Variant | undefined): Setting[] {
  const provider = providerOf(guide.provider);
  if (!provider) return [];
  const credentials = shapeOf(
    provider.credentials,
    (shape) => variant === undefined || Object.hasOwn(shape.properties, variant.credential),
  );
  const options = shapeOf(provider.options, (shape) =>
    Object.values(shape.properties).some((property) => property.const === variant?.id),
  );
  const order = Object.keys(guide.fields);
  const own = [...settingsIn(credentials, "credentials"), ...settingsIn(options, "options")];
  const tickets = guide.tickets ? settingsIn(shapeOf(TicketOptions, isAny), "options") : [];
  return [...own.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name)), ...tickets];
}

const isAny = (): boolean => true;

/** Options that say which variant it is, and cannot be chosen. */
export function fixedOptions(guide: Guide, variant: Variant | undefined): Record<string, unknown> {
  const provider = providerOf(guide.provider);
  if (!provider || !variant) return {};
  for (const { properties } of shapesOf(provider.options)) {
    const found = Object.entries(properties).find(([, property]) => property.const === variant.id);
    if (found) return { [found[0]]: variant.id };
  }
  return {};
}

const settingsIn = ({ properties, required }: Shape, place: Setting["place"]): Setting[] =>
  Object.entries(properties).flatMap(([key, property]) => {
    if (property.const !== undefined) return [];
    return [
      {
        name: `${place}.${key}`,
        place,
        key,
        kind: kindOf(property),
        required: required.includes(key),
        two: property.anyOf?.some(({ type }) => type === "array") ?? false,
        choices: property.enum ?? [],
        usual: property.default === undefined ? "" : String(property.default),
        min: property.minimum,
        max: property.maximum,
      },
    ];
  });

function kindOf({ type, enum: choices }: z.infer<typeof Property>): Setting["kind"] {
  if (choices) return "choice";
  if (type === "boolean") return "switch";
  if (type === "integer" || type === "number") return "number";
  return type === "array" ? "lines" : "text";
}
