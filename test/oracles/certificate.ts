import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";

/** A self-signed certificate of a fresh RSA key (X.509 version 3, RFC 5280): node:crypto makes none. */
export function newCertificate(): { privateKey: KeyObject; pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const sha256WithRsa = sequence(Buffer.from("06092a864886f70d01010b0500", "hex"));
  // commonName, as UTF8String.
  const name = sequence(der(0x31, sequence(Buffer.from("0603550403", "hex"), der(0x0c, Buffer.from("sns.test")))));
  const validity = sequence(utcTime("250101000000Z"), utcTime("450101000000Z"));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    sha256WithRsa,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = Buffer.concat([Buffer.of(0), sign("sha256", toBeSigned, privateKey)]);
  const certificate = new X509Certificate(sequence(toBeSigned, sha256WithRsa, der(0x03, signature)));
  if (!certificate.verify(publicKey)) throw new Error("The certificate is not signed by its key");
  return { privateKey, pem: certificate.toString() };
}

/** A value in DER: its tag, its length in as few bytes as there need be, and itself. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...bytes), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const utcTime = (time: string): Buffer => der(0x17, Buffer.from(time));
