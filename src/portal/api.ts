import type * as z from "zod";
import { app } from "../api/app.ts";
import { inTheNameOf } from "../api/authorize.ts";
import type { AppContext } from "../api/context.ts";
import { Problem } from "../api/problem.ts";
import { JsonText } from "../api/route.ts";
import type { Caller } from "../config/authenticate.ts";

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

type Query = Record<string, string | number | boolean | undefined | null>;

/** Of the outer request, what the API puts down of who called. */
const PASSED_ON = ["cf-connecting-ip", "cf-ipcountry", "user-agent"];

/**
 * The HTTP API, called without a network. Pages get at nothing but through it: who may not do something there may not do
 * it here, and a change leaves the same entry in the audit log.
 */
export class Api {
  readonly #c: AppContext;
  readonly #caller: Caller;

  constructor(c: AppContext, caller: Caller) {
    this.#c = c;
    this.#caller = caller;
  }

  /**
   * The answer to a GET. Empty and absent parameters are left out.
   * @throws Refused
   */
  async get<Schema extends z.ZodType>(path: string, schema: Schema, query: Query = {}): Promise<z.output<Schema>> {
    const outcome = await this.#call("GET", withQuery(path, query), undefined, schema);
    if (!outcome.ok) throw new Refused(outcome.problem, outcome.retryAfter);
    return outcome.data;
  }

  /**
   * The same with the answer's own text, for what is shown digit for digit: JavaScript rounds long numbers.
   * @throws Refused
   */
  async getExact<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = {},
  ): Promise<{ answer: z.output<Schema>; text: string }> {
    const outcome = await this.#call("GET", withQuery(path, query), undefined, schema);
    if (!outcome.ok) throw new Refused(outcome.problem, outcome.retryAfter);
    return { answer: outcome.data, text: outcome.text };
  }

  /**
   * Asks for a change. A body that is {@link JsonText} goes as it is.
   * @throws Refused for what no other input would help: no right to do it, nothing there, a failure of ours
   */
  async send<Schema extends z.ZodType>(
    method: "POST" | "PATCH" | "DELETE",
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<Outcome<z.output<Schema>>> {
    const outcome = await this.#call(method, path, body, schema);
    if (!outcome.ok && !isForTheForm(outcome.problem)) throw new Refused(outcome.problem, outcome.retryAfter);
    return outcome;
  }

  /** The same for a change that can fail for no reason that lies in a form. */
  async do<Schema extends z.ZodType>(
    method: "POST" | "PATCH" | "DELETE",
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const outcome = await this.#call(method, path, body, schema);
    if (!outcome.ok) throw new Refused(outcome.problem, outcome.retryAfter);
    return outcome.data;
  }

  /**
   * A file as the API answers with it, its headers included.
   * @throws Refused
   */
  async file(path: string): Promise<Response> {
    const response = await this.#answerTo("GET", path, undefined);
    if (!response.ok) throw new Refused(Problem.parse(await response.json()), response.headers.get("Retry-After"));
    return response;
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
      return { ok: false, problem: Problem.parse(JSON.parse(text)), retryAfter, text };
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
    const request = new Request(new URL(path, this.#c.req.url), { method, headers, ...json });
    return await app.fetch(inTheNameOf(this.#caller, request), this.#c.env, this.#c.executionCtx);
  }
}

/** Where the person before the page can do better by another input. */
const isForTheForm = ({ status, code }: Problem): boolean =>
  status === 409 || status === 422 || status === 413 || code === "quota_exceeded";

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
