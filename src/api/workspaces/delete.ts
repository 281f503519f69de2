import { endpointIds } from "../../config/endpoint-queries.ts";
import { forgetTokensOf } from "../../config/tokens.ts";
import { deleteWorkspace } from "../../config/workspaces.ts";
import { mapAtMost } from "../../lib/at-most.ts";
import { ask, endpointObject, streamObject } from "../../lib/objects.ts";
import { defineRoute, nothing } from "../route.ts";
import { noWorkspace } from "./refusals.ts";

export const removeWorkspace = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}",
    scope: "admin",
    tag: "Workspaces",
    summary: "Delete a workspace with everything in it",
    success: { status: 204, schema: nothing },
  },
  async ({ env, workspaceId }) => {
    const ids = await endpointIds(env, workspaceId);
    if (!(await deleteWorkspace(env, workspaceId))) throw noWorkspace();
    forgetTokensOf(workspaceId);
    await mapAtMost(ids, 20, (id) =>
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
