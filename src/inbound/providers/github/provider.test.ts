import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback, mac, verifyContext } from "../../../../test/inbound/callback.ts";
import { keep } from "../../keeping.ts";
import { MalformedCallback } from "../../provider.ts";
import { github } from "./provider.ts";

const SECRET = "It's a Secret to Everybody";
const source = (secret: unknown = SECRET) => ({ credentials: { secret }, options: {}, callbackUrl: CALLBACK_URL });
const verify = (body: string, signature: string | undefined, from = source()) =>
  github.verify(
    callback(body, signature === undefined ? {} : { "X-Hub-Signature-256": signature }),
    from,
    verifyContext(),
  );

/** The example of docs.github.com. */
const PUBLISHED = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

describe("verification", () => {
  it("agrees with GitHub's own example, in either case", async () => {
    expect(await verify("Hello, World!", `sha256=${PUBLISHED}`)).toBe("verified");
    expect(await verify("Hello, World!", `sha256=${PUBLISHED.toUpperCase()}`)).toBe("verified");
  });

  it.each([
    ["missing_signature", undefined],
    ["missing_signature", ""],
    ["bad_signature", "foo"],
    ["bad_signature", "sha256="],
    ["bad_signature", PUBLISHED],
    ["bad_signature", `sha1=${PUBLISHED}`],
    ["bad_signature", `sha256=${PUBLISHED.slice(2)}`],
    ["bad_signature", `sha256=0${PUBLISHED.slice(1)}`],
  ])("says %s of %s", async (verdict, header) => expect(await verify("Hello, World!", header)).toBe(verdict));

  it("does not look at the signature by SHA-1", async () => {
    const headers = { "X-Hub-Signature": `sha1=${mac("sha1", SECRET, "{}", "hex")}` };
    expect(await github.verify(callback("{}", headers), source(), verifyContext())).toBe("missing_signature");
  });

  it("takes either of two secrets", async () => {
    expect(await verify("Hello, World!", `sha256=${PUBLISHED}`, source(["new", SECRET]))).toBe("verified");
    expect(await verify("Hello, World!", `sha256=${PUBLISHED}`, source(["new", "newer"]))).toBe("bad_signature");
  });

  it("refuses what was parsed and written again", async () => {
    const escaped = '{"name":"caf\\u00e9"}';
    const signature = `sha256=${mac("sha256", SECRET, escaped, "hex")}`;
    expect(await verify(escaped, signature)).toBe("verified");
    expect(await verify(JSON.stringify(JSON.parse(escaped)), signature)).toBe("bad_signature");
  });
});

describe("normalisation", () => {
  const headers = { "X-GitHub-Event": "push", "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958" };
  const expected = { type: "generic", event: "push", dedup_key: headers["X-GitHub-Delivery"], occurred_at: null };
  const normalise = (body: string, given: Record<string, string>) => github.normalise(callback(body, given), source());

  it("takes name and key from the headers", async () => {
    const record = { ...expected, raw: { ref: "refs/heads/main" } };
    expect(await normalise('{"ref":"refs/heads/main"}', headers)).toEqual([record]);
  });

  it("reads a form, and verifies it as it came", async () => {
    const form = { ...headers, "Content-Type": "application/x-www-form-urlencoded" };
    const body = "payload=%7B%22ref%22%3A%22a+b%22%7D";
    expect(await normalise(body, form)).toEqual([{ ...expected, raw: { ref: "a b" }, text: '{"ref":"a b"}' }]);
    expect(await verify(body, `sha256=${mac("sha256", SECRET, body, "hex")}`)).toBe("verified");
    expect(await verify('{"ref":"a b"}', `sha256=${mac("sha256", SECRET, body, "hex")}`)).toBe("bad_signature");
    await expect(normalise("other=1", form)).rejects.toThrow(MalformedCallback);
  });

  it("passes a push of 25 MB on without its payload, which it does not parse, and says so", async () => {
    // Two million paths of changed files are more values than are read of any callback.
    const push = `{"commits":[{"modified":["${'a","'.repeat(6_000_000)}"]}]}`;
    const form = { ...headers, "Content-Type": "application/x-www-form-urlencoded" };
    expect(github.maxBody).toBe(26_214_400);
    for (const [body, given] of [
      [push, headers],
      [`payload=${"%7B".repeat(8_000_000)}`, form],
    ] as const) {
      const [record] = await normalise(body, given);
      expect(record).toEqual({ ...expected, raw: null, truncated: ["payload"] });
      const { records } = keep(record ? [record] : [], null, new Uint8Array(body.length));
      expect(records).toEqual([{ ...expected, raw: null, text: null, truncated: ["payload"] }]);
    }
  });

  it("has the payload of the longest that an event shows, however it is written", async () => {
    const text = JSON.stringify("€".repeat(179_998));
    const form = { ...headers, "Content-Type": "application/x-www-form-urlencoded" };
    expect(await normalise(text, headers)).toEqual([{ ...expected, raw: JSON.parse(text) }]);
    const [record] = await normalise(`payload=${encodeURIComponent(text)}`, form);
    expect(record).toMatchObject({ text });
  });

  it("makes nothing of a callback without a name, a key or a body", async () => {
    for (const name of ["X-GitHub-Event", "X-GitHub-Delivery"] as const) {
      await expect(normalise("{}", { ...headers, [name]: "" })).rejects.toThrow(MalformedCallback);
    }
    await expect(normalise("", headers)).rejects.toThrow(MalformedCallback);
  });
});

it("answers, and is set up with no empty secret", () => {
  expect(github.respond([])).toEqual({ status: 200 });
  expect([github.refuse("missing_signature").status, github.refuse("bad_signature").status]).toEqual([401, 403]);
  expect(github.credentials.safeParse({ secret: "" }).success).toBe(false);
});
