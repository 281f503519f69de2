import { openCredentials } from "../../config/sources.ts";
import { MalformedCallback, type Media } from "../../inbound/provider.ts";
import { providerOf } from "../../inbound/providers/index.ts";
import { splitOptions } from "../../inbound/tickets.ts";
import { FILE_POLICY } from "../page-policy.ts";
import { ApiError } from "../problem.ts";
import { defineRoute, nothing } from "../route.ts";
import { receiptOf } from "./find.ts";

export const getAttachment = defineRoute(
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
