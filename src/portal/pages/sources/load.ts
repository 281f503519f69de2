import type * as z from "zod";
import { ReceiptRow, RejectionsView } from "../../../api/receipts/representation.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import type { PageContext } from "../../page-context.ts";
import type { Source } from "./guide-view.tsx";

export type Receipt = z.infer<typeof ReceiptRow>;
export type Rejected = z.infer<typeof RejectionsView>;

/** The API's path of the source that the page is about, or of something of it. */
export const sourceApi = (context: PageContext, rest = "", id = context.params.source ?? ""): string =>
  `/sources/${encodeURIComponent(id)}${rest}`;

/** The source that the page is about. */
export async function loadSource(context: PageContext): Promise<Source> {
  return await context.api.one(sourceApi(context), SourceView);
}

export const loadReceipts = (context: PageContext, id: string, limit: number, cursor = "") =>
  context.api.list(sourceApi(context, "/receipts", id), ReceiptRow, { limit, cursor });

export const loadRejections = async (context: PageContext, id: string): Promise<Rejected> =>
  await context.api.one(sourceApi(context, "/rejections", id), RejectionsView);

/** How many were refused, all causes together. */
export const refusedIn = ({ counts }: Rejected): number =>
  Object.values(counts).reduce((sum, each) => sum + (each ?? 0), 0);
