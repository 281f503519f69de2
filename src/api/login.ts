import { authenticate, type Caller, type Expired } from "../config/authenticate.ts";
import { hex } from "../lib/bytes.ts";
import { sha256 } from "../lib/sha256.ts";
import { rateLimited } from "./brakes.ts";
import { clientOf } from "./client.ts";
import type { AppContext } from "./context.ts";
import { StrangerGuard } from "./stranger-guard.ts";

/** Isolate-wide. */
const guard = new StrangerGuard();

/**
 * Whose token this is; null if nobody's.
 * @throws ApiError rate_limited, where too many that are nobody's came from that address: whether this one is somebody's is
 *   not looked up then
 */
export async function login(c: AppContext, token: string): Promise<Caller | Expired | null> {
  const digest = sha256(token);
  const hash = hex(digest);
  const address = `token ${clientOf((name) => c.req.header(name))}`;
  const now = Date.now();
  refuse(guard.wait(address, hash, now));
  const caller = await authenticate(c.env, token, digest);
  if (caller) guard.right(address, hash, now);
  else refuse(await guard.wrong(c.env.FAILURES, address, hash, now));
  return caller;
}

function refuse(seconds: number): void {
  if (seconds > 0) throw rateLimited("Too many requests from this address had a token that is not known.", seconds);
}
