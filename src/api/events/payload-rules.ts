import { builtIn } from "../../catalogue/index.ts";
import { PayloadSchema } from "../../catalogue/payload-schema.ts";
import type { PayloadSchemas } from "../../config/publish-rules.ts";
import { ApiError } from "../problem.ts";

const builtInSchemas: PayloadSchemas = new Map(
  builtIn.flatMap(({ name, schema }) => (schema === undefined ? [] : [[name, new PayloadSchema(schema)] as const])),
);

/** A payload as it was parsed, and where it stood in the body. */
type Payload = { type: string; data: unknown; path: readonly string[] };

/**
 * Checks payloads against the schemas of their types, so that subscribers can rely on them. Types that nobody has
 * described are not checked.
 * @param own those of the workspace's own types
 * @throws ApiError invalid_request with everything that is wrong
 */
export function requireValidPayloads(own: PayloadSchemas, payloads: readonly Payload[]): void {
  const errors = payloads.flatMap(({ type, data, path }) => {
    const schema = builtInSchemas.get(type) ?? own.get(type);
    const complaints = schema?.complaints(data) ?? [];
    return complaints.map((each) => ({ path: [...path, ...each.path].join("."), message: each.message }));
  });
  const [first] = errors;
  if (first) throw new ApiError("invalid_request", `${first.path}: ${first.message}`, { errors });
}
