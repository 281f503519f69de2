import { hex, utf8 } from "./bytes.ts";

/** SHA-256 of a text in UTF-8. */
export const sha256 = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text)));

/** The same in hex: what tokens are looked up by. */
export const sha256Hex = async (text: string): Promise<string> => hex(await sha256(text));
