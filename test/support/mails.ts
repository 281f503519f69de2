import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../src/local/wrangler.ts";

/** A mail as it comes over the wire, where lines end in CRLF: in the repository they end as in every other file. */
export const mailFile = (name: string): string =>
  readFileSync(join(root, "test/inbound/mails", name), "utf8").replaceAll(/\r?\n/g, "\r\n");

/** What `reply.eml` has attached, byte for byte. */
export const LOGO = Buffer.from(
  "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f0005050101d2a5f3bd0000000049454e44ae426082",
  "hex",
);
export const INVOICE = Buffer.concat([
  Buffer.from("%PDF-1.4\r\n%\xe2\xe3\xcf\xd3\n", "latin1"),
  Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  Buffer.from("\n%%EOF\n"),
]);

/** A plain mail of one part. */
export const plainMail = (headers: Record<string, string>, text: string): string =>
  [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", text, ""].join("\r\n");
