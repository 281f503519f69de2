import { sameBytes } from "../../lib/constant-time.ts";
import { concat, digest, fromHex } from "./hmac.ts";

/** Whether what is signed names, in hex of either case, the SHA-256 of what came. */
export async function isHashOf(claim: unknown, data: Uint8Array | string): Promise<boolean> {
  const claimed = typeof claim === "string" ? fromHex(claim) : undefined;
  return claimed !== undefined && sameBytes(claimed, await digest("SHA-256", concat(data)));
}
