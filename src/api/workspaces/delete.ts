import { endpointIds } from "../../config/endpoint-queries.ts";
import { forgetSourcesOf, sourceIds } from "../../config/sources.ts";
import { forgetTokensOf } from "../../config/tokens.ts";
import { deleteWorkspace } from "../../config/workspaces.ts";
import { mapAtMost } from "../../lib/at-most.ts";
import { ask, endpointObject, streamObject } from "../../lib/objects.ts";
import { defineRoute, nothing } from "../route.ts";
import { forgetSource } from "../sources/forget.ts";
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
  async ({ env, workspaceId, trail }) => {
    const [endpoints, sources] = await Promise.all([endpointIds(env, workspaceId), sourceIds(env, workspaceId)]);
    if (!(await deleteWorkspace(env, workspaceId, trail))) throw noWorkspace();
    forgetTokensOf(workspaceId);
    forgetSourcesOf(workspaceId);
    await mapAtMost(sources, 20, (id) => forgetSource(env, id));
    await mapAtMost(endpoints, 20, (id) =>
      ask(
        () => endpointObject(env, id),
        (endpoint) => endpoint.destroy(),
      ),
    );
    await ask(
      () => streamObject(env, workspaceId),
      (stream) => stream.destroy(),
    );
    return undefined;
  },
);
