import type { AuditAction, AuditRecorder } from "../config/audit.ts";
import type { Caller } from "../config/authenticate.ts";
import { UNSOUND, unsoundText } from "../lib/unsound-text.ts";
import { auditRecorderOf, ensureEntry, pruneEntries } from "./audit-recorder.ts";
import { authorize, type RouteScope, type WorkspaceFrom } from "./authorize.ts";
import { type BodyLimits, type Json, ORDINARY_LIMITS, readJson } from "./body.ts";
import type { AppContext } from "./context.ts";
import { ApiError, type Hints, invalidFields, invalidRequest, type ProblemCode } from "./problem.ts";
import { limitChanges } from "./rate-limits.ts";
import { queryOf, requireShort } from "./url-limits.ts";
import * as z from "./z.ts";

export type Method = "get" | "post" | "patch" | "delete";

/** Why a changing operation is not in the audit log. */
export type Unaudited = { none: string };

/** What is known of a route without running it: the table of routes, the OpenAPI document and `Allow` are made of it. */
export type RouteFacts = {
  method: Method;
  /** What the audit log calls it; what changes something cannot be defined without it. */
  audit?: AuditAction | Unaudited | undefined;
  /** As in OpenAPI: `/api/v1/workspaces/{workspace}`. */
  path: string;
  scope: RouteScope;
  /** By default `path`. */
  workspaceFrom?: WorkspaceFrom;
  tag: string;
  summary: string;
  /** What its path names, where that has no description of its own among those that all operations have. Checked by the operation. */
  params?: Readonly<Record<string, z.ZodType>>;
  query?: z.ZodObject;
  /** Beyond the ordinary ones. Documented here, checked by the operation: it knows what they mean beside the body. */
  headers?: z.ZodObject;
  body?: { schema: z.ZodType; optional?: boolean };
  /** Answers without a body, or with one that is no JSON, have the schema `nothing`. */
  success: { status: 200 | 201 | 202 | 204; schema: z.ZodType };
  /** What can go wrong beyond what the facts above imply. */
  codes?: ProblemCode[];
};

export type Route = RouteFacts & {
  guard: ReturnType<typeof authorize>;
  handle: (c: AppContext) => Promise<Response>;
};

/** An answer that is JSON text already, payloads in it exactly as they were published. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The schema of an answer that is no JSON, or has no body. */
export const nothing = z.void();
const NoQuery = z.object({});
const NoBody = z.undefined();

type Params<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Params<Rest> : never;

type Definition<
  Path extends string,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Success extends z.ZodType,
  From extends WorkspaceFrom,
  Verb extends Method,
  Action extends AuditAction | Unaudited | undefined,
> = Omit<RouteFacts, "method" | "audit" | "path" | "workspaceFrom" | "query" | "body" | "success"> & {
  method: Verb;
  path: Path;
  workspaceFrom?: From;
  query?: Query;
  body?: {
    schema: Body;
    /** Where they are not the ordinary ones. */
    limits?: BodyLimits;
    /** Whether it may be absent, which is as good as `{}`. */
    optional?: boolean;
    /** Whether texts in it may be of any kind, half characters included: it is passed on as it came. */
    asItCame?: boolean;
    /** Picks one schema of a union by what came: the errors are then about that one alone. */
    choose?: (value: unknown) => z.ZodType<z.output<Body>>;
    hints?: Hints;
  };
  success: { status: RouteFacts["success"]["status"]; schema: Success };
} & ([Verb] extends ["get"] ? { audit?: undefined } : { audit: Action & {} });

/** A request that was let in and has the right shape. */
export type Call<Path, Query extends z.ZodObject, Body extends z.ZodType, From extends WorkspaceFrom, Action> = {
  env: Env;
  params: Record<Exclude<Params<Path>, "workspace">, string>;
  workspaceId: "workspace" extends Params<Path> ? number : "token" extends From ? number : undefined;
  query: z.output<Query>;
  body: z.output<Body>;
  /** The body as it came. */
  json: Json;
  header: (name: string) => string | undefined;
  /** The origin that was called: scheme, host, and a port that is not the scheme's usual one. */
  url: string;
  /** In milliseconds since 1970. */
  now: number;
  caller: Caller | undefined;
  /** For its changes, where it has said what they are. Without one, nothing changes the configuration. */
  audit: Action extends AuditAction ? AuditRecorder : undefined;
};

/**
 * Defines an operation: who may call it, what it takes and answers, and what it does. There is no route without a
 * scope; its check, the checks of query and body, and the OpenAPI document come out of the definition.
 */
export function defineRoute<
  const Path extends string,
  Success extends z.ZodType,
  Query extends z.ZodObject = typeof NoQuery,
  Body extends z.ZodType = typeof NoBody,
  const From extends WorkspaceFrom = "path",
  const Verb extends Method = Method,
  const Action extends AuditAction | Unaudited | undefined = undefined,
>(
  definition: Definition<Path, Query, Body, Success, From, Verb, Action>,
  work: (call: Call<Path, Query, Body, From, Action>) => Promise<z.input<Success> | JsonText | Response>,
): Route {
  const { status } = definition.success;
  const facts: RouteFacts = definition;
  const action = typeof facts.audit === "string" ? facts.audit : undefined;
  return {
    ...definition,
    guard: authorize(definition.scope, definition.workspaceFrom),
    async handle(c) {
      requireShort(c.req.param());
      const json = await takeBody(c, definition.body);
      const now = Date.now();
      const audit = action && auditRecorderOf(c, now);
      const call = {
        env: c.env,
        params: c.req.param(),
        workspaceId: c.get("workspaceId"),
        query: check(definition.query ?? NoQuery, queryOf(c.req.url, definition.query ?? NoQuery)),
        body: definition.body && check(schemaFor(definition.body, json.value), json.value, definition.body.hints),
        json,
        header: (name: string) => c.req.header(name),
        get url() {
          return new URL(c.req.url).origin;
        },
        now,
        caller: c.get("caller"),
        audit,
      };
      const perform = async () => {
        // What the path, the query's and the body's schema say of their types is beyond inference here, not above.
        const answer = await work(call as unknown as Call<Path, Query, Body, From, Action>);
        if (action && audit) await ensureEntry(c, audit, action);
        return answer;
      };
      const answer = await (action ? changing(c, now, perform) : perform());
      if (answer instanceof Response) return answer;
      if (status === 204) return c.body(null, 204);
      const text = answer instanceof JsonText ? answer.text : JSON.stringify(answer);
      return c.body(text, status, { "Content-Type": "application/json" });
    },
  };
}

/** Does what leaves an entry in the audit log, if the workspace may be changed now. */
async function changing<T>(c: AppContext, now: number, perform: () => Promise<T>): Promise<T> {
  const workspaceId = c.get("workspaceId");
  if (workspaceId !== undefined) await limitChanges(c, workspaceId);
  try {
    return await perform();
  } finally {
    pruneEntries(c, now);
  }
}

type BodyRules = NonNullable<
  Definition<string, z.ZodObject, z.ZodType, z.ZodType, WorkspaceFrom, Method, undefined>["body"]
>;

const schemaFor = ({ schema, choose }: BodyRules, value: unknown): z.ZodType => choose?.(value) ?? schema;

async function takeBody(c: AppContext, rules: BodyRules | undefined): Promise<Json> {
  const empty = { text: "{}", value: {} };
  if (!rules) return empty;
  const json = await readJson(c.req.raw, rules.limits ?? ORDINARY_LIMITS);
  if (json) {
    if (!rules.asItCame) requireSound(json.value);
    return json;
  }
  if (rules.optional) return empty;
  throw new ApiError("malformed_json", "A JSON body is needed.");
}

function requireSound(value: unknown): void {
  const steps = unsoundText(value);
  if (steps) throw invalidFields([{ path: steps.join("."), message: UNSOUND }]);
}

function check(schema: z.ZodType, value: unknown, hints?: Hints): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidRequest(parsed.error, hints);
  return parsed.data;
}

/** The methods that a path takes, in upper case; empty if no route has it. */
export function allowedMethods(routes: readonly Pick<RouteFacts, "method" | "path">[], path: string): string[] {
  const methods = routes.filter((route) => matches(route.path, path)).map(({ method }) => method.toUpperCase());
  return methods.includes("GET") ? [...methods, "HEAD"] : methods;
}

function matches(template: string, path: string): boolean {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return false;
  return wanted.every((part, at) => (part.startsWith("{") ? given[at] !== "" : part === given[at]));
}
