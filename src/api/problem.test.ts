import { describe, expect, it } from "vitest";
import { ApiError, asApiError, fieldErrors, invalidRequest, problemOf } from "./problem.ts";
import * as z from "./z.ts";

describe("problems", () => {
  it("have the members of RFC 9457, and ours", () => {
    expect(problemOf(new ApiError("not_found", "There is no such webhook."), "r-1")).toEqual({
      type: "/problems/not_found",
      title: "There is no such thing",
      status: 404,
      detail: "There is no such webhook.",
      code: "not_found",
      request_id: "r-1",
    });
  });

  it("say nothing of an unknown error", () => {
    const problem = problemOf(asApiError(new Error("SELECT hash FROM api_tokens: no such column")), "r-1");
    expect(problem.code).toBe("internal_error");
    expect(JSON.stringify(problem)).not.toContain("api_tokens");
  });

  it.each([
    ["an overloaded object", Object.assign(new Error("busy"), { overloaded: true, retryable: true })],
    ["a restarting object", Object.assign(new Error("reset"), { retryable: true })],
    ["a lost connection below drizzle", new Error("Failed query", { cause: new Error("Network connection lost.") })],
    ["an overloaded D1", new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long.")],
  ])("ask to come again for %s", (_what, error) => {
    const answer = asApiError(error);
    expect(answer.code).toBe("unavailable");
    expect(answer.headers).toEqual({ "Retry-After": "1" });
  });

  it("name a hundred fields at most, none at length", () => {
    const fields = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`${n}${"x".repeat(1000)}`, n]));
    const parsed = z.strictObject({}).safeParse(fields);
    if (parsed.success) throw new Error("It should not fit");
    const { errors = [], message } = invalidRequest(parsed.error);
    expect(errors).toHaveLength(100);
    expect(new Set(errors.map(({ path }) => path.length))).toEqual(new Set([500]));
    expect(message).toMatch(/ \(and 149 more\)$/);
    expect(message.length).toBeLessThan(600);
  });

  it("name each wrong field, each unknown one with its hint", () => {
    const schema = z.strictObject({ events: z.array(z.strictObject({ event: z.string() })) });
    const parsed = schema.safeParse({ events: [{ event: 1, extra: true }], secret: "x" });
    if (parsed.success) throw new Error("It should not fit");
    expect(invalidRequest(parsed.error, { secret: "Use rotate-secret" }).errors).toEqual([
      { path: "events.0.event", message: expect.stringContaining("string") },
      { path: "events.0.extra", message: "Unknown field" },
      { path: "secret", message: "Use rotate-secret" },
    ]);
  });

  it("give a field no hint that nobody has written", () => {
    const parsed = z.strictObject({}).safeParse({ constructor: 1 });
    expect(parsed.error && invalidRequest(parsed.error).errors).toEqual([
      { path: "constructor", message: "Unknown field" },
    ]);
  });
});

describe("the faults in a union", () => {
  const secret = z.string().min(1, "It must not be empty");
  const rotating = z.union([secret, z.array(secret).min(1).max(2, "Two at most")]).transform((given) => [given].flat());
  const schema = z.union([
    z.strictObject({ user: secret, password: secret }),
    z.strictObject({ header: secret, values: rotating }),
  ]);
  const faultsOf = (of: z.ZodType, value: unknown) =>
    fieldErrors(of.safeParse(value).error?.issues ?? [], {}, ["credentials"]);

  it.each([
    ["", "credentials.secret", "It must not be empty"],
    [["a", ""], "credentials.secret.1", "It must not be empty"],
    [["a", "b", "c"], "credentials.secret", "Two at most"],
    [undefined, "credentials.secret", "Invalid input: expected string or array, received undefined"],
    [7, "credentials.secret", "Invalid input: expected string or array, received number"],
  ])("are those of the member that was meant: %j", (given, path, message) => {
    expect(faultsOf(z.strictObject({ secret: rotating }), { secret: given })).toEqual([{ path, message }]);
  });

  it.each([
    [{ header: "x", values: ["a", ""] }, ["credentials.values.1"]],
    [{ user: "u" }, ["credentials.password"]],
    [{ header: "x", values: "a", more: 1 }, ["credentials.more"]],
    ["secret", ["credentials"]],
  ])("are those of the member that fits best: %j", (given, paths) => {
    expect(faultsOf(schema, given).map(({ path }) => path)).toEqual(paths);
  });
});
