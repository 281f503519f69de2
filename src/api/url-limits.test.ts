import { describe, expect, it } from "vitest";
import { ApiError } from "./problem.ts";
import { MAX_PARAMETER, MAX_QUERY, queryOf, requireShort } from "./url-limits.ts";
import * as z from "./z.ts";

const Known = z.object({ limit: z.string().optional(), cursor: z.string().optional() });
const query = (text: string) => queryOf(`https://posthorn.example/?${text}`, Known);

const refused = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return { code: error.code, errors: error.errors };
    throw error;
  }
  throw new Error("It was taken");
};

describe("a query", () => {
  it.each([
    ["", {}],
    ["limit=5&cursor=a%20b", { limit: "5", cursor: "a b" }],
    ["limit", { limit: "" }],
    ["utm_source=x&utm_source=y&limit=5", { limit: "5" }],
    ["__proto__=x&constructor=y&limit=5", { limit: "5" }],
    ["limit=%ff%zz", { limit: "\ufffd%zz" }],
  ])("%j says what the operation knows", (text, found) => {
    expect(query(text)).toEqual(found);
  });

  it("says a thing once, or nobody knows what was meant", () => {
    const once = { message: "It is there more than once: give one" };
    expect(refused(() => query("limit=1&limit=1&cursor=a&cursor=b"))).toEqual({
      code: "invalid_request",
      errors: [
        { path: "limit", ...once },
        { path: "cursor", ...once },
      ],
    });
  });

  it("has so many parameters, of whatever names", () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => `p${n}=`).join("&");
    expect(query(many(MAX_QUERY))).toEqual({});
    expect(refused(() => query(many(MAX_QUERY + 1))).code).toBe("invalid_request");
  });
});

it("a parameter in the path that is longer than anything there is names nothing", () => {
  expect(() => requireShort({ webhook: "x".repeat(MAX_PARAMETER) })).not.toThrow();
  expect(refused(() => requireShort({ webhook: "x".repeat(MAX_PARAMETER + 1) })).code).toBe("not_found");
});
