import * as events from "../../events/streams.ts";
import { parseEventId } from "../../lib/ids.ts";
import { EventType, Instant } from "../fields.ts";
import { list, PageQuery } from "../page.ts";
import { defineRoute, JsonText } from "../route.ts";
import * as z from "../z.ts";
import { EventRow, eventText } from "./representation.ts";

const Filter = PageQuery.extend({
  cursor: PageQuery.shape.cursor.refine(
    (cursor) => cursor === undefined || parseEventId(cursor) !== undefined,
    "This is no cursor of this list",
  ),
  event: EventType.optional(),
  since: Instant.optional().openapi({ description: "Published then or later." }),
  until: Instant.optional().openapi({ description: "Published then or earlier." }),
  search: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .openapi({ description: "Text in the id, in any case. A whole id is found at once." }),
});

export const listEvents = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/events",
    scope: "read",
    tag: "Events",
    summary: "List a workspace's events",
    query: Filter,
    success: { status: 200, schema: list(EventRow) },
  },
  async ({ env, workspaceId, query }) => {
    const { event, ...same } = query;
    const streams = await events.streamsOf(env, workspaceId);
    const page = await events.listEvents(env, workspaceId, streams, { ...same, type: event });
    const rows = page.events.map((each) => eventText(each));
    return new JsonText(`{"data":[${rows.join(",")}],"next_cursor":${JSON.stringify(page.next)}}`);
  },
);
