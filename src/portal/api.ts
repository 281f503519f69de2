import * as z from "zod";
import { app } from "../api/app.ts";
import { inTheNameOf } from "../api/authorize.ts";
import type { AppContext } from "../api/context.ts";
import { list, one } from "../api/page.ts";
import { Problem } from "../api/problem.ts";
import { JsonText, nothing } from "../api/route.ts";
import type { Caller } from "../config/authenticate.ts";
import { inPlainWords } from "./parts/messages.ts";

/** What the API refused, with its reason. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly problem: Problem;
  /** What the API has said of when to come again; null where it said nothing. */
  readonly retryAfter: string | null;

  constructor(problem: Problem, retryAfter: string | null = null) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** What came of something that may be refused for what somebody has typed. */
export type Outcome<Data> = { ok: true; data: Data } | { ok: false; problem: Problem; retryAfter?: string | null };

/** A page of a list; or what is wrong with what its filters ask for, which is said above them. */
export type ListResult<Row> = {
  rows: Row[];
  next: string | null;
  problem: Problem | null;
  /** The answer itself, for what is shown digit for digit. */
  text: string;
};

type Query = Record<string, string | number | boolean | undefined | null>;
type Method = "POST" | "PATCH" | "DELETE";

/** Of the outer request, what the API puts down of who called. */
const PASSED_ON = ["cf-connecting-ip", "cf-ipcountry", "user-agent"];

/**
 * The HTTP API, called without a network. Pages get at nothing but through it: who may not do something there may not do
 * it here, and a change leaves the same entry in the audit log. A path is below that of the page's workspace, unless it
 * begins with `/api`.
 */
export class Api {
  readonly #c: AppContext;
  readonly #caller: Caller;
  readonly #workspace: string;

  constructor(c: AppContext, caller: Caller, workspace: number | undefined) {
    this.#c = c;
    this.#caller = caller;
    this.#workspace = `/api/v1/workspaces/${workspace ?? ""}`;
  }

  /** The API's path of something of the workspace's. */
  pathOf = (path: string): string => (path.startsWith("/api/") ? path : this.#workspace + path);

  /**
   * One thing. Empty and absent parameters are left out.
   * @throws Refused
   */
  async one<Schema extends z.ZodType>(path: string, schema: Schema, query: Query = {}): Promise<z.output<Schema>> {
    const { data } = await this.#get(path, one(z.unknown()), query);
    return schema.parse(data.data);
  }

  /**
   * A page of a list.
   * @throws Refused
   */
  async list<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = {},
  ): Promise<ListResult<z.output<Schema>>> {
    const { data, text } = await this.#get(path, list(z.unknown()), query);
    return { rows: z.array(schema).parse(data.data), next: data.next_cursor, problem: null, text };
  }

  /**
   * A page of a list that somebody filters: what he asks for that cannot be is no failure.
   * @throws Refused
   */
  async search<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query,
  ): Promise<ListResult<z.output<Schema>>> {
    return this.list(path, schema, query).catch(wrongFilter);
  }

  /**
   * A list page by page, for who may have enough before its end.
   * @throws Refused
   */
  async *pages<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = {},
  ): AsyncGenerator<ListResult<z.output<Schema>>> {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: ListResult<z.output<Schema>> = await this.list(path, schema, { limit: 100, ...query, cursor });
      yield page;
      cursor = page.next;
    }
  }

  /**
   * A list as a whole.
   * @param most so many pages are asked for; whether that was all, `next` tells
   * @throws Refused
   */
  async all<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = {},
    most = Number.POSITIVE_INFINITY,
  ): Promise<Pick<ListResult<z.output<Schema>>, "rows" | "next">> {
    const rows: z.output<Schema>[] = [];
    let asked = 0;
    for await (const page of this.pages(path, schema, query)) {
      rows.push(...page.rows);
      if (++asked === most) return { rows, next: page.next };
    }
    return { rows, next: null };
  }

  /**
   * An answer with its own text, for what is shown digit for digit: JavaScript rounds long numbers.
   * @throws Refused
   */
  async getExact<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = {},
  ): Promise<{ answer: z.output<Schema>; text: string }> {
    const { data, text } = await this.#get(path, schema, query);
    return { answer: data, text };
  }

  /**
   * Asks for a change. A body that is {@link JsonText} goes as it is.
   * @throws Refused for what no other input would help: no right to do it, nothing there, a failure of ours
   */
  async send<Schema extends z.ZodType>(
    method: Method,
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<Outcome<z.output<Schema>>> {
    // What is gone has no data.
    const outcome = await this.#call(method, path, body, one(z.unknown()).optional());
    if (outcome.ok) return { ok: true, data: schema.parse(outcome.data?.data) };
    if (!isForTheForm(outcome.problem)) throw new Refused(outcome.problem, outcome.retryAfter);
    return outcome;
  }

  /**
   * The same for a change that can fail for no reason that lies in a form.
   * @throws Refused
   */
  async do<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const outcome = await this.#call("POST", path, undefined, one(z.unknown()));
    if (!outcome.ok) throw new Refused(outcome.problem, outcome.retryAfter);
    return schema.parse(outcome.data.data);
  }

  /** @throws Refused */
  async delete(path: string): Promise<void> {
    const outcome = await this.#call("DELETE", path, undefined, nothing);
    if (!outcome.ok) throw new Refused(outcome.problem, outcome.retryAfter);
  }

  /**
   * A file as the API answers with it, its headers included.
   * @throws Refused
   */
  async file(path: string): Promise<Response> {
    const response = await this.#answerTo("GET", path, undefined);
    if (!response.ok) throw new Refused(problemIn(await response.text()), response.headers.get("Retry-After"));
    return response;
  }

  async #get<Schema extends z.ZodType>(path: string, schema: Schema, query: Query) {
    const outcome = await this.#call("GET", withQuery(path, query), undefined, schema);
    if (!outcome.ok) throw new Refused(outcome.problem, outcome.retryAfter);
    return outcome;
  }

  async #call<Schema extends z.ZodType>(
    method: string,
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<Outcome<z.output<Schema>> & { text: string }> {
    const response = await this.#answerTo(method, path, body);
    const text = await response.text();
    if (!response.ok) {
      const retryAfter = response.headers.get("Retry-After");
      return { ok: false, problem: problemIn(text), retryAfter, text };
    }
    return { ok: true, data: schema.parse(response.status === 204 ? undefined : JSON.parse(text)), text };
  }

  async #answerTo(method: string, path: string, body: unknown): Promise<Response> {
    const headers = new Headers({ "X-Request-Id": this.#c.get("requestId") });
    for (const name of PASSED_ON) {
      const value = this.#c.req.header(name);
      if (value !== undefined) headers.set(name, value);
    }
    const json = body === undefined ? {} : { body: body instanceof JsonText ? body.text : JSON.stringify(body) };
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const request = new Request(new URL(this.pathOf(path), this.#c.req.url), { method, headers, ...json });
    return await app.fetch(inTheNameOf(this.#caller, request), this.#c.env, this.#c.executionCtx);
  }
}

/** Nothing is found by a filter that cannot be read. @throws what is no fault of the filter */
function wrongFilter(error: unknown): ListResult<never> {
  if (!(error instanceof Refused) || error.problem.status !== 422) throw error;
  return { rows: [], next: null, problem: error.problem, text: '{"data":[]}' };
}

/** A problem as the API answers with it, for people. */
function problemIn(text: string): Problem {
  const { errors, ...problem } = Problem.parse(JSON.parse(text));
  if (!errors) return problem;
  return { ...problem, errors: errors.map(({ path, message }) => ({ path, message: inPlainWords(message) })) };
}

/** Where the person before the page can do better by another input. */
const isForTheForm = ({ status, code }: Problem): boolean =>
  status === 409 || status === 422 || status === 413 || code === "quota_exceeded";

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
