import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { callback } from "../../../test/inbound/callback.ts";
import { StandardSecret, standardId, verifyStandardWebhooks } from "./standard-webhooks.ts";

/** What the specification's own libraries test with. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIME = 1614265330;
const BODY = '{"test": 2432232314}';
const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

const signed = (signature = SIGNATURE, { family = "webhook", id = ID, time = String(TIME), body = BODY } = {}) =>
  callback(body, { [`${family}-id`]: id, [`${family}-timestamp`]: time, [`${family}-signature`]: signature });
const verify = (request = signed(), secrets = [SECRET], now = TIME, tolerance = 300) =>
  verifyStandardWebhooks(request, secrets, now, tolerance);
const v1 = (text: string, secret = SECRET) =>
  `v1,${createHmac("sha256", Buffer.from(secret.replace("whsec_", ""), "base64"))
    .update(text)
    .digest("base64")}`;

describe("a callback by Standard Webhooks", () => {
  it("is verified, by either family of headers, with the secret's prefix or without", async () => {
    expect(await verify()).toBe("verified");
    expect(await verify(signed(SIGNATURE, { family: "svix" }))).toBe("verified");
    expect(await verify(signed(), [SECRET.slice("whsec_".length)])).toBe("verified");
  });

  it("is verified by any secret and any signature of the list", async () => {
    const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    expect(await verify(signed(`v1,AAAA v2,${SIGNATURE.slice(3)} nonsense ${SIGNATURE}`), [other, SECRET])).toBe(
      "verified",
    );
    expect(await verify(signed(), [other])).toBe("bad_signature");
  });

  it.each([
    ["another body", { body: '{"test":2432232314}' }],
    ["another id", { id: "msg_p5jXN8AQM9LWM0D4loKWxJeK" }],
    ["another time", { time: String(TIME + 1) }],
  ])("is refused with %s", async (_, change) => {
    expect(await verify(signed(SIGNATURE, change))).toBe("bad_signature");
  });

  it.each(["v1", "v1,", ",", SIGNATURE.slice(3), SIGNATURE.replace("v1", "v2"), SIGNATURE.replace("v1", "v1a")])(
    "is refused with the signature %s",
    async (signature) => {
      expect(await verify(signed(signature))).toBe("bad_signature");
    },
  );

  it("looks at no more signatures than sixteen", async () => {
    const others = (count: number) => Array.from({ length: count }, () => "v1,AAAA");
    expect(await verify(signed([...others(15), SIGNATURE].join(" ")))).toBe("verified");
    expect(await verify(signed([...others(16), SIGNATURE].join(" ")))).toBe("bad_signature");
  });

  it("is stale too long after its time, and too long before it", async () => {
    for (const [offset, tolerance, verdict] of [
      [300, 300, "verified"],
      [301, 300, "stale"],
      [-300, 300, "verified"],
      [-301, 300, "stale"],
      [1_000_000, 0, "verified"],
    ] as const) {
      expect(await verify(signed(), [SECRET], TIME + offset, tolerance)).toBe(verdict);
    }
  });

  it.each([`${TIME}abc`, `${TIME}.0`, "-1", "1e9", `+${TIME}`])("is malformed with the time %s", async (time) => {
    expect(await verify(signed(v1(`${ID}.${time}.${BODY}`), { time }))).toBe("malformed");
  });

  it("is malformed with a dot in its id", async () => {
    expect(await verify(signed(v1(`a.b.${TIME}.${BODY}`), { id: "a.b" }))).toBe("malformed");
  });

  it("is unsigned without all three headers of one family", async () => {
    for (const missing of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
      const request = signed();
      request.headers.delete(missing);
      request.headers.set(missing.replace("webhook", "svix"), "1");
      expect(await verify(request)).toBe("missing_signature");
    }
  });

  it("is verified over bytes that are no text", async () => {
    const body = Uint8Array.of(0xff, 0x00, 0xfe);
    const data = Buffer.concat([Buffer.from(`${ID}.${TIME}.`), body]);
    const mac = createHmac("sha256", Buffer.from(SECRET.slice(6), "base64"))
      .update(data)
      .digest("base64");
    const request = { ...signed(`v1,${mac}`), body };
    expect(await verify(request)).toBe("verified");
  });

  it("is verified with a public key", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const key = `whpk_${raw.toString("base64")}`;
    const mark = sign(null, Buffer.from(`${ID}.${TIME}.${BODY}`), privateKey).toString("base64");
    expect(StandardSecret.safeParse(key).success).toBe(true);
    expect(await verify(signed(`${SIGNATURE} v1a,${mark}`), [key])).toBe("verified");
    expect(await verify(signed(`v1,${mark}`), [key])).toBe("bad_signature");
    expect(await verify(signed(`v1a,${mark}`, { body: `${BODY} ` }), [key])).toBe("bad_signature");
    expect(await verify(signed(`v1a,${mark.slice(4)}`), [key])).toBe("bad_signature");
    // A key that everybody knows must not serve as a secret.
    const forged = v1(`${ID}.${TIME}.${BODY}`, raw.toString("base64"));
    expect(await verify(signed(forged), [key])).toBe("bad_signature");
  });
});

it("gives a callback's id", () => {
  expect(standardId(signed().headers)).toBe(ID);
  expect(standardId(signed(SIGNATURE, { family: "svix" }).headers)).toBe(ID);
  expect(standardId(new Headers())).toBeNull();
});

it.each([
  ["", "must be base64"],
  ["whsec_", "must be base64"],
  ["whsec_no base64", "must be base64"],
  ["whsec_TWE=TWE=", "must be base64"],
  ["whpk_TWE=", "must be 32 bytes"],
  ["whsk_TWE=", "not the private one"],
])("refuses a secret with a sentence: %s", (secret, sentence) => {
  expect(StandardSecret.safeParse(secret).error?.issues).toEqual([
    expect.objectContaining({ message: expect.stringContaining(sentence) }),
  ]);
});
