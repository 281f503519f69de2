import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../src/local/wrangler.ts";
import { comparisonsIn, PRIMITIVE, sources } from "../support/comparisons.ts";

/**
 * That the time to refuse a signature or a token does not tell how much of it was right cannot be read off a clock in a
 * test. It can be read off the code: there is one comparison for what must not be guessed, and no other. Public keys need
 * none: who verifies with `crypto.subtle.verify` keeps nothing secret. Nor do the look-ups of tokens by their SHA-256: no
 * guess comes nearer to a digest than another.
 */

/** Texts for our customers' own code: what they compare, they compare in their languages' way. */
const SNIPPETS = "portal/snippets/";

const everything = sources(join(root, "src"));
const all = everything.filter(({ file }) => !file.startsWith(SNIPPETS));

const found = (file: string, source: string) => comparisonsIn(file, source).map(({ text }) => text);

it("nothing in the sources compares signatures, tokens or digests but the one primitive", () => {
  expect(all.length).toBeGreaterThan(200);
  expect(all.flatMap(({ file, source }) => comparisonsIn(file, source))).toEqual([]);
});

it("the primitive is there, and compares by the runtime's own function", () => {
  const primitive = all.find(({ file }) => file === PRIMITIVE);
  expect(primitive?.source.match(/crypto\.subtle\.timingSafeEqual\(/g)).toHaveLength(1);
});

it("a MAC is computed and compared, never given to verify(): that is for public keys", () => {
  const hmacKeys = all.flatMap(({ file, source }) =>
    [...source.matchAll(/name: "HMAC"[^;]*?\[([^\]]*)\]/g)].map(([, usages]) => `${file}: ${usages}`),
  );
  expect(hmacKeys).toEqual(['systems/wire.ts: "sign"', 'inbound/signatures/hmac.ts: "sign"']);
});

describe("the search", () => {
  it.each([
    "if (signature === expected) return true;",
    "return hex(mac) !== given;",
    "return given == row.token;",
    "if (expectedMac === given.toLowerCase()) {",
    "const same = claims.payload_hash === computed;",
    "if (this.#token === header) {",
    "return provided === env.ADMIN_TOKEN;",
    "return hash(given) === stored;",
    "return secrets.includes(given);",
    "return secrets[0]?.startsWith(given);",
    "return known.has(password);",
    "return digest.every((byte, at) => byte === digest[at]);",
    "return crypto.subtle.timingSafeEqual(a, b);",
    'import { timingSafeEqual } from "node:crypto";',
  ])("finds %s", (line) => {
    expect(found("api/x.ts", `const a = 1;\n${line}\n`)).toHaveLength(1);
    expect(comparisonsIn("api/x.ts", `const a = 1;\n${line}\n`)[0]?.line).toBe(2);
  });

  it.each([
    "if (signature === undefined) return null;",
    'if (typeof token !== "string") return;',
    "return token.length === 43;",
    'return caller.kind === "token";',
    "if (secret.startsWith(PREFIX)) return;",
    "const fits = algorithm === wanted;",
    "// the signature === expected here",
    "/* token === given\n */",
  ])("passes over %s", (line) => expect(found("api/x.ts", line)).toEqual([]));

  it("finds what is planted in every file of the sources", () => {
    const planted = "\nexport const leak = (signature: string, given: string) => signature === given;\n";
    const blind = all.filter(
      ({ file, source }) => file !== PRIMITIVE && found(file, source + planted).length === found(file, source).length,
    );
    expect(blind.map(({ file }) => file)).toEqual([]);
  });
});

it("what customers are shown to verify signatures with compares in constant time, in each language", () => {
  const primitives = {
    node: "timingSafeEqual(",
    php: "hash_equals(",
    python: "hmac.compare_digest(",
    go: "hmac.Equal(",
  };
  for (const [language, primitive] of Object.entries(primitives)) {
    const snippet = everything.find(({ file }) => file === `${SNIPPETS}${language}.ts`);
    // One for each form of a signature.
    expect(snippet?.source.split(primitive).length, language).toBeGreaterThan(2);
  }
});
