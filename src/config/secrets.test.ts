import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { open, seal, UnsealError } from "./secrets.ts";

/** The bytes 0 to 31. */
const KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const keyed = (key: string): Env => ({ ...env, ENCRYPTION_KEY: key });

describe("seal and open", () => {
  it("gives back what was sealed, in any script", async () => {
    const sealed = await seal(keyed(KEY), "whsec_ü€🔑", "endpoint_secret:wh_1");
    expect(await open(keyed(KEY), sealed, "endpoint_secret:wh_1")).toBe("whsec_ü€🔑");
  });

  it("writes the version, the id of the key, a fresh IV of 12 bytes, and the ciphertext", async () => {
    const first = await seal(keyed(KEY), "same", "it");
    const second = await seal(keyed(KEY), "same", "it");
    // The SHA-256 of the key, which is that of its text, begins with ccb67216. Four characters and a tag of 16 bytes take 27 characters.
    expect(first).toMatch(/^1\.ccb67216\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{27}$/);
    expect(second).not.toBe(first);
  });

  it("does not open what was moved, changed, or sealed under another key, and does not say what it was", async () => {
    const sealed = await seal(keyed(KEY), "hunter2", "endpoint_secret:wh_1");
    const [version, id, iv, text = ""] = sealed.split(".");
    const changed = [version, id, iv, (text.startsWith("A") ? "B" : "A") + text.slice(1)].join(".");
    const otherKey = keyed("//////////////////////////////////////////8=");
    for (const attempt of [
      () => open(keyed(KEY), sealed, "endpoint_secret:wh_2"),
      () => open(keyed(KEY), changed, "endpoint_secret:wh_1"),
      () => open(otherKey, sealed, "endpoint_secret:wh_1"),
      () => open(keyed(KEY), "hunter2", "endpoint_secret:wh_1"),
    ]) {
      const error = await attempt().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UnsealError);
      expect(String(error)).not.toContain("hunter2");
    }
  });

  it("names the variable when the key is too short", async () => {
    await expect(seal(keyed("too short"), "x", "y")).rejects.toThrow("ENCRYPTION_KEY must have at least 16 characters");
  });
});
