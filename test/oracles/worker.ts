import { providers } from "../../src/inbound/providers/index.ts";
import { fromBase64 } from "../../src/lib/bytes.ts";
import type { Case } from "./protocol.ts";

/** Verifies callbacks where they are verified in production: in the Workers runtime. Nothing is stored or fetched. */
export default {
  async fetch(request: Request): Promise<Response> {
    const cases = (await request.json()) as Case[];
    return Response.json(await Promise.all(cases.map(verdictOf)));
  },
} satisfies ExportedHandler;

async function verdictOf({ provider: name, request, source, now, certificates = {} }: Case): Promise<string> {
  const provider = providers[name];
  if (!provider) return `there is no provider ${name}`;
  try {
    return await provider.verify(
      {
        method: request.method,
        url: new Request(request.url).url,
        headers: new Headers(request.headers),
        body: fromBase64(request.body) ?? new Uint8Array(),
      },
      source,
      {
        now,
        fetchCertificate: async (url) => {
          const certificate = certificates[url];
          if (certificate === undefined) throw new Error(`There is no certificate at ${url}`);
          return certificate;
        },
        seenBefore: async () => false,
      },
    );
  } catch (error) {
    return `it threw: ${error}`;
  }
}
