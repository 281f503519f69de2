import { endpointIds } from "../../config/endpoint-queries.ts";
import { mapAtMost } from "../../lib/at-most.ts";
import { type EventPlace, parseEventId } from "../../lib/ids.ts";
import { ask, endpointObject, streamObject } from "../../lib/objects.ts";
import { one } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute, JsonText } from "../route.ts";
import { type EventDelivery, EventView, eventText } from "./representation.ts";

/** Calls in flight: six connections are few for a workspace with many webhooks, objects take no connection. */
const WIDTH = 20;

export const getEvent = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/events/{event}",
    scope: "read",
    tag: "Events",
    summary: "Get an event with its deliveries",
    success: { status: 200, schema: one(EventView) },
  },
  async ({ env, workspaceId, params }) => {
    const place = parseEventId(params.event);
    const event =
      place &&
      (await ask(
        () => streamObject(env, workspaceId),
        (stream) => stream.getEvent(params.event),
      ));
    if (!place || !event) throw new ApiError("not_found", "There is no such event.");
    const deliveries = await deliveriesOf(env, workspaceId, place, params.event);
    return new JsonText(`{"data":${eventText(event, deliveries)}}`);
  },
);

/** Asks every webhook of the workspace. One that does not answer fails the request: a gap would look like the truth. */
async function deliveriesOf(
  env: Env,
  workspaceId: number,
  place: EventPlace,
  eventId: string,
): Promise<EventDelivery[]> {
  const found = await mapAtMost(await endpointIds(env, workspaceId), WIDTH, async (id) => {
    const delivery = await ask(
      () => endpointObject(env, id),
      (endpoint) => endpoint.findDelivery(place, eventId),
    );
    return delivery ? [{ webhook_id: id, delivery_id: delivery.id, status: delivery.status }] : [];
  });
  return found.flat();
}
