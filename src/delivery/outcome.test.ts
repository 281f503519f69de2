import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ATTEMPT_ERRORS } from "./contract.ts";
import { outcomeOf, redactorOf, refused } from "./outcome.ts";

const hidden = redactorOf({
  headers: { "X-Api-Key": "opensesame" },
  secrets: ["whsec_b3BlbnNlc2FtZWFnYWlu"],
  verifyToken: "verify-me-not",
});
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;
/** A body whose every byte takes six in JSON, headers, and the rest: a row of a hundred such has its own bound. */
const MOST = 4096 * 6 + 2048 * 2 + 2048;

const answers = fc.record({
  status: fc.oneof(fc.constant(null), fc.integer(), fc.double()),
  durationMs: fc.double(),
  error: fc.constantFrom(null, ...ATTEMPT_ERRORS),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 9000 }),
    fc.constantFrom(0, 1, 0x22, 0xff).map((byte) => new Uint8Array(9000).fill(byte)),
  ),
  headers: fc
    .array(fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,60}$/), fc.stringMatching(/^[!-~]{0,3000}$/)), {
      maxLength: 50,
    })
    .map((pairs) => new Headers(pairs)),
  retryAfterMs: fc.oneof(fc.constant(null), fc.double(), fc.maxSafeInteger()),
});

describe("an outcome", () => {
  it("fits, whatever was answered", () => {
    fc.assert(
      fc.property(answers, fc.string({ maxLength: 5000 }), (answer, signature) => {
        const outcome = outcomeOf(0, 1, signature, answer, hidden);
        expect(bytesOf(outcome)).toBeLessThan(MOST);
        expect(new TextEncoder().encode(outcome.responseBody).length).toBeLessThanOrEqual(4096);
        // As it comes out of the row: no NaN, no infinity, nothing that JSON turns into null.
        expect(JSON.parse(JSON.stringify(outcome))).toEqual(JSON.parse(JSON.stringify(structuredClone(outcome))));
        for (const number of [outcome.status ?? 0, outcome.durationMs, outcome.retryAfterMs ?? 0]) {
          expect(Number.isFinite(number) && number >= 0).toBe(true);
        }
      }),
    );
  });

  it("hides what the receiver echoes, in body and headers, names too", () => {
    const headers = new Headers({
      "x-echo": "you sent opensesame",
      "x-packed": btoa("key: opensesame"),
      "x-opensesame": "1",
      "x-verified-by": "verify-me-not",
      "x-plain": "plain",
    });
    const body = new TextEncoder().encode(`opensesame ${btoa("opensesame")} b3BlbnNlc2FtZWFnYWlu verify-me-not`);
    const answer = { status: 200, durationMs: 1, error: null, body, headers, retryAfterMs: null };
    const { responseBody, responseHeaders } = outcomeOf(0, 1, undefined, answer, hidden);
    expect(responseBody).toMatch(/^•••• ••••\S{0,3} •••• ••••$/);
    expect(Object.keys(responseHeaders ?? {}).sort()).toEqual(["x-echo", "x-packed", "x-plain", "x-verified-by"]);
    expect(responseHeaders?.["x-verified-by"]).toBe("••••");
    expect(responseHeaders?.["x-echo"]).toBe("you sent ••••");
    expect(responseHeaders?.["x-packed"]).toMatch(/^\S{0,8}••••\S{0,3}$/);
  });

  it("of an attempt that was not made is bounded as well", () => {
    const outcome = refused(0, { kind: "forbidden", reason: "é".repeat(10_000) });
    expect(new TextEncoder().encode(outcome.responseBody).length).toBeLessThanOrEqual(4096);
  });
});
