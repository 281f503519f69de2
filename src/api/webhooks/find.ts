import { findEndpoint } from "../../config/endpoint-queries.ts";
import type { EndpointRow } from "../../config/schema.ts";
import { ApiError } from "../problem.ts";

export const noWebhook = (): ApiError => new ApiError("not_found", "There is no such webhook.");

/** @throws ApiError not_found if the workspace has none of that id */
export async function webhookOf(env: Env, workspaceId: number, id: string): Promise<EndpointRow> {
  const row = await findEndpoint(env, workspaceId, id);
  if (!row) throw noWebhook();
  return row;
}
