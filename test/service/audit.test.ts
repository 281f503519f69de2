import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { root } from "../../src/local/wrangler.ts";

/** `npm run audit`, asking a registry of the test's own. */
async function audit(registry: RequestListener): Promise<{ code: number | null; said: string }> {
  const server = createServer(registry).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_fetch_retries: "0",
    npm_config_audit: "true",
  };
  try {
    const child = spawn(process.execPath, [join(root, "src/local/audit.ts")], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    return { code, said };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const BULK = "/-/npm/v1/security/advisories/bulk";

/** A registry that knows so much, by the packages' names, and has no packages. */
const knowing =
  (advisories: object): RequestListener =>
  (request, response) => {
    const asked = request.method === "POST" && request.url === BULK;
    response.writeHead(asked ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(asked ? advisories : {}));
  };

it("is content where nothing is known", async () => {
  const { code, said } = await audit(knowing({}));
  expect(said).toMatch(/^Nothing is known against the \d+ packages/);
  expect(code).toBe(0);
});

it("fails where something is known against what the Worker runs with", async () => {
  const title = "Everything gets through";
  const advisory = {
    id: 1,
    url: "https://example.com/1",
    title,
    severity: "high",
    vulnerable_versions: "<99",
    cwe: [],
  };
  const { code, said } = await audit(knowing({ hono: [advisory] }));
  expect(said).toMatch(/^VULNERABLE:\n(.*\n)*hono, high: Everything gets through \(https:\/\/example.com\/1\)$/m);
  expect(code).toBe(1);
});

it.each([404, 405, 501])("says that nothing was looked up where the registry answers %i", async (status) => {
  const { code, said } = await audit((_, response) => response.writeHead(status).end());
  expect(said).toMatch(/^NOT AUDITED: this registry offers no audit/);
  expect(code).toBe(0);
});

it.each([403, 503])("fails where the registry could not be asked: %i", async (status) => {
  const { code, said } = await audit((_, response) => response.writeHead(status).end());
  expect(said).toMatch(/^The registry could not be asked/);
  expect(code).toBe(2);
});

it("fails where nobody answers", async () => {
  const { code, said } = await audit((request) => request.socket.destroy());
  expect(said).toMatch(/^The registry could not be asked/);
  expect(code).toBe(2);
});
