import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Service, startService } from "../../src/local/service.ts";
import { builtDir } from "../support/build.ts";
import { editDatabase } from "../support/database.ts";
import { signedIn } from "../support/portal.ts";
import { ADMIN_TOKEN } from "../support/service.ts";

/** A local run has no clock of Cloudflare's: what runs by it there is run by the process here. */

const stateDir = mkdtempSync(join(tmpdir(), "posthorn-"));
const start = () =>
  startService({
    ...{ port: 0, stateDir, vars: { ADMIN_TOKEN, ALLOW_PRIVATE_TARGETS: "true", DNS_GUARD: "off" } },
    scriptPath: join(builtDir, "index.js"),
  });

let service: Service;
beforeAll(async () => {
  service = await start();
});
afterAll(async () => {
  await service.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const sessions = () =>
  editDatabase(
    stateDir,
    async (db) => (await db.prepare("SELECT expires_at FROM portal_sessions").all()).results.length,
  );

it("sweeps what has ended, and says where it could not", async () => {
  await signedIn(service.url, ADMIN_TOKEN);
  const anna = await signedIn(service.url, ADMIN_TOKEN);
  await service.stop();
  expect(await sessions()).toBe(2);
  await editDatabase(stateDir, (db) =>
    db.prepare("UPDATE portal_sessions SET expires_at = 1 WHERE hash = (SELECT min(hash) FROM portal_sessions)").run(),
  );
  service = await start();
  await service.runScheduled();
  await service.stop();
  expect(await sessions()).toBe(1);
  expect(anna.cookies()).toContain("posthorn_session=");

  await editDatabase(stateDir, (db) => db.prepare("ALTER TABLE portal_sessions RENAME TO elsewhere").run());
  service = await start();
  await expect(service.runScheduled()).rejects.toThrow("has failed");
});
