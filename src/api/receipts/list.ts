import { ask, sourceObject } from "../../lib/objects.ts";
import { list, loadPage, NumberKey, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import { requireSource } from "../sources/find.ts";
import { ReceiptRow, viewReceiptRow } from "./representation.ts";

export const listReceipts = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/sources/{source}/receipts",
    scope: "read",
    tag: "Sources",
    summary: "List the callbacks that a source has received",
    query: PageQuery,
    success: { status: 200, schema: list(ReceiptRow) },
  },
  async ({ env, workspaceId, params, query }) => {
    const { id } = await requireSource(env, workspaceId, params.source);
    const load = (limit: number, before: number | undefined) =>
      ask(
        () => sourceObject(env, id),
        (source) => source.listReceipts(limit, before),
      );
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, ({ seq }) => seq);
    return { data: rows.map(viewReceiptRow), next_cursor };
  },
);
