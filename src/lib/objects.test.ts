import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { nameOf } from "./objects.ts";

it("an object is called what it was addressed by", () => {
  expect(nameOf({ id: env.ENDPOINT.idFromName("wh_1") })).toBe("wh_1");
});

it("one that was addressed by text has no name, which is no name to go on under", () => {
  const id = env.EVENT_STREAM.idFromString(env.EVENT_STREAM.idFromName("7").toString());
  expect(() => nameOf({ id })).toThrow(/without its name/);
});
