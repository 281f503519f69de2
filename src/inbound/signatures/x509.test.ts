import { describe, expect, it } from "vitest";
import { base64, fromBase64 } from "../../lib/bytes.ts";
import { publicKeyOf } from "./x509.ts";

/** Made by OpenSSL; the keys are what Node's X509Certificate says is in them. */
const CERTIFICATES: [kind: string, pem: string, key: string][] = [
  [
    "version 3, elliptic curve",
    `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUSadR2q7585nRsRp19IIHLdMG5UYwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLc25zLmV4YW1wbGUwHhcNMjYxMTIyMDUwMTQ2WhcNMzYxMTE5
MDUwMTQ2WjAWMRQwEgYDVQQDDAtzbnMuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABJxGcNpE+cqoXXRdwoTd2xL6/4VuM18vh0MBVFNskNhAEpvuIrVX
BmeiUHKtz6c8bQzCD5j/eHkPrlNR5Z0CAFujUzBRMB0GA1UdDgQWBBSTFpFISYZh
Bd6/rupAh9Trsg2WDjAfBgNVHSMEGDAWgBSTFpFISYZhBd6/rupAh9Trsg2WDjAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCVEMfHXbCAMb2SUQF/
4EthEyqurPyQT10E+QJcJv1SUAIge5r4DKsLuj14Dw4FSruNYFlzeILt82ZcjXR4
dltLX2s=
-----END CERTIFICATE-----`,
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnEZw2kT5yqhddF3ChN3bEvr/hW4zXy+HQwFUU2yQ2EASm+4itVcGZ6JQcq3PpzxtDMIPmP94eQ+uU1HlnQIAWw==",
  ],
  [
    "version 1, which is not written",
    `-----BEGIN CERTIFICATE-----
MIIBJzCBzQIUbxaH1yt/i6zzEmZSqXKN6o5JWoswCgYIKoZIzj0EAwIwFjEUMBIG
A1UEAwwLc25zLmV4YW1wbGUwHhcNMjYxMTIyMDUwMTQ2WhcNMzYxMTE5MDUwMTQ2
WjAWMRQwEgYDVQQDDAtzbnMuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABObRETpTQk+IoIEorhz4mT1rrc1ZJcCcnNHTf2IGIKOAhzJxsmNdOpSYHTnZ
o7yPT52Iwls6tOWF000FRgNy6FcwCgYIKoZIzj0EAwIDSQAwRgIhAK/OnQbaUo1l
VmR+hW31g5AC+/JzvHcKiTQb77QLChF8AiEAhQjrl1vV/eQerN/7RIYIvzJrGhSt
ccgwkpLcDVt8UVw=
-----END CERTIFICATE-----`,
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5tEROlNCT4iggSiuHPiZPWutzVklwJyc0dN/YgYgo4CHMnGyY106lJgdOdmjvI9PnYjCWzq05YXTTQVGA3LoVw==",
  ],
  [
    "version 3, RSA, with lengths of two bytes",
    `-----BEGIN CERTIFICATE-----
MIIDDTCCAfWgAwIBAgIUZ05plXTQPqevFGibQ2NhqmfkI44wDQYJKoZIhvcNAQEL
BQAwFjEUMBIGA1UEAwwLc25zLmV4YW1wbGUwHhcNMjYxMTIyMDUwMTQ2WhcNMzYx
MTE5MDUwMTQ2WjAWMRQwEgYDVQQDDAtzbnMuZXhhbXBsZTCCASIwDQYJKoZIhvcN
AQEBBQADggEPADCCAQoCggEBAI3U8Jdk9uKhY15ZDzYDDjEO90fA1OBAFChIsP0m
iP3Xgto0yEPqVOPa3YWO5WksJQ+1UqAzgMD7i9XAdpyihtYahZ428Lsb0Q9C/8Vj
F5N+ofNnXY7Bmzwo45/GwnEyiHbOhgipkMo4s7Z4mkvVC0BxU4hu0V/PPOMA/qwW
Hl0DUWBPlXf23rOug6URxMeTmEVDJVfKJImixrdDZsE0w47KQr2az2sJgMLA/NTH
EJcECqKsUlfqnOkJyltlEi7I5DAIVtWQ9Vyax2gTiPq/2BTTm6PmQH4CSkXNV+op
ZkOD+LsR57dq3BqF79RnUJ4G1W4ntXb9b5YT1uCVzcXeKIcCAwEAAaNTMFEwHQYD
VR0OBBYEFC+UXOsf5/SZWYXQwh3w+9SIEBKIMB8GA1UdIwQYMBaAFC+UXOsf5/SZ
WYXQwh3w+9SIEBKIMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEB
AHl0yVT7zRaLXEWfJP89wY7giUUNi2mka0BLJar4jX/LPjKAlu5Ippk5K+eYc/9Y
5nB6g4PsUHxcovFoUo2d0GLn/l7GdUd/ldshwaIxkf8h4Gomk5kl8LGznpKZm/V4
CRd/PaqjrTW+4b+F8isJLidemuclFtr4mdFnFEDVPEQastyl4UjuBzym27Y1oN8t
V6S3qDW4iZpYHSRj/Hf+nWUfKFpWUtNrmMtnNmcc4dD5CG0bZMD6NDLuyldyKYjX
jF7YiaRZwX4FM3K72KHzg1efzObgaBVTXJqWpPmaUuQ6UXcNZZIKPBhLBlmDgoQB
q7qZ15HZXN4UzZc3JK/gtUQ=
-----END CERTIFICATE-----`,
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjdTwl2T24qFjXlkPNgMOMQ73R8DU4EAUKEiw/SaI/deC2jTIQ+pU49rdhY7laSwlD7VSoDOAwPuL1cB2nKKG1hqFnjbwuxvRD0L/xWMXk36h82ddjsGbPCjjn8bCcTKIds6GCKmQyjiztniaS9ULQHFTiG7RX8884wD+rBYeXQNRYE+Vd/bes66DpRHEx5OYRUMlV8okiaLGt0NmwTTDjspCvZrPawmAwsD81McQlwQKoqxSV+qc6QnKW2USLsjkMAhW1ZD1XJrHaBOI+r/YFNObo+ZAfgJKRc1X6ilmQ4P4uxHnt2rcGoXv1GdQngbVbie1dv1vlhPW4JXNxd4ohwIDAQAB",
  ],
];
const [[, PEM, KEY]] = CERTIFICATES as [[string, string, string]];

it.each(CERTIFICATES)("finds the key in a certificate of %s", (_, pem, key) => {
  expect(base64(publicKeyOf(pem))).toBe(key);
});

it("takes the first certificate of a file with others, and lines that end as on Windows", () => {
  const others = CERTIFICATES.slice(1).map(([, pem]) => pem);
  expect(base64(publicKeyOf([PEM, ...others].join("\n")))).toBe(KEY);
  expect(base64(publicKeyOf(`An explanation\r\n${PEM.replaceAll("\n", "\r\n")}\r\n`))).toBe(KEY);
});

it("gives WebCrypto what it can read", async () => {
  const [, , [, rsa]] = CERTIFICATES as [unknown, unknown, [string, string]];
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("spki", publicKeyOf(rsa), algorithm, false, ["verify"]);
  expect(key.type).toBe("public");
});

describe("refuses", () => {
  const der = fromBase64(PEM.replace(/-----[A-Z ]+-----/g, "").replaceAll("\n", "")) ?? new Uint8Array();
  const armour = (bytes: Uint8Array) => `-----BEGIN CERTIFICATE-----\n${base64(bytes)}\n-----END CERTIFICATE-----`;
  const changed = (at: number, to: number) => armour(Uint8Array.from(der, (byte, index) => (index === at ? to : byte)));

  it.each([
    ["nothing", ""],
    ["a page of HTML", "<html><body>503</body></html>"],
    ["no armour", base64(der)],
    ["another thing's armour", PEM.replaceAll("CERTIFICATE", "PUBLIC KEY")],
    ["no base64", "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----"],
    ["something else than a sequence", changed(0, 0x31)],
    ["an inner part that is no sequence", changed(4, 0x31)],
    ["a length that is not definite", changed(1, 0x80)],
    ["a length of more bytes than are sensible", changed(1, 0x84)],
    ["an element that is longer than what it is in", changed(5, 0x83)],
  ])("%s", (_, pem) => {
    expect(() => publicKeyOf(pem)).toThrow(RangeError);
  });

  it("one that is cut short, wherever", () => {
    for (let length = 1; length < der.length; length++) {
      expect(() => publicKeyOf(armour(der.subarray(0, length)))).toThrow(RangeError);
    }
  });
});
