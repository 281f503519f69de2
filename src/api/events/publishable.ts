import { builtIn } from "../../catalogue/index.ts";
import { Budget } from "../../catalogue/json-schema/budget.ts";
import { operationalEvents } from "../../catalogue/operational.ts";
import { MAX_STEPS, PayloadSchema } from "../../catalogue/payload-schema.ts";
import type { PayloadSchemas } from "../../config/publish-rules.ts";
import { ApiError, type FieldError } from "../problem.ts";

const builtInSchemas: PayloadSchemas = new Map(
  builtIn.flatMap(({ name, schema }) =>
    schema === undefined ? [] : [[name, new PayloadSchema(schema, name)] as const],
  ),
);

const operational = new Set(operationalEvents.map(({ name }) => name));

/** Of what is wrong with a request, so much is told, as of what breaks its own rules. */
const TOLD = 100;

/** An event as it was parsed, and where it stood in the body. */
type Candidate = { type: string; data: unknown; path: readonly string[] };

/**
 * Checks that subscribers can rely on what is published: payloads against the schemas of their types, and that nobody
 * says what is Posthorn's own to say. Types that nobody has described are not checked.
 * @param own the schemas of the workspace's own types
 * @throws ApiError invalid_request with what is wrong, a hundred faults at most
 */
export function requirePublishable(own: PayloadSchemas, candidates: readonly Candidate[]): void {
  const budget = new Budget(MAX_STEPS);
  const errors: FieldError[] = [];
  for (const candidate of candidates) {
    if (errors.length < TOLD) errors.push(...faults(own, candidate, budget).slice(0, TOLD - errors.length));
  }
  const [first] = errors;
  if (first) throw new ApiError("invalid_request", `${first.path}: ${first.message}`, { errors });
}

function faults(own: PayloadSchemas, { type, data, path }: Candidate, budget: Budget): FieldError[] {
  if (operational.has(type)) {
    const message = `${type} is what Posthorn itself reports: publish it under another name`;
    return [{ path: [...path, "event"].join("."), message }];
  }
  const schema = builtInSchemas.get(type) ?? own.get(type);
  const complaints = schema?.complaints(data, budget) ?? [];
  return complaints.map((each) => ({ path: [...path, "data", ...each.path].join("."), message: each.message }));
}
