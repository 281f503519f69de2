import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { callWithRetry, nameOf } from "./objects.ts";

it("an object is called what it was addressed by", () => {
  expect(nameOf({ id: env.ENDPOINT.idFromName("wh_1") })).toBe("wh_1");
});

it("one that was addressed by text has no name, which is no name to go on under", () => {
  const id = env.EVENT_STREAM.idFromString(env.EVENT_STREAM.idFromName("7").toString());
  expect(() => nameOf({ id })).toThrow(/without its name/);
});

describe("a call with a retry", () => {
  /** Stubs that are told apart by their number, the first of which fail so. */
  function failing(...errors: Error[]) {
    let stubs = 0;
    const call = (stub: number) => {
      const error = errors[stub - 1];
      if (error) throw error;
      return stub;
    };
    return () => callWithRetry({ getByName: () => ++stubs }, "wh_1", call);
  }

  const retryable = Object.assign(new Error("It restarts"), { retryable: true });
  const overloaded = Object.assign(new Error("It is overloaded"), { retryable: true, overloaded: true });

  it("is made again once, on another stub, where the platform says that it may help", async () => {
    expect(await failing()()).toBe(1);
    expect(await failing(retryable)()).toBe(2);
    await expect(failing(retryable, retryable)()).rejects.toBe(retryable);
  });

  it.each([overloaded, new Error("A bug")])("is not made again for anything else: %s", async (error) => {
    await expect(failing(error)()).rejects.toBe(error);
  });
});
