import { ask, sourceObject } from "../../lib/objects.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { requireSource } from "../sources/find.ts";
import { RejectionsView, viewRejections } from "./representation.ts";

export const getRejections = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/sources/{source}/rejections",
    scope: "read",
    tag: "Sources",
    summary: "Tell which callbacks to a source were not believed, and why",
    success: { status: 200, schema: one(RejectionsView) },
  },
  async ({ env, workspaceId, params }) => {
    const { id } = await requireSource(env, workspaceId, params.source);
    const report = await ask(
      () => sourceObject(env, id),
      (source) => source.rejections(),
    );
    return { data: viewRejections(report) };
  },
);
