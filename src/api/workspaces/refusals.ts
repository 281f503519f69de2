import { ExternalIdTaken } from "../../config/workspaces.ts";
import { ApiError } from "../problem.ts";

export const noWorkspace = (): ApiError => new ApiError("not_found", "There is no such workspace.");

/** @throws ApiError conflict where the external id is another workspace's */
export async function refusingConflicts<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ExternalIdTaken) throw new ApiError("conflict", "Another workspace has this external_id.");
    throw error;
  }
}
