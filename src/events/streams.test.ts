import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { DatabaseAway } from "../config/away.ts";
import { streamsOf } from "./streams.ts";

/** Of this one nothing was ever read. */
const UNKNOWN = 987_001;

it("finds out how many streams there are before anything goes to one of them", async () => {
  const refusing = {
    prepare: () => ({ bind: () => ({}) }),
    batch: () => Promise.reject(new Error("D1 is overloaded")),
  };
  const away = new Proxy(env, {
    get: (target, name) => (name === "DB" ? refusing : Reflect.get(target, name)),
  });
  // By one that is taken for it a key would not be found where it was used, and its event stored twice.
  await expect(streamsOf(away, UNKNOWN)).rejects.toThrow(DatabaseAway);
});
