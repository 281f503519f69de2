import { deleteEventType } from "../../config/event-types.ts";
import { defineRoute, nothing } from "../route.ts";
import { refusal } from "./refusals.ts";

export const removeEventType = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/event-types/{name}",
    scope: "manage",
    audit: "event_type.deleted",
    tag: "Event types",
    summary: "Delete a type of the workspace's own; webhooks that subscribe to it keep doing so",
    codes: ["conflict"],
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params, trail }) => {
    if (!(await deleteEventType(env, workspaceId, params.name, trail))) throw refusal(params.name);
    return undefined;
  },
);
