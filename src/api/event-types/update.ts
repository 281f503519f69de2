import { findEventType, updateEventType } from "../../config/event-types.ts";
import { one } from "../page.ts";
import { defineRoute, JsonText } from "../route.ts";
import { CHANGE_HINTS, checkSample, EventTypeChanges, eventTypeFields } from "./fields.ts";
import { refusal } from "./refusals.ts";
import { EventTypeView, textOfOwn } from "./representation.ts";

export const changeEventType = defineRoute(
  {
    method: "patch",
    path: "/api/v1/workspaces/{workspace}/event-types/{name}",
    scope: "manage",
    audit: "event_type.updated",
    tag: "Event types",
    summary: "Change a type of the workspace's own",
    body: { schema: EventTypeChanges, hints: CHANGE_HINTS },
    codes: ["conflict"],
    success: { status: 200, schema: one(EventTypeView) },
  },
  async ({ env, workspaceId, params, body, json, trail }) => {
    const before = await findEventType(env, workspaceId, params.name);
    if (!before) throw refusal(params.name);
    const changes = eventTypeFields(body, json.text);
    checkSample({ ...before, ...changes });
    const none = Object.keys(changes).length === 0;
    if (none) trail.unchanged("event_type.updated");
    const row = none ? before : await updateEventType(env, workspaceId, params.name, changes, trail);
    if (!row) throw refusal(params.name);
    return new JsonText(`{"data":${textOfOwn(row)}}`);
  },
);
