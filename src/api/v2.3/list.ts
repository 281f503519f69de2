import { allEndpoints } from "../../config/endpoint-queries.ts";
import { defineRoute } from "../route.ts";
import * as z from "../z.ts";
import { casesOf, EndpointView, viewEndpoint } from "./representation.ts";

export const listEndpoints = defineRoute(
  {
    method: "get",
    path: "/v2.3/webhooks/endpoints",
    scope: "read",
    workspaceFrom: "token",
    tag: "Cases and assignments",
    summary: "List all endpoints of the token's workspace, the newest first",
    success: { status: 200, schema: z.object({ data: z.array(EndpointView) }) },
  },
  async ({ env, workspaceId }) => ({ data: (await allEndpoints(env, casesOf(workspaceId))).map(viewEndpoint) }),
);
