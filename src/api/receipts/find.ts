import type { SourceRow } from "../../config/schema.ts";
import type { ReceiptDetail } from "../../inbound/contract.ts";
import { ask, sourceObject } from "../../lib/objects.ts";
import { ApiError } from "../problem.ts";
import { requireSource } from "../sources/find.ts";

/** @throws ApiError not_found if the workspace has no such source, or the source no such receipt */
export async function receiptOf(
  env: Env,
  workspaceId: number,
  sourceId: string,
  receiptId: string,
): Promise<{ source: SourceRow; receipt: ReceiptDetail }> {
  const source = await requireSource(env, workspaceId, sourceId);
  const receipt = await ask(
    () => sourceObject(env, source.id),
    (object) => object.getReceipt(receiptId),
  );
  if (!receipt) throw new ApiError("not_found", "There is no such receipt.");
  return { source, receipt };
}
