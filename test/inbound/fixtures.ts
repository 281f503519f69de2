import type { Source } from "../../src/inbound/provider.ts";
import type { Configured, Fixtures, MixedBatch, Query, Sample, Vector } from "../../src/inbound/providers/fixtures.ts";
import { providers } from "../../src/inbound/providers/index.ts";
import { parsed } from "./sample-prose.ts";

/** What the folders of all providers tell the tests, by the registry's names and in its order. */
const all: ReadonlyMap<string, Fixtures> = new Map(
  await Promise.all(
    Object.keys(providers).map(async (name): Promise<[string, Fixtures]> => {
      const { fixtures } = await import(`../../src/inbound/providers/${name}/fixtures.ts`);
      return [name, fixtures];
    }),
  ),
);

/** @throws Error where there is no such provider */
export function fixturesOf(name: string): Fixtures {
  const fixtures = all.get(name);
  if (!fixtures) throw new Error(`There is no provider ${name}`);
  return fixtures;
}

const asSource = ({ credentials, options = {} }: Configured, callbackUrl: string): Source => ({
  credentials,
  options,
  callbackUrl,
});

/** The least that a source of a provider has. */
export const sourceOf = (name: string, content: unknown = {}, query = ""): Source =>
  asSource(fixturesOf(name).source({ query, content }), `https://hooks.example.com/in/${name}/0123456789abcdef`);

/** The source that takes a sample. */
export const sourceOfSample = ({ provider, query }: Pick<Sample, "provider" | "query">, content: unknown): Source =>
  sourceOf(provider, content, query);

/** Which provider a vector is for, and the source that it would come to. */
export function sourceOfVector(vector: Vector): { provider: string } & Source {
  const able = [...all].flatMap(([name, { vectors }]) => {
    const configured = vectors && Object.hasOwn(vectors, vector.scheme) ? vectors[vector.scheme] : undefined;
    return configured ? [{ name, configured }] : [];
  });
  // Others have names of their own for providers: then it is whose name the scheme has, or the first of those that have it.
  const found =
    able.find(({ name }) => name === vector.provider) ?? able.find(({ name }) => name === vector.scheme) ?? able[0];
  if (!found) throw new Error(`No provider has the scheme ${vector.scheme}`);
  return { provider: found.name, ...asSource(found.configured(vector), vector.url.replace(/\?.*$/s, "")) };
}

/** Where a vector's callback comes to, with all of its query; what stands beside a URL that has it already is not repeated. */
export function urlOf({ url, method, query, params }: Pick<Vector, "url" | "method" | "query" | "params">): string {
  // Beside a POST they are its form's, which the body has.
  const beside = queryText(query ?? (method === "POST" ? "" : params) ?? "");
  const [base = "", ...own] = url.split("?");
  const there = own.join("?");
  if (beside === "" || beside === there) return url;
  return `${base}?${there === "" ? beside : `${there}&${beside}`}`;
}

function queryText(query: Query): string {
  if (typeof query === "string") return query.replace(/^\?/, "");
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]));
  return new URLSearchParams(pairs).toString();
}

/** Of each provider whose callbacks tell of several things at once, one in which some make no sense. */
export const MIXED_BATCHES: readonly (MixedBatch & { provider: string; source: Source })[] = [...all].flatMap(
  ([provider, { mixed }]) => (mixed ? [{ ...mixed, provider, source: sourceOf(provider, parsed(mixed.body)) }] : []),
);
