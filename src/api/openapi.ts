import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import { PROBLEMS, Problem, type ProblemCode } from "./problem.ts";
import { nothing, type RouteFacts } from "./route.ts";
import * as z from "./z.ts";

/** The OpenAPI document, made from the schemas that check the requests. */

const PARAMETERS: Record<string, z.ZodType> = {
  workspace: z.int().positive().openapi({ example: 1 }),
  token_id: z.string().openapi({ example: "tok_01KMN3V4W5X6Y7Z8A9B0C1D2E3" }),
  link: z.string().openapi({ example: "lnk_01KMN3V4W5X6Y7Z8A9B0C1D2E3" }),
  webhook: z.string().openapi({ example: "wh_01KMN3V4W5X6Y7Z8A9B0C1D2E3" }),
  event: z.string().openapi({ example: "evt_01KMN3V4W5000000001000K7Q2M" }),
  source: z.string().openapi({ example: "src_01KMN3V4W5X6Y7Z8A9B0C1D2E3" }),
  delivery: z.uuid().openapi({ example: "019d2a1c-6f80-7000-8000-001000000001" }),
};

const DESCRIPTION = [
  "Webhooks: publish events, and they are signed, delivered, retried and recorded.",
  `Every error is \`application/problem+json\` with one of these codes:\n${Object.entries(PROBLEMS)
    .map(([code, { status, title }]) => `- \`${code}\` (${status}): ${title}.`)
    .join("\n")}`,
  "Every answer carries `X-Request-Id`. `x-audit-action` is what the audit log calls an operation.",
  "A URL has at most 8,192 characters, its query at most 32 parameters; those that an operation does not know are passed over, and one that it knows may be there once.",
].join("\n\n");

/** OpenAPI 3.1 for these routes. */
export function documentOf(routes: readonly RouteFacts[]) {
  const registry = new OpenAPIRegistry();
  registry.register("Problem", Problem);
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description:
      "The deployment's admin token, or a workspace's token (`pht_…`) with the scope that the operation names.",
  });
  for (const [status, codes] of codesByStatus()) {
    registry.registerComponent("responses", `Problem${status}`, {
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(" "),
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    });
  }
  for (const route of routes) registry.registerPath(operationOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: { title: "Posthorn", version: "1.0.0", description: DESCRIPTION },
    servers: [{ url: "/" }],
  });
}

function codesByStatus(): Map<number, ProblemCode[]> {
  return Map.groupBy(Object.keys(PROBLEMS) as ProblemCode[], (code) => PROBLEMS[code].status);
}

type Operation = Parameters<OpenAPIRegistry["registerPath"]>[0];

function operationOf(route: RouteFacts): Operation {
  const { method, path, scope, tag, summary, query, headers, body, success } = route;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const params = z.object(
    Object.fromEntries(names.map((name) => [name, route.params?.[name] ?? PARAMETERS[name] ?? z.string()])),
  );
  const content = { "application/json": { schema: success.schema } };
  return {
    method,
    path,
    tags: [tag],
    summary,
    ...(scope === "public" ? {} : { description: `Scope: \`${scope}\`.` }),
    ...(typeof route.audit === "string" ? { "x-audit-action": route.audit } : {}),
    security: scope === "public" ? [] : [{ bearer: [] }],
    request: {
      ...(names.length > 0 ? { params } : {}),
      ...(query ? { query } : {}),
      ...(headers ? { headers } : {}),
      ...(body ? { body: { required: !body.optional, content: { "application/json": { schema: body.schema } } } } : {}),
    },
    responses: {
      [success.status]: { description: "Done", ...(success.schema === nothing ? {} : { content }) },
      ...Object.fromEntries(
        failures(route).map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
      ),
    },
  };
}

function failures({ scope, path, body, codes = [] }: RouteFacts): number[] {
  const possible: ProblemCode[] = [...codes, "internal_error", "unavailable"];
  if (scope !== "public") possible.push("unauthorized", "forbidden", "rate_limited");
  if (!path.startsWith("/in/")) possible.push("uri_too_long", "invalid_request");
  if (path.includes("{")) possible.push("not_found");
  if (body) possible.push("malformed_json", "payload_too_large", "unsupported_media_type");
  return [...new Set(possible.map((code) => PROBLEMS[code].status))].sort();
}
