import { deleteSource } from "../../config/sources.ts";
import { defineRoute, nothing } from "../route.ts";
import { noSource } from "./find.ts";
import { forgetSource } from "./forget.ts";

export const removeSource = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/sources/{source}",
    scope: "manage",
    audit: "source.deleted",
    tag: "Sources",
    summary: "Delete a source with its receipts",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, params, trail }) => {
    if (!(await deleteSource(env, workspaceId, params.source, trail))) throw noSource();
    await forgetSource(env, params.source);
    return undefined;
  },
);
