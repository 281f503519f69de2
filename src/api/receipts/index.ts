import type { Route } from "../route.ts";
import { getAttachment } from "./attachment.ts";
import { getReceipt } from "./get.ts";
import { listReceipts } from "./list.ts";
import { getRejections } from "./rejections.ts";

export const receiptRoutes: readonly Route[] = [listReceipts, getReceipt, getAttachment, getRejections];
