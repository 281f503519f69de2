import { SourceView } from "../../../api/sources/representation.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Plus } from "../../parts/icons.tsx";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { Providers } from "./choose.tsx";
import { callbackOf, type Source } from "./guide-view.tsx";
import { loadReceipts, loadRejections, type Receipt, type Rejected } from "./load.ts";
import { SourceBadge } from "./status.tsx";

/** Each row asks its source for the latest, so a page has no more of them. */
const PAGE = 20;

type Row = { source: Source; last: Receipt | undefined; rejected: Rejected };

export const listSourcesPage = page({ path: "/portal/{workspace}/sources", scope: "read" }, async (context) => {
  const { rows: data, next: next_cursor } = await context.api.list("/sources", SourceView, {
    cursor: queryParam(context, "cursor"),
    limit: PAGE,
  });
  const rows = await Promise.all(data.map((source) => rowOf(context, source)));
  return (
    <Page
      title="Sources"
      lead="Receive what providers call back with: verified, read, and turned into events that your webhooks subscribe to."
      actions={rows.length > 0 && <AddButton />}
    >
      {rows.length === 0 && next_cursor === null && queryParam(context, "cursor") === "" ? (
        <NoSource />
      ) : (
        <div class="card">
          <Table label="Sources">
            <thead>
              <tr>
                <th>Source</th>
                <th>Status</th>
                <th>Last receipt</th>
                <th>Callback URL</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <SourceRow {...row} />
              ))}
            </tbody>
          </Table>
          <Pager next={next_cursor} />
        </div>
      )}
    </Page>
  );
});

async function rowOf(context: PageContext, source: Source): Promise<Row> {
  const [{ rows: data }, rejected] = await Promise.all([
    loadReceipts(context, source.id, 1),
    loadRejections(context, source.id),
  ]);
  return { source, last: data[0], rejected };
}

function SourceRow({ source, last, rejected }: Row & {}) {
  const context = usePageContext();
  const guide = guideOf(source.provider);
  const callback = callbackOf(source, guide);
  return (
    <tr>
      <td class="main source-name">
        <a class="row-link clip" href={inWorkspace(context, `/sources/${source.id}`)}>
          {source.name}
        </a>
        <span class="small quiet clip">{guide?.name ?? source.provider}</span>
      </td>
      <td>
        <SourceBadge last={last} rejected={rejected} />
      </td>
      <td>
        <Ago at={last?.at ?? null} />
      </td>
      <td>
        <span class="copy-cell">
          <code class="clip" title={callback.text}>
            {callback.text}
          </code>
          <button
            type="button"
            class="small"
            data-copy={callback.text}
            aria-label={`Copy ${callback.label} of ${source.name}`}
          >
            Copy
          </button>
        </span>
      </td>
    </tr>
  );
}

function NoSource() {
  const context = usePageContext();
  return (
    <div class="stack">
      <div class="card">
        <Empty title="No source yet">
          <p>
            A source is one account of yours at a provider. It has a callback URL, which you paste into the provider's
            settings. What the provider then sends there is checked against its signature, kept as a receipt, and
            becomes events such as <code>email.bounced</code> or <code>message.received</code>, or the provider's own as
            they are.
          </p>
          {context.can("manage") ? (
            <AddButton />
          ) : (
            <p>Your token may not add one: ask somebody whose token has the scope manage.</p>
          )}
        </Empty>
      </div>
      <Providers />
    </div>
  );
}

function AddButton() {
  const context = usePageContext();
  if (!context.can("manage")) return null;
  return (
    <a class="button primary" href={inWorkspace(context, "/sources/new")}>
      <Plus /> Add source
    </a>
  );
}
