import { createHash } from "node:crypto";
import { hex } from "./bytes.ts";

/** SHA-256 of a text in UTF-8: at once, as a digest so short is done sooner than WebCrypto's promise comes back. */
export const sha256 = (text: string): Uint8Array => createHash("sha256").update(text, "utf8").digest();

/** The same in hex: what tokens are looked up by. */
export const sha256Hex = (text: string): string => hex(sha256(text));
