import type { SourceRow } from "../../config/schema.ts";
import { openCredentials } from "../../config/sources.ts";
import type { ReceiptDetail } from "../../inbound/contract.ts";
import { MalformedCallback, type Media } from "../../inbound/provider.ts";
import { providerOf } from "../../inbound/providers/index.ts";
import { splitOptions } from "../../inbound/tickets.ts";
import { callWithRetry } from "../../lib/objects.ts";
import { FILE_POLICY } from "../answer-headers.ts";
import { list, loadPage, NumberKey, one, PageQuery } from "../page.ts";
import { ApiError } from "../problem.ts";
import { defineRoute, nothing, type Route } from "../route.ts";
import { requireSource } from "../sources/routes.ts";
import {
  ReceiptRow,
  ReceiptView,
  RejectionsView,
  viewReceipt,
  viewReceiptRow,
  viewRejections,
} from "./representation.ts";

const listReceipts = defineRoute(
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
      callWithRetry(env.SOURCE, id, (source) => source.listReceipts(limit, before));
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, ({ seq }) => seq);
    return { data: rows.map(viewReceiptRow), next_cursor };
  },
);

const getReceipt = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/sources/{source}/receipts/{receipt}",
    scope: "read",
    tag: "Sources",
    summary: "Get a receipt with the raw request",
    success: { status: 200, schema: one(ReceiptView) },
  },
  async ({ env, workspaceId, params }) => {
    const { receipt } = await receiptOf(env, workspaceId, params.source, params.receipt);
    return { data: viewReceipt(receipt) };
  },
);

/** @throws ApiError not_found if the workspace has no such source, or the source no such receipt */
async function receiptOf(
  env: Env,
  workspaceId: number,
  sourceId: string,
  receiptId: string,
): Promise<{ source: SourceRow; receipt: ReceiptDetail }> {
  const source = await requireSource(env, workspaceId, sourceId);
  const receipt = await callWithRetry(env.SOURCE, source.id, (object) => object.getReceipt(receiptId));
  if (!receipt) throw new ApiError("not_found", "There is no such receipt.");
  return { source, receipt };
}

const getAttachment = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/sources/{source}/receipts/{receipt}/attachments/{attachment}",
    scope: "read",
    tag: "Sources",
    summary: "Get a file that came with a callback",
    success: { status: 200, schema: nothing },
  },
  async ({ env, workspaceId, params }) => {
    const { source, receipt } = await receiptOf(env, workspaceId, params.source, params.receipt);
    const provider = providerOf(source.provider);
    const [, record, index] = /^(\d{1,6})-(\d{1,6})$/.exec(params.attachment) ?? [];
    // The raw request is what is kept: its files are taken out of it anew.
    const request = { ...receipt.request, headers: new Headers(receipt.request.headers) };
    const settings = {
      credentials: await openCredentials(env, source),
      options: splitOptions(source.options).own,
      callbackUrl: receipt.request.url,
    };
    const records = await provider?.normalise(request, settings).catch((error: unknown) => {
      // What made no sense when it came has no files now.
      if (error instanceof MalformedCallback) return [];
      throw error;
    });
    const found = records?.[Number(record)];
    const media = found?.type === "inbound" ? found.media[Number(index)] : undefined;
    if (!media?.bytes) throw new ApiError("not_found", "There is no such attachment.");
    return download(media, media.bytes);
  },
);

/** Strangers have sent these: no browser may take them for a page of ours. */
function download({ content_type, filename }: Media, bytes: Uint8Array): Response {
  const name = encodeURIComponent(filename ?? "attachment").replaceAll("'", "%27");
  const type = content_type !== null && /^[\x20-\x7e]+$/.test(content_type) ? content_type : "application/octet-stream";
  return new Response(bytes, {
    headers: {
      "Content-Type": type,
      "Content-Disposition": `attachment; filename*=UTF-8''${name}`,
      "Content-Security-Policy": FILE_POLICY,
    },
  });
}

const getRejections = defineRoute(
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
    const report = await callWithRetry(env.SOURCE, id, (source) => source.rejections());
    return { data: viewRejections(report) };
  },
);

export const receiptRoutes: readonly Route[] = [listReceipts, getReceipt, getAttachment, getRejections];
