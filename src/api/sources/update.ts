import { openCredentials, updateSource } from "../../config/sources.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { CHANGE_HINTS, SourceChanges, sourceFields } from "./fields.ts";
import { noSource, requireSource } from "./find.ts";
import { checkByProvider, requireProvider } from "./provider.ts";
import { SourceView, viewSource } from "./representation.ts";

export const changeSource = defineRoute(
  {
    method: "patch",
    path: "/api/v1/workspaces/{workspace}/sources/{source}",
    scope: "manage",
    audit: "source.updated",
    tag: "Sources",
    summary: "Change a source; credentials and options replace what was there",
    body: { schema: SourceChanges, hints: CHANGE_HINTS },
    success: { status: 200, schema: one(SourceView) },
  },
  async ({ env, workspaceId, params, body, url, now, trail }) => {
    const changes = sourceFields(body);
    if (changes.credentials !== undefined || changes.options !== undefined) {
      // A source never changes its provider: what is read here stays true.
      const before = await requireSource(env, workspaceId, params.source);
      const credentials = changes.credentials ?? (await openCredentials(env, before));
      const checked = { credentials, options: changes.options ?? before.options };
      checkByProvider(requireProvider(before.provider), checked, changes.credentials === undefined);
    }
    const row = await updateSource(env, workspaceId, params.source, changes, now, trail);
    if (!row) throw noSource();
    return { data: await viewSource(env, url, row) };
  },
);
