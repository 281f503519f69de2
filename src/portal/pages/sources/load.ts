import type * as z from "zod";
import { list, one } from "../../../api/page.ts";
import { ReceiptRow, RejectionsView } from "../../../api/receipts/representation.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import { apiPath, type Visit } from "../../visit.ts";
import type { Source } from "./guide-view.tsx";

export type Receipt = z.infer<typeof ReceiptRow>;
export type Rejected = z.infer<typeof RejectionsView>;

/** The API's path of the source that the page is about, or of something of it. */
export const sourceApi = (visit: Visit, rest = "", id = visit.params.source ?? ""): string =>
  apiPath(visit, `/sources/${encodeURIComponent(id)}${rest}`);

/** The source that the page is about. */
export async function loadSource(visit: Visit): Promise<Source> {
  return (await visit.api.get(sourceApi(visit), one(SourceView))).data;
}

export const loadReceipts = (visit: Visit, id: string, limit: number, cursor = "") =>
  visit.api.get(sourceApi(visit, "/receipts", id), list(ReceiptRow), { limit, cursor });

export const loadRejections = async (visit: Visit, id: string): Promise<Rejected> =>
  (await visit.api.get(sourceApi(visit, "/rejections", id), one(RejectionsView))).data;

/** How many were refused, all causes together. */
export const refusedIn = ({ counts }: Rejected): number =>
  Object.values(counts).reduce((sum, each) => sum + (each ?? 0), 0);
