import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SpawnedService, spawnService } from "../support/service.ts";

/** What is the same for everybody until the next deployment is made once, and not sent to who has it. */

let service: SpawnedService;

beforeAll(async () => {
  service = await spawnService();
});

afterAll(() => service.stop());

/** As it comes over the wire: `fetch` unpacks what is packed. */
function raw(path: string, headers: Record<string, string> = {}, method = "GET") {
  return new Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }>(
    (resolve, reject) => {
      request(service.url + path, { method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      })
        .on("error", reject)
        .end();
    },
  );
}

const asset = async (): Promise<string> => {
  const { body } = await raw("/docs");
  const [, path = ""] = /href="(\/portal\/assets\/[^"]+)"/.exec(body.toString()) ?? [];
  return path;
};

describe.each(["/docs", "/openapi.json", "an asset"])("%s", (name) => {
  let path: string;
  beforeAll(async () => {
    path = name === "an asset" ? await asset() : name;
  });

  it("is the same for each request, and may be kept", async () => {
    const [one, other] = [await raw(path), await raw(path, { cookie: "posthorn_theme=dark" })];
    expect(one.status).toBe(200);
    expect(one.body.equals(other.body)).toBe(true);
    expect(one.headers.etag).toMatch(/^W\/"[^"]+"$/);
    expect(other.headers.etag).toBe(one.headers.etag);
    expect(one.headers["cache-control"]).toMatch(/^public, max-age=[1-9]\d*/);
    expect(one.headers.vary).toBe(path === "/openapi.json" ? "Origin, Accept-Encoding" : "Accept-Encoding");
  });

  // RFC 9110, 13.1.2 and 15.4.5: a weak comparison, of any in the list.
  it.each([
    ["it", (tag: string) => tag],
    ["it among others", (tag: string) => `"x", ${tag}`],
    ["it as a strong one", (tag: string) => tag.replace("W/", "")],
    ["anything", () => "*"],
  ])("is not sent again to who has %s", async (_, of) => {
    const { headers } = await raw(path);
    const again = await raw(path, { "if-none-match": of(String(headers.etag)) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    // A browser takes these for what it has: they must be those of the page (RFC 9111, 3.2).
    for (const header of ["etag", "cache-control", "vary", "content-security-policy"]) {
      expect(again.headers[header], header).toBe(headers[header]);
    }
  });

  it("is sent to who has another", async () => {
    expect((await raw(path, { "if-none-match": '"another", W/"x"' })).status).toBe(200);
  });

  it("is packed once, and well", async () => {
    const plain = await raw(path, { "accept-encoding": "identity" });
    const packed = await raw(path, { "accept-encoding": "br;q=0.5, gzip" });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    expect((await raw(path, { "accept-encoding": "gzip;q=0" })).headers["content-encoding"]).toBeUndefined();
    const head = await raw(path, { "accept-encoding": "gzip" }, "HEAD");
    expect([head.status, head.body.length, head.headers.etag]).toEqual([200, 0, plain.headers.etag]);
  });
});

it("the API's page has a policy that lets its own files run, and nothing written into it", async () => {
  const { headers, body } = await raw("/docs");
  const html = body.toString();
  expect(html).not.toContain("nonce");
  expect(html).not.toMatch(/<script(?![^>]* src="\/portal\/assets\/)|<style| style=| on[a-z]+="/);
  const policy = String(headers["content-security-policy"]).split("; ");
  expect(policy).toEqual(
    expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]),
  );
  expect(policy.join()).not.toContain("unsafe");
});
