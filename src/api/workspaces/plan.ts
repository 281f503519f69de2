import { settingsOf } from "../../config/settings.ts";
import { invalidField } from "../problem.ts";

/** @throws ApiError invalid_request for a plan that this deployment does not have */
export function checkPlan(env: Env, plan: string): void {
  const plans = settingsOf(env).PLANS;
  if (plans.has(plan)) return;
  const names = plans.size === 0 ? "none" : [...plans.keys()].join(", ");
  throw invalidField("plan", `There is no such plan; there are: ${names}`);
}
