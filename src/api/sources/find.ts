import type { SourceRow } from "../../config/schema.ts";
import { findSource } from "../../config/sources.ts";
import { ApiError } from "../problem.ts";

export const noSource = (): ApiError => new ApiError("not_found", "There is no such source.");

/** @throws ApiError not_found if the workspace has none of that id */
export async function requireSource(env: Env, workspaceId: number, id: string): Promise<SourceRow> {
  const row = await findSource(env, workspaceId, id);
  if (!row) throw noSource();
  return row;
}
