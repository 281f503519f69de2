import { dataOf, type Workspace } from "./workspace.ts";

/** A source, as far as tests look at it. */
export interface ReceivingSource {
  id: string;
  callback_url: string;
}

export interface Receipt {
  id: string;
  verdict: string;
  reason: string | null;
  events: string[] | null;
}

export const createSource = async (
  workspace: Workspace,
  provider: string,
  credentials: object,
  options: object = {},
): Promise<ReceivingSource> =>
  dataOf(
    await workspace.call<{ data: ReceivingSource }>("POST", "/sources", {
      provider,
      name: provider,
      credentials,
      options,
    }),
  );

/** The newest first. */
export const listReceipts = async (workspace: Workspace, { id }: ReceivingSource): Promise<Receipt[]> =>
  dataOf(await workspace.call<{ data: Receipt[] }>("GET", `/sources/${id}/receipts`));

/** How many callbacks were not believed, by cause. */
export const rejectionCounts = async (workspace: Workspace, { id }: ReceivingSource): Promise<Record<string, number>> =>
  dataOf(await workspace.call<{ data: { counts: Record<string, number> } }>("GET", `/sources/${id}/rejections`)).counts;
