import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { MalformedCallback } from "../../src/inbound/provider.ts";
import type { Vector } from "../../src/inbound/providers/fixtures.ts";
import { providers } from "../../src/inbound/providers/index.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import { sourceOfVector, urlOf } from "./fixtures.ts";

const vectors = env.TEST_VECTORS as Vector[];

it("there are vectors", () => {
  expect(vectors.length).toBeGreaterThan(0);
});

it.each(vectors.map((vector) => [vector.provider, vector.scheme, vector.note, vector] as const))(
  "%s, %s: %s",
  async (_, __, ___, vector) => {
    const { provider: name, ...source } = sourceOfVector(vector);
    const provider = providers[name];
    if (!provider) throw new Error(`There is no provider ${name}`);
    const request = {
      method: vector.method,
      url: urlOf(vector),
      headers: new Headers(vector.headers),
      body: vector.body_encoding === "base64" ? bytesOf(vector.body ?? "") : utf8(vector.body ?? ""),
    };
    const verdict = await provider
      .verify(request, source, {
        now: vector.now ?? Math.floor(Date.now() / 1000),
        fetchCertificate: async () => vector.secret_or_key,
        seenBefore: async () => false,
      })
      .catch(unreadable);
    if (vector.expect !== (vector.doubted ?? false)) expect(verdict).toBe("verified");
    else expect(verdict).not.toBe("verified");
  },
);

/** What cannot be read in order to be verified is refused, too; any other error is a fault. */
function unreadable(error: unknown): "malformed" {
  if (error instanceof MalformedCallback) return "malformed";
  throw error;
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
