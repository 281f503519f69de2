import { builtIn } from "../../catalogue/index.ts";
import { listEventTypes } from "../../config/event-types.ts";
import { list, loadPage, NumberKey, PageQuery } from "../page.ts";
import { defineRoute, JsonText } from "../route.ts";
import * as z from "../z.ts";
import { EventTypeView, OWN, textOfBuiltIn, textOfOwn } from "./representation.ts";

const Filter = PageQuery.extend({
  system: z.string().max(100).optional().openapi({ description: "Only those of this system.", example: "gopimi" }),
});

export const listAllEventTypes = defineRoute(
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
