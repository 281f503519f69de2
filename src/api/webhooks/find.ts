import type { EndpointFilter } from "../../config/endpoint-filter.ts";
import { findEndpoint } from "../../config/endpoint-queries.ts";
import type { EndpointRow } from "../../config/schema.ts";
import { ApiError } from "../problem.ts";

export const noWebhook = (): ApiError => new ApiError("not_found", "There is no such webhook.");

/** @throws ApiError not_found if there is none of that id among them */
export async function webhookOf(env: Env, filter: EndpointFilter, id: string): Promise<EndpointRow> {
  const row = await findEndpoint(env, filter, id);
  if (!row) throw noWebhook();
  return row;
}
