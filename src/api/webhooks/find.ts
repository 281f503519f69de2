import { type EndpointFilter, findEndpoint } from "../../config/endpoint-queries.ts";
import type { EndpointRow } from "../../config/schema.ts";
import { ApiError } from "../problem.ts";

export const noWebhook = (): ApiError => new ApiError("not_found", "There is no such webhook.");

/**
 * To read it and to send to it, which is allowed of the one that notifications go to as well: any kind, unless the filter
 * names one.
 * @throws ApiError not_found if there is none of that id among them
 */
export async function webhookOf(env: Env, filter: EndpointFilter, id: string): Promise<EndpointRow> {
  const row = await findEndpoint(env, { kind: "any", ...filter }, id);
  if (!row) throw noWebhook();
  return row;
}

/** Why one of that id could not be changed or deleted among those of a filter: it is not there, or not for that. */
export async function untouchable(env: Env, filter: EndpointFilter, id: string): Promise<ApiError> {
  const notification = await findEndpoint(env, { ...filter, kind: "notification" }, id);
  if (!notification) return noWebhook();
  const where = "This is where the workspace's notifications go";
  return new ApiError("conflict", `${where}: change the workspace's notify_url instead.`);
}
