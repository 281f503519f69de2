import type * as z from "zod";
import { ReceiptRow, RejectionsView } from "../../../api/receipts/representation.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import { type PageContext, pathParam } from "../../page-context.ts";
import type { Source } from "./guide-view.tsx";

export type Receipt = z.infer<typeof ReceiptRow>;
export type Rejected = z.infer<typeof RejectionsView>;

/** The path of the source that the page is about, or of something of it; `rest` begins with a slash. */
export const pathOf = (context: PageContext, rest = "", id = pathParam(context, "source")): string =>
  `/sources/${encodeURIComponent(id)}${rest}`;

/** The way to what lies below a source. */
export const crumbsOf = ({ id, name }: Source) => [
  { name: "Sources", path: "/sources" },
  { name, path: `/sources/${id}` },
];

/** The source that the page is about. */
export async function loadSource(context: PageContext): Promise<Source> {
  return await context.api.one(pathOf(context), SourceView);
}

export const loadReceipts = (context: PageContext, id: string, limit: number, cursor = "") =>
  context.api.list(pathOf(context, "/receipts", id), ReceiptRow, { limit, cursor });

export const loadRejections = async (context: PageContext, id: string): Promise<Rejected> =>
  await context.api.one(pathOf(context, "/rejections", id), RejectionsView);

/** How many were refused, all causes together. */
export const refusedIn = ({ counts }: Rejected): number =>
  Object.values(counts).reduce((sum, each) => sum + (each ?? 0), 0);
