import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { open, seal, UnsealError } from "./secrets.ts";

/** The bytes 0 to 31. */
const KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/** The bytes from 31 down to 0. */
const OTHER = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
const keyed = (key: string): Env => ({ ...env, ENCRYPTION_KEY: key });
const keyedWith = (ENCRYPTION_KEYS: string, ENCRYPTION_KEY = ""): Env =>
  Object.assign({ ...env, ENCRYPTION_KEY }, { ENCRYPTION_KEYS });

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
    const otherKey = keyed(OTHER);
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

describe("several keys", () => {
  const sealed = () => seal(keyed(KEY), "hunter2", "it");

  it("seal by the first, and open by all", async () => {
    const both = keyedWith(`${OTHER}, ${KEY}`);
    expect(await open(both, await sealed(), "it")).toBe("hunter2");
    const anew = await seal(both, "hunter2", "it");
    // The SHA-256 of the SHA-256 of its text begins with that.
    expect(anew).toMatch(/^1\.afc7fd06\./);
    expect(await open(keyed(OTHER), anew, "it")).toBe("hunter2");
    await expect(open(keyed(KEY), anew, "it")).rejects.toThrow("The sealed value of it cannot be opened (key)");
  });

  it("have the single key as the oldest", async () => {
    const both = keyedWith(OTHER, KEY);
    expect(await open(both, await sealed(), "it")).toBe("hunter2");
    expect(await seal(both, "hunter2", "it")).toMatch(/^1\.afc7fd06\./);
  });

  it("open what the first of them sealed before others were added behind it", async () => {
    expect(await open(keyedWith(`${KEY} ${OTHER} ${KEY}`), await sealed(), "it")).toBe("hunter2");
  });

  it("are refused where two have the same id, by the names of their variables", async () => {
    // Both digests of digests begin with 3643ad6a.
    const pair = keyedWith("one-key-of-a-pair-27940 one-key-of-a-pair-46640");
    const error = await seal(pair, "hunter2", "it").catch(String);
    expect(error).toMatch(/two of ENCRYPTION_KEYS and ENCRYPTION_KEY have the same id/);
    expect(error).not.toMatch(/pair-/);
  });
});
