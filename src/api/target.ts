import { settingsOf } from "../config/settings.ts";
import { refuseTarget } from "../targets/guard.ts";
import { invalidField } from "./problem.ts";

/** @throws ApiError invalid_request if requests must not go to this URL */
export function checkTarget(env: Env, path: string, url: string): void {
  const reason = refuseTarget(url, { allowPrivate: settingsOf(env).ALLOW_PRIVATE_TARGETS });
  if (reason !== null) throw invalidField(path, reason);
}
