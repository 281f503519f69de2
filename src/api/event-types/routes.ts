import { builtIn, builtInType } from "../../catalogue/index.ts";
import {
  deleteEventType,
  EventTypeTaken,
  findEventType,
  insertEventType,
  listEventTypes,
  MAX_OWN_TYPES,
  updateEventType,
} from "../../config/event-types.ts";
import { list, loadPage, NumberKey, one, PageQuery } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute, JsonText, nothing, type Route } from "../route.ts";
import * as z from "../z.ts";
import {
  CHANGE_HINTS,
  checkSample,
  EventTypeChanges,
  EventTypeView,
  eventTypeFields,
  NewEventType,
  OWN,
  textOfBuiltIn,
  textOfOwn,
} from "./representation.ts";

const Filter = PageQuery.extend({
  system: z.string().max(100).optional().openapi({ description: "Only those of this system.", example: "gopimi" }),
});

const listAllEventTypes = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/event-types",
    scope: "read",
    tag: "Event types",
    summary: "List the types that webhooks can subscribe to: the workspace's own, then those that are built in",
    query: Filter,
    success: { status: 200, schema: list(EventTypeView) },
  },
  async ({ env, workspaceId, query }) => {
    const own = await listEventTypes(env, workspaceId);
    const all = [
      ...own.map((row) => ({ system: OWN, text: () => textOfOwn(row) })),
      ...builtIn.map((type) => ({ system: type.system, text: () => textOfBuiltIn(type) })),
    ];
    const wanted = all
      .filter(({ system }) => query.system === undefined || system === query.system)
      .map(({ text }, index) => ({ text, place: index + 1 }));
    const load = async (limit: number, after = 0) => wanted.slice(after, after + limit);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, ({ place }) => place);
    const texts = rows.map(({ text }) => text());
    return new JsonText(`{"data":[${texts.join(",")}],"next_cursor":${JSON.stringify(next_cursor)}}`);
  },
);

const BLANK = { title: null, description: null, schema: null, sample: null };

const createEventType = defineRoute(
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
  async ({ env, workspaceId, body, json, now, audit }) => {
    const { name } = body;
    if (builtInType(name)) throw new ApiError("conflict", `${name} is built in: every workspace has it.`);
    const fields = { ...BLANK, ...eventTypeFields(body, json.text) };
    checkSample(fields);
    const row = await insertEventType(env, workspaceId, name, fields, now, audit).catch((error: unknown) => {
      if (error instanceof EventTypeTaken) throw new ApiError("conflict", `There is a type ${name}: change that one.`);
      throw error;
    });
    if (!row) throw new ApiError("conflict", `A workspace may have ${MAX_OWN_TYPES} types of its own: delete one.`);
    return new JsonText(`{"data":${textOfOwn(row)}}`);
  },
);

const changeEventType = defineRoute(
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
  async ({ env, workspaceId, params, body, json, audit }) => {
    const before = await findEventType(env, workspaceId, params.name);
    if (!before) throw refusal(params.name);
    const changes = eventTypeFields(body, json.text);
    checkSample({ ...before, ...changes });
    const none = Object.keys(changes).length === 0;
    if (none) audit.unchanged("event_type.updated");
    const row = none ? before : await updateEventType(env, workspaceId, params.name, changes, audit);
    if (!row) throw refusal(params.name);
    return new JsonText(`{"data":${textOfOwn(row)}}`);
  },
);

const removeEventType = defineRoute(
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
  async ({ env, workspaceId, params, audit }) => {
    if (!(await deleteEventType(env, workspaceId, params.name, audit))) throw refusal(params.name);
  },
);

/** Why a workspace cannot change or delete a type that is none of its own. */
function refusal(name: string): ApiError {
  return builtInType(name)
    ? new ApiError("conflict", `${name} is built in: it is there for every workspace, as it is.`)
    : new ApiError("not_found", "There is no such event type.");
}

export const eventTypeRoutes: readonly Route[] = [listAllEventTypes, createEventType, changeEventType, removeEventType];
