import { refuseUrl } from "../targets/evaluate.ts";
import { ApiError, invalidField } from "./problem.ts";

/**
 * To be called before a URL is stored, or called for somebody.
 * @param path the field that it came in
 * @param origin that this request was made to: the service is no target of its own
 * @throws ApiError invalid_request if requests must not go to this URL; unavailable if that cannot be known just now
 */
export async function checkTarget(env: Env, path: string, url: string, origin: string): Promise<void> {
  const refusal = await refuseUrl(env, url, new URL(origin).hostname);
  if (refusal === null) return;
  if (refusal.kind !== "unavailable") throw invalidField(path, refusal.reason);
  throw new ApiError("unavailable", `${path}: ${refusal.reason}`, { headers: { "Retry-After": "5" } });
}
