import { deleteSource } from "../../config/sources.ts";
import { runErrands } from "../../sweep/errands.ts";
import { defineRoute, nothing } from "../route.ts";
import { noSource } from "./find.ts";

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
  async ({ env, workspaceId, params, now, trail }) => {
    const errands = await deleteSource(env, workspaceId, params.source, now, trail);
    if (errands.length === 0) throw noSource();
    await runErrands(env, errands);
    return undefined;
  },
);
