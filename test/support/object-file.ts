import { createHash, createHmac } from "node:crypto";
import { join } from "node:path";

/**
 * Where the local runtime keeps an object: the first half of its id is a digest of its name, the second one of the first, both
 * keyed by its class (workerd, src/workerd/server/actor-id-impl.c++).
 * @param stateDir where the service keeps what it stores
 */
export function objectFile(stateDir: string, ofClass: string, name: string): string {
  const unique = `posthorn-${ofClass}`;
  const key = createHash("sha256").update(unique).digest();
  const half = (data: string | Buffer) => createHmac("sha256", key).update(data).digest().subarray(0, 16);
  const first = half(name);
  return join(stateDir, "do", unique, `${Buffer.concat([first, half(first)]).toString("hex")}.sqlite`);
}

/** For so long whoever reads the file of an object waits while the runtime holds it, in milliseconds. */
export const BUSY_MS = 10_000;
