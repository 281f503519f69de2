import type { AppContext } from "../api/context.ts";
import { clientOf, rateLimited } from "../api/rate-limits.ts";
import { UnknownTokenLimiter } from "../api/unknown-token-limiter.ts";
import type { Closed } from "../config/portal-links.ts";
import { sha256Hex } from "../lib/bytes.ts";

/** Isolate-wide. */
const guard = new UnknownTokenLimiter();

/**
 * Looks something up by what stands in a link, as often as somebody may who tries one after another.
 * @throws ApiError rate_limited, where too many that nobody has made came from that address: whether somebody has made
 *   this one is not looked up then
 */
export async function guardedLink<Found extends object>(
  c: AppContext,
  token: string,
  lookUp: () => Promise<Found | Closed>,
): Promise<Found | Closed> {
  const hash = sha256Hex(token);
  const address = `link ${clientOf((name) => c.req.header(name))}`;
  const now = Date.now();
  refuse(guard.wait(address, hash, now));
  const found = await lookUp();
  if (!("closed" in found) || found.closed !== "unknown") guard.right(address, hash, now);
  else refuse(await guard.wrong(c.env.FAILURES, address, hash, now));
  return found;
}

function refuse(seconds: number): void {
  if (seconds > 0) throw rateLimited("Too many links that are not known were tried from this address.", seconds);
}
