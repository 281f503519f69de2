import type * as z from "zod";
import { list, one } from "../../../api/page.ts";
import { ReceiptRow, RejectionsView } from "../../../api/receipts/representation.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import { apiPath, type PageContext } from "../../page-context.ts";
import type { Source } from "./guide-view.tsx";

export type Receipt = z.infer<typeof ReceiptRow>;
export type Rejected = z.infer<typeof RejectionsView>;

/** The API's path of the source that the page is about, or of something of it. */
export const sourceApi = (context: PageContext, rest = "", id = context.params.source ?? ""): string =>
  apiPath(context, `/sources/${encodeURIComponent(id)}${rest}`);

/** The source that the page is about. */
export async function loadSource(context: PageContext): Promise<Source> {
  return (await context.api.get(sourceApi(context), one(SourceView))).data;
}

export const loadReceipts = (context: PageContext, id: string, limit: number, cursor = "") =>
  context.api.get(sourceApi(context, "/receipts", id), list(ReceiptRow), { limit, cursor });

export const loadRejections = async (context: PageContext, id: string): Promise<Rejected> =>
  (await context.api.get(sourceApi(context, "/rejections", id), one(RejectionsView))).data;

/** How many were refused, all causes together. */
export const refusedIn = ({ counts }: Rejected): number =>
  Object.values(counts).reduce((sum, each) => sum + (each ?? 0), 0);
