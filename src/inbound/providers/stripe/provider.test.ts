import { describe, expect, it } from "vitest";
import { CALLBACK_URL, callback, mac, NOW, verifyContext } from "../../../../test/inbound/callback.ts";
import { MalformedCallback } from "../../provider.ts";
import { stripe } from "./provider.ts";

const SECRET = "whsec_dGVzdA==";
const BODY = '{"id":"evt_1","object":"event","type":"invoice.paid","created":1700000000}';
const source = (signing_secret: unknown = SECRET, options = {}) => ({
  credentials: { signing_secret },
  options,
  callbackUrl: CALLBACK_URL,
});
const v1 = (time: number, body = BODY, secret = SECRET) => mac("sha256", secret, `${time}.${body}`, "hex");
const verify = (header: string | undefined, from = source(), body = BODY) =>
  stripe.verify(callback(body, header === undefined ? {} : { "Stripe-Signature": header }), from, verifyContext());

describe("verification", () => {
  it("takes the secret as the text that it is", async () => {
    expect(await verify(`t=${NOW},v1=${v1(NOW)}`)).toBe("verified");
    const decoded = v1(NOW, BODY, "test");
    expect(await verify(`t=${NOW},v1=${decoded}`)).toBe("bad_signature");
  });

  it("finds the right one of several, and of several secrets", async () => {
    const others = `v0=${v1(NOW)},v1=potato,v1=${"00".repeat(32)}`;
    expect(await verify(`t=${NOW},${others},v1=${v1(NOW)}`)).toBe("verified");
    expect(await verify(`t=${NOW},${others}`)).toBe("bad_signature");
    const both = source(["new", SECRET]);
    expect(await verify(`t=${NOW},v1=${v1(NOW)}`, both)).toBe("verified");
    expect(await verify(`t=${NOW},v1=${v1(NOW, BODY, "new")}`, both)).toBe("verified");
    expect(await verify(`t=${NOW},v1=${v1(NOW, BODY, "older")}`, both)).toBe("bad_signature");
  });

  it("looks at the age, not at a clock that is ahead", async () => {
    const at = (time: number, options = {}) => verify(`t=${time},v1=${v1(time)}`, source(SECRET, options));
    expect(await at(NOW - 300)).toBe("verified");
    expect(await at(NOW - 301)).toBe("stale");
    expect(await at(NOW + 100_000)).toBe("verified");
    expect(await at(NOW - 100_000, { tolerance: 0 })).toBe("verified");
  });

  it.each([
    ["missing_signature", undefined],
    ["missing_signature", ""],
    ["bad_signature", `v1=${v1(NOW)}`],
    ["bad_signature", `t=${NOW}`],
    ["bad_signature", `t=${NOW}x,v1=${v1(NOW)}`],
    ["bad_signature", `t=${NOW - 1},v1=${v1(NOW)}`],
    ["bad_signature", `t=${NOW},t=${NOW},v1=${v1(NOW)}`],
    ["bad_signature", "nonsense"],
  ])("says %s of %s", async (verdict, header) => expect(await verify(header)).toBe(verdict));

  it("reads the bytes, not what they mean", async () => {
    const escaped = '{"id":"evt_1","type":"caf\\u00e9"}';
    const header = `t=${NOW},v1=${v1(NOW, escaped)}`;
    expect(await verify(header, source(), escaped)).toBe("verified");
    expect(await verify(header, source(), JSON.stringify(JSON.parse(escaped)))).toBe("bad_signature");
  });
});

it("is set up with one secret or two, none of them empty", () => {
  expect(stripe.credentials.safeParse({ signing_secret: "" }).error?.issues[0]?.message).toBe("It must not be empty");
  for (const bad of [undefined, [], ["a", "b", "c"], ["a", ""], 5]) {
    expect(stripe.credentials.safeParse({ signing_secret: bad }).success).toBe(false);
  }
  expect(stripe.options.safeParse({ tolerance: 300, other: 1 }).success).toBe(false);
});

describe("normalisation", () => {
  const normalise = (body: string) => stripe.normalise(callback(body), source());

  it("passes an event on", async () => {
    expect(await normalise(BODY)).toEqual([
      {
        type: "generic",
        event: "invoice.paid",
        dedup_key: "evt_1",
        occurred_at: "2023-11-14T22:13:20.000Z",
        raw: JSON.parse(BODY),
      },
    ]);
  });

  it("knows thin events, whose time is text", async () => {
    const thin = '{"id":"evt_2","type":"v1.billing.meter.error_report_triggered","created":"2024-09-17T06:20:52.246Z"}';
    expect(await normalise(thin)).toMatchObject([{ occurred_at: "2024-09-17T06:20:52.246Z" }]);
  });

  it.each(["", "[]", "{}", '{"id":"evt_1"}', '{"type":"a"}'])("makes nothing of %s", async (body) => {
    await expect(normalise(body)).rejects.toThrow(MalformedCallback);
  });
});

it("answers", () => {
  expect(stripe.respond([])).toEqual({ status: 200 });
  expect(stripe.refuse("missing_signature").status).toBe(401);
  for (const verdict of ["bad_signature", "stale"] as const) expect(stripe.refuse(verdict).status).toBe(403);
});
