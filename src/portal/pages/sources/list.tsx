import { SourceView } from "../../../api/sources/representation.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { type PageRoute, page } from "../../page-route.ts";
import { LinkButton, RowName } from "../../parts/card.tsx";
import { CopyButton } from "../../parts/code.tsx";
import { DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { chooseProviderPage, Providers } from "./choose.tsx";
import { sourceFormPages } from "./edit.tsx";
import { callbackOf, type Source } from "./guide-view.tsx";
import { loadReceipts, loadRejections, type Receipt, type Rejected } from "./load.ts";
import { attachmentRoute, findReceiptPage, receiptPage } from "./receipt.tsx";
import { completeAction, setupPage } from "./setup.tsx";
import { sourcePage } from "./show.tsx";
import { SourceBadge } from "./status.tsx";

/** Each row asks its source for the latest, so a page has no more of them. */
const PAGE = 20;

type Row = { source: Source; last: Receipt | undefined; rejected: Rejected };

const ADD = <LinkButton to="/sources/new" kind="primary" label="Add source" scope="manage" plus />;

const listSources = page({ path: "/portal/{workspace}/sources", scope: "read" }, async (context) => {
  const cursor = queryParam(context, "cursor");
  const { rows: sources, next } = await context.api.list("/sources", SourceView, { cursor, limit: PAGE });
  const rows = await Promise.all(sources.map((source) => rowOf(context, source)));
  return (
    <Page
      title="Sources"
      lead="Receive what providers call back with: verified, read, and turned into events that your webhooks subscribe to."
      actions={rows.length > 0 && ADD}
    >
      {rows.length === 0 && next === null && cursor === "" ? (
        <NoSource />
      ) : (
        <div class="card">
          <DataTable
            label="Sources"
            rows={rows}
            columns={[
              {
                head: "Source",
                td: "main source-name",
                cell: ({ source: { id, name, provider } }) => (
                  <RowName to={`/sources/${id}`} name={name} below={guideOf(provider)?.name ?? provider} />
                ),
              },
              { head: "Status", cell: ({ last, rejected }) => <SourceBadge last={last} rejected={rejected} /> },
              { head: "Last receipt", cell: ({ last }) => <Ago at={last?.at ?? null} /> },
              { head: "Callback URL", cell: ({ source }) => <Callback source={source} /> },
            ]}
          />
          <Pager next={next} />
        </div>
      )}
    </Page>
  );
});

async function rowOf(context: PageContext, source: Source): Promise<Row> {
  const [{ rows }, rejected] = await Promise.all([
    loadReceipts(context, source.id, 1),
    loadRejections(context, source.id),
  ]);
  return { source, last: rows[0], rejected };
}

function Callback({ source }: { source: Source }) {
  const { label, text } = callbackOf(source, guideOf(source.provider));
  return (
    <span class="copy-cell">
      <code class="clip" title={text}>
        {text}
      </code>
      <CopyButton text={text} label={`${label} of ${source.name}`} />
    </span>
  );
}

const NoSource = () => (
  <div class="stack">
    <div class="card">
      <Empty title="No source yet">
        <p>
          A source is one account of yours at a provider. It has a callback URL, which you paste into the provider's
          settings. What the provider then sends there is checked against its signature, kept as a receipt, and becomes
          events such as <code>email.bounced</code> or <code>message.received</code>, or the provider's own as they are.
        </p>
        {usePageContext().can("manage") ? (
          ADD
        ) : (
          <p>Your token may not add one: ask somebody whose token has the scope manage.</p>
        )}
      </Empty>
    </div>
    <Providers />
  </div>
);

export const sourcePages: readonly PageRoute[] = [
  ...[listSources, chooseProviderPage, ...sourceFormPages, sourcePage, setupPage, completeAction],
  ...[receiptPage, attachmentRoute, findReceiptPage],
];
