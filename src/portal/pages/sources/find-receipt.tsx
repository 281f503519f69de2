import { list, one } from "../../../api/page.ts";
import { ReceiptView } from "../../../api/receipts/representation.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import { Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { goTo, page } from "../../page-route.ts";
import { apiPath, inWorkspace, type Visit } from "../../visit.ts";
import { sourceApi } from "./load.ts";

/** A receipt by its id alone: each source is asked whether it is its own. A workspace has a handful. */
export const findReceiptPage = page(
  { path: "/portal/{workspace}/receipts/{receipt}", scope: "read" },
  async (visit) => {
    const id = encodeURIComponent(visit.params.receipt ?? "");
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { data, next_cursor }: { data: { id: string }[]; next_cursor: string | null } = await visit.api.get(
        apiPath(visit, "/sources"),
        list(SourceView),
        { cursor, limit: 100 },
      );
      const found = await Promise.all(data.map((source) => owns(visit, source.id, id)));
      const owner = data[found.indexOf(true)];
      if (owner) return goTo(inWorkspace(visit, `/sources/${owner.id}/receipts/${id}`));
      cursor = next_cursor;
    }
    return {
      status: 404,
      page: (
        <Page visit={visit} title="There is no such receipt">
          <p>
            It is older than what is kept, or its source was deleted. See{" "}
            <a href={inWorkspace(visit, "/sources")}>the sources</a>.
          </p>
        </Page>
      ),
    };
  },
);

async function owns(visit: Visit, source: string, receipt: string): Promise<boolean> {
  try {
    await visit.api.get(sourceApi(visit, `/receipts/${receipt}`, source), one(ReceiptView));
    return true;
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 404) return false;
    throw error;
  }
}
