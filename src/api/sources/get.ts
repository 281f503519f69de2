import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { requireSource } from "./find.ts";
import { SourceView, viewSource } from "./representation.ts";

export const getSource = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/sources/{source}",
    scope: "read",
    tag: "Sources",
    summary: "Get a source",
    success: { status: 200, schema: one(SourceView) },
  },
  async ({ env, workspaceId, params, url }) => ({
    data: await viewSource(env, url, await requireSource(env, workspaceId, params.source)),
  }),
);
