import { describe, expect, it } from "vitest";
import { documentOf } from "./openapi.ts";
import { routes } from "./routes.ts";

/** A schema of the OpenAPI document, as far as bounds are concerned. */
type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  maxLength?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

const document = documentOf(routes);
const components = (document.components?.schemas ?? {}) as Record<string, Schema>;

/** What a format's own grammar bounds, by its name. */
const SHORT_FORMATS = new Set(["date-time", "uuid", "email"]);

/** The strings and arrays below a schema that may be of any length, by their paths. */
function unbounded(schema: Schema, path: string): string[] {
  if (schema.$ref) return unbounded(components[schema.$ref.split("/").at(-1) ?? ""] ?? {}, path);
  if (schema.enum || "const" in schema) return [];
  const types = [schema.type ?? []].flat();
  const endless =
    (types.includes("string") && schema.maxLength === undefined && !SHORT_FORMATS.has(schema.format ?? "")) ||
    (types.includes("array") && schema.maxItems === undefined);
  const below = [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, each]) => unbounded(each, `${path}.${name}`)),
    ...[schema.items ?? []].flat().flatMap((each) => unbounded(each, `${path}.*`)),
    ...[schema.anyOf, schema.oneOf, schema.allOf]
      .flatMap((each) => each ?? [])
      .flatMap((each) => unbounded(each, path)),
  ];
  return [...(endless ? [path] : []), ...below];
}

type Operation = {
  parameters?: { in: string; name: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};

const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
    name: `${method} ${path}`,
    operation,
  })),
);

describe("whatever a request may say", () => {
  it("is bounded, each string and each array of every body", () => {
    const bodies = operations.filter(({ operation }) => operation.requestBody);
    expect(bodies.length).toBeGreaterThan(10);
    const found = bodies.flatMap(({ name, operation }) =>
      Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) => unbounded(schema, name)),
    );
    expect([...new Set(found)]).toEqual([]);
  });

  it("is bounded, each parameter of every query and header", () => {
    const found = operations.flatMap(({ name, operation }) =>
      (operation.parameters ?? [])
        .filter((parameter) => parameter.in !== "path")
        .flatMap((parameter) => unbounded(parameter.schema ?? {}, `${name} ?${parameter.name}`)),
    );
    expect([...new Set(found)]).toEqual([]);
  });
});
