import { describe, expect, it } from "vitest";
import { api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { spawnService } from "../support/service.ts";

describe("a deployment with a secret that could be guessed", () => {
  it.each([
    ["ADMIN_TOKEN", { ADMIN_TOKEN: "hunter2-" }, "ADMIN_TOKEN must have at least 24 characters"],
    ["ADMIN_TOKEN", { ADMIN_TOKEN: "hunter2-hunter2-hunter2-" }, "ADMIN_TOKEN is easy to guess"],
    ["ENCRYPTION_KEY", { ENCRYPTION_KEY: "hunter2-hunter2-" }, "The first of the encryption keys is easy to guess"],
  ])("does not begin to work: %s, %j", async (_, vars: Record<string, string>, complaint) => {
    const service = await spawnService({ vars });
    try {
      const call = api(service.url, service.adminToken);
      for (const path of ["/healthz", "/api/v1/workspaces"]) {
        const { status, json, text } = await call<{ code: string }>("GET", path);
        expect([path, status, json.code]).toEqual([path, 500, "internal_error"]);
        expect(text).not.toMatch(/ADMIN_TOKEN|encryption|hunter2/);
      }
      await eventually(service.output, (log) => log.includes(complaint));
      expect(service.output()).toContain("Misconfigured: ");
      expect(service.output()).not.toContain("hunter2");
    } finally {
      await service.stop();
    }
  });
});
