import { findWorkspace } from "../../config/workspaces.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { noWorkspace } from "./refusals.ts";
import { viewWorkspace, WorkspaceView } from "./representation.ts";

export const getWorkspace = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}",
    scope: "read",
    tag: "Workspaces",
    summary: "Get a workspace",
    success: { status: 200, schema: one(WorkspaceView) },
  },
  async ({ env, workspaceId }) => {
    const row = await findWorkspace(env, workspaceId);
    if (!row) throw noWorkspace();
    return { data: viewWorkspace(row) };
  },
);
