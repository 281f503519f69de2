import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { receiptOf } from "./find.ts";
import { ReceiptView, viewReceipt } from "./representation.ts";

export const getReceipt = defineRoute(
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
