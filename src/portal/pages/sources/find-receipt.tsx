import { ReceiptView } from "../../../api/receipts/representation.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import { Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext } from "../../page-context.ts";
import { page, redirect } from "../../page-route.ts";
import { sourceApi } from "./load.ts";

/** A receipt by its id alone: each source is asked whether it is its own. A workspace has a handful. */
export const findReceiptPage = page(
  { path: "/portal/{workspace}/receipts/{receipt}", scope: "read" },
  async (context) => {
    const id = encodeURIComponent(context.params.receipt ?? "");
    for await (const { rows } of context.api.pages("/sources", SourceView)) {
      const found = await Promise.all(rows.map((source) => owns(context, source.id, id)));
      const owner = rows[found.indexOf(true)];
      if (owner) return redirect(inWorkspace(context, `/sources/${owner.id}/receipts/${id}`));
    }
    return {
      status: 404,
      page: (
        <Page title="There is no such receipt">
          <p>
            It is older than what is kept, or its source was deleted. See{" "}
            <a href={inWorkspace(context, "/sources")}>the sources</a>.
          </p>
        </Page>
      ),
    };
  },
);

async function owns(context: PageContext, source: string, receipt: string): Promise<boolean> {
  try {
    await context.api.one(sourceApi(context, `/receipts/${receipt}`, source), ReceiptView);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 404) return false;
    throw error;
  }
}
