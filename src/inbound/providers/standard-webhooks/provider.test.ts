import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback, verifyContext } from "../../../../test/inbound/callback.ts";
import { MalformedCallback } from "../../provider.ts";
import { standardWebhooks } from "./provider.ts";

/** Published with the libraries of the specification. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY = '{"test": 2432232314}';
const TIME = 1614265330;
const headers = (family: string) => ({
  [`${family}-id`]: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  [`${family}-timestamp`]: String(TIME),
  [`${family}-signature`]: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
});
const source = (options = {}, signing_secret: unknown = SECRET) => ({
  credentials: { signing_secret },
  options,
  callbackUrl: CALLBACK_URL,
});

describe("verification", () => {
  const verify = (given: Record<string, string>, now = TIME, from = source()) =>
    standardWebhooks.verify(callback(BODY, given), from, verifyContext({ now }));

  it("agrees with the published signature, under both families of names", async () => {
    expect(await verify(headers("webhook"))).toBe("verified");
    expect(await verify(headers("svix"))).toBe("verified");
    expect(await verify({})).toBe("missing_signature");
  });

  it("allows five minutes unless it is told otherwise", async () => {
    expect(await verify(headers("webhook"), TIME + 300)).toBe("verified");
    expect(await verify(headers("webhook"), TIME + 301)).toBe("stale");
    expect(await verify(headers("webhook"), TIME - 301)).toBe("stale");
    expect(await verify(headers("webhook"), TIME + 301, source({ tolerance: 600 }))).toBe("verified");
    expect(await verify(headers("webhook"), 1, source({ tolerance: 0 }))).toBe("verified");
  });

  it("takes either of two secrets", async () => {
    expect(await verify(headers("webhook"), TIME, source({}, ["whsec_bmV3", SECRET]))).toBe("verified");
    expect(await verify(headers("webhook"), TIME, source({}, "whsec_bmV3"))).toBe("bad_signature");
  });
});

describe("normalisation", () => {
  const normalise = (body: string, options = {}, given: Record<string, string> = headers("webhook")) =>
    standardWebhooks.normalise(callback(body, given), source(options));

  it("passes an event on under the id that is signed", async () => {
    const body = '{"type":"invoice.paid","timestamp":"2022-11-03T20:26:10.344522Z","data":{"id":"1"}}';
    const record = {
      type: "generic",
      event: "invoice.paid",
      dedup_key: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      occurred_at: "2022-11-03T20:26:10.344Z",
      raw: JSON.parse(body),
    };
    expect(await normalise(body)).toEqual([record]);
    expect(await normalise(body, { event: "other" }, headers("svix"))).toEqual([record]);
  });

  it("names events without a type as it was told", async () => {
    expect(await normalise(BODY, { event: "measured" })).toMatchObject([{ event: "measured", occurred_at: null }]);
    await expect(normalise(BODY)).rejects.toThrow(MalformedCallback);
  });

  it("makes nothing of what is no object or has no id", async () => {
    await expect(normalise("[]", { event: "a" })).rejects.toThrow(MalformedCallback);
    await expect(normalise(BODY, { event: "a" }, {})).rejects.toThrow(MalformedCallback);
  });
});

it("is set up with secrets that can be one", () => {
  for (const bad of ["", "whsec_", "whsec_*", ["whsec_bmV3", ""], "whsk_bmV3"]) {
    expect(standardWebhooks.credentials.safeParse({ signing_secret: bad }).success).toBe(false);
  }
  expect(standardWebhooks.options.safeParse({ event: "" }).success).toBe(false);
});
