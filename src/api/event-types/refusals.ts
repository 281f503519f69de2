import { builtInType } from "../../catalogue/index.ts";
import { ApiError } from "../problem.ts";

/** Why a workspace cannot change or delete a type that is none of its own. */
export function refusal(name: string): ApiError {
  return builtInType(name)
    ? new ApiError("conflict", `${name} is built in: it is there for every workspace, as it is.`)
    : new ApiError("not_found", "There is no such event type.");
}
