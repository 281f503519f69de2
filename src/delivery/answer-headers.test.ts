import fc from "fast-check";
import { expect, it } from "vitest";
import { Redactor } from "../lib/redact.ts";
import { keptHeaders as kept } from "./answer-headers.ts";

const keptHeaders = (headers: Headers) => kept(headers, new Redactor([]));

it("keeps what an answer says, and no credential", () => {
  const headers = new Headers([
    ["Content-Type", "application/json"],
    ["Set-Cookie", "session=abc"],
    ["Set-Cookie", "other=def"],
    ["X-Api-Key", "s3cret"],
    ["Via", "1.1 a"],
    ["Via", "1.1 b"],
  ]);
  expect(keptHeaders(headers)).toEqual({
    "content-type": "application/json",
    "set-cookie": "••••",
    via: "1.1 a, 1.1 b",
    "x-api-key": "••••",
  });
});

it("leaves out a value that is too long, and goes on with those that fit", () => {
  const headers = new Headers({ a: "x".repeat(3000), b: "y".repeat(2000), c: "z".repeat(100), d: "short" });
  expect(Object.keys(keptHeaders(headers))).toEqual(["b", "d"]);
});

it("keeps exactly 2,048 bytes and 30 headers", () => {
  expect(keptHeaders(new Headers({ a: "x".repeat(2047) }))).toHaveProperty("a");
  expect(keptHeaders(new Headers({ a: "x".repeat(2048) }))).toEqual({});
  const many = Array.from({ length: 31 }, (_, index): [string, string] => [`x-${String(index).padStart(2, "0")}`, "1"]);
  expect(Object.keys(keptHeaders(new Headers(many)))).toEqual(many.slice(0, 30).map(([name]) => name));
});

it("never takes more room than that", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
  const value = fc.stringMatching(/^[!-~]{0,400}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 60 }), (pairs) => {
      const kept = Object.entries(keptHeaders(new Headers(pairs)));
      expect(kept.length).toBeLessThanOrEqual(30);
      const bytes = kept.reduce((sum, [key, shown]) => sum + new TextEncoder().encode(key + shown).length, 0);
      expect(bytes).toBeLessThanOrEqual(2048);
    }),
  );
});
