import { builtInType } from "../../catalogue/index.ts";
import { EventTypeTaken, insertEventType, MAX_OWN_TYPES } from "../../config/event-types.ts";
import { one } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute, JsonText } from "../route.ts";
import { checkSample, eventTypeFields, NewEventType } from "./fields.ts";
import { EventTypeView, textOfOwn } from "./representation.ts";

const BLANK = { title: null, description: null, schema: null, sample: null };

export const createEventType = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/event-types",
    scope: "manage",
    audit: "event_type.created",
    tag: "Event types",
    summary: "Add a type of the workspace's own, with a JSON Schema if payloads are to be checked",
    body: { schema: NewEventType },
    codes: ["conflict"],
    success: { status: 201, schema: one(EventTypeView) },
  },
  async ({ env, workspaceId, body, json, now, trail }) => {
    const { name } = body;
    if (builtInType(name)) throw new ApiError("conflict", `${name} is built in: every workspace has it.`);
    const fields = { ...BLANK, ...eventTypeFields(body, json.text) };
    checkSample(fields);
    const row = await insertEventType(env, workspaceId, name, fields, now, trail).catch((error: unknown) => {
      if (error instanceof EventTypeTaken) throw new ApiError("conflict", `There is a type ${name}: change that one.`);
      throw error;
    });
    if (!row) throw new ApiError("conflict", `A workspace may have ${MAX_OWN_TYPES} types of its own: delete one.`);
    return new JsonText(`{"data":${textOfOwn(row)}}`);
  },
);
