import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { base64, utf8 } from "../../lib/bytes.ts";
import { P256_PUBLIC } from "../providers/fixtures.ts";
import { fromHex } from "./hmac.ts";
import { importPublicKey, PublicKey } from "./public-key.ts";

/** RFC 6979, A.2.5: a key, and the signature of "sample" with SHA-256. */
const PREFIX = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
const X = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
const Y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const SIGNATURE =
  "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

const encoded = (digits: string) => base64(fromHex(digits) ?? new Uint8Array());
const KEY = encoded(`${PREFIX}04${X}${Y}`);
const armoured = (text: string, label = "PUBLIC KEY") => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
const faultOf = (text: string) => PublicKey.safeParse(text).error?.issues.map(({ message }) => message);

describe("a public key", () => {
  it.each([
    ["base64", KEY],
    ["base64 in lines", `${KEY.slice(0, 64)}\r\n${KEY.slice(64)}\n`],
    ["PEM", armoured(`${KEY.slice(0, 64)}\n${KEY.slice(64)}`)],
    ["PEM on one line", armoured(KEY).replaceAll("\n", "")],
  ])("is taken as %s", async (_, text) => {
    expect(PublicKey.parse(text)).toBe(text);
    const key = await importPublicKey(text);
    const verify = (data: string) =>
      crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, fromHex(SIGNATURE) ?? new Uint8Array(), utf8(data));
    expect(await verify("sample")).toBe(true);
    expect(await verify("simple")).toBe(false);
  });

  it("may be any on the curve", () => {
    expect(faultOf(P256_PUBLIC)).toBeUndefined();
    for (let round = 0; round < 5; round++) {
      const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      expect(faultOf(publicKey.export({ type: "spki", format: "pem" }).toString())).toBeUndefined();
    }
  });

  const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
  it.each([
    ["", "as PEM or as base64"],
    ["no key!", "as PEM or as base64"],
    [KEY.slice(0, -8), "on the curve P-256"],
    [encoded(`${PREFIX}04${X}${Y}00`), "on the curve P-256"],
    [encoded(`3039301306072a8648ce3d020106082a8648ce3d03010703220003${X}`), "uncompressed"],
    [encoded(`${PREFIX}04${X}${X}`), "its point is not on the curve"],
    [encoded(`${PREFIX}04${"f".repeat(128)}`), "its point is not on the curve"],
    [armoured(KEY, "EC PRIVATE KEY"), "not the private one"],
    [armoured(KEY, "CERTIFICATE"), "PUBLIC KEY"],
    [armoured(KEY).replace("-----END PUBLIC KEY-----", ""), "as PEM or as base64"],
  ])("that is none is refused with a sentence: %s", async (text, sentence) => {
    expect(faultOf(text)).toEqual([expect.stringContaining(sentence)]);
    await expect(importPublicKey(text)).rejects.toThrow(sentence);
  });

  it("of another kind is refused", () => {
    expect(faultOf(rsa().export({ type: "spki", format: "pem" }).toString())).toEqual([
      expect.stringContaining("P-256"),
    ]);
  });
});
