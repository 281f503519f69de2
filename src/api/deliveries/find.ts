import { endpointByNumber } from "../../config/endpoint-queries.ts";
import { type DeliveryPlace, parseDeliveryId } from "../../lib/ids.ts";
import { ApiError } from "../problem.ts";

export const noDelivery = (): ApiError => new ApiError("not_found", "There is no such delivery.");

/**
 * Where the delivery is, going by its id.
 * @throws ApiError not_found if the id names no endpoint of this workspace
 */
export async function placeOf(
  env: Env,
  workspaceId: number,
  deliveryId: string,
): Promise<{ place: DeliveryPlace; webhook: NonNullable<Awaited<ReturnType<typeof endpointByNumber>>> }> {
  const place = parseDeliveryId(deliveryId);
  const webhook = place && (await endpointByNumber(env, workspaceId, place.endpoint));
  if (!place || !webhook) throw noDelivery();
  return { place, webhook };
}
