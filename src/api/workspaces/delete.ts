import { forgetSourcesOf } from "../../config/sources.ts";
import { forgetTokensOf } from "../../config/tokens.ts";
import { deleteWorkspace } from "../../config/workspaces.ts";
import { runErrands } from "../../sweep/errands.ts";
import { defineRoute, nothing } from "../route.ts";
import { noWorkspace } from "./refusals.ts";

export const removeWorkspace = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}",
    scope: "admin",
    audit: "workspace.deleted",
    tag: "Workspaces",
    summary: "Delete a workspace with everything in it",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId, now, trail }) => {
    // However the deletion ends: where D1 did not answer it may have happened all the same.
    forgetTokensOf(workspaceId);
    forgetSourcesOf(workspaceId);
    const errands = await deleteWorkspace(env, workspaceId, now, trail);
    if (errands.length === 0) throw noWorkspace();
    // Once more: what was read in between must not stay.
    forgetTokensOf(workspaceId);
    forgetSourcesOf(workspaceId);
    await runErrands(env, errands);
    return undefined;
  },
);
