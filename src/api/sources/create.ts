import { insertSource } from "../../config/sources.ts";
import { planOf } from "../../config/workspace-plan.ts";
import { one } from "../page.ts";
import { countExceeded } from "../quota.ts";
import { defineRoute } from "../route.ts";
import { noWorkspace } from "../workspaces/refusals.ts";
import { HINTS, NewSource } from "./fields.ts";
import { checkByProvider, requireProvider } from "./provider.ts";
import { SourceView, viewSource } from "./representation.ts";

export const createSource = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/sources",
    scope: "manage",
    audit: "source.created",
    tag: "Sources",
    summary: "Create a source: an account at a provider, whose callbacks are received at its callback_url",
    body: { schema: NewSource, hints: HINTS },
    codes: ["quota_exceeded"],
    success: { status: 201, schema: one(SourceView) },
  },
  async ({ env, workspaceId, body, url, now, trail }) => {
    const { provider, name, credentials } = body;
    const fields = { provider, name, credentials, options: body.options ?? {}, publicUrl: body.public_url ?? null };
    checkByProvider(requireProvider(provider), fields);
    const plan = await planOf(env, workspaceId);
    if (!plan) throw noWorkspace();
    const inserted = await insertSource(env, workspaceId, fields, plan.room.sources, now, trail);
    if (!inserted.row) throw countExceeded("sources", plan, inserted.used);
    return { data: await viewSource(env, url, inserted.row) };
  },
);
