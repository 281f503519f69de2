import type * as z from "zod";
import { ReceiptView } from "../../../api/receipts/representation.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext, pathParam, useHref } from "../../page-context.ts";
import { page, redirect } from "../../page-route.ts";
import { Card, Facts, Link, Note, Quiet, renewed } from "../../parts/card.tsx";
import { DataTable } from "../../parts/table.tsx";
import { Ago, Exact } from "../../parts/time.tsx";
import { crumbsOf, loadSource, pathOf } from "./load.ts";
import { RawRequest, size } from "./raw-request.tsx";
import { VERDICTS, VerdictBadge } from "./status.tsx";

type Receipt = z.infer<typeof ReceiptView>;

/** One callback as it came, and what became of it. */
export const receiptPage = page(
  { path: "/portal/{workspace}/sources/{source}/receipts/{receipt}", scope: "read" },
  async (context) => {
    const path = pathOf(context, `/receipts/${encodeURIComponent(pathParam(context, "receipt"))}`);
    const [source, receipt] = await Promise.all([loadSource(context), context.api.one(path, ReceiptView)]);
    // Its events' ids are not there until they are published.
    const live = renewed(inWorkspace(context, path), receipt.events === null ? "3s" : null);
    const received = (
      <>
        <Exact at={receipt.at} /> <span class="quiet">(</span>
        <Ago at={receipt.at} />
        <span class="quiet">)</span>
      </>
    );
    return (
      <Page title="Receipt" lead={<code class="break">{receipt.id}</code>} crumbs={crumbsOf(source)}>
        <div class="stack">
          <Card
            id="verdict"
            title="What became of it"
            head={<VerdictBadge verdict={receipt.verdict} />}
            attributes={{ id: "live", "data-live": true, ...live }}
          >
            <p>{VERDICTS[receipt.verdict]}</p>
            <Facts
              of={[
                receipt.reason !== null && ["Reason", receipt.reason],
                ["Received", received],
                ["Provider", guideOf(source.provider)?.name ?? source.provider],
                ["Events", <Events receipt={receipt} />],
              ]}
            />
          </Card>
          {receipt.attachments.length > 0 && <Attachments path={path} receipt={receipt} />}
          <RawRequest request={receipt.request} />
        </div>
      </Page>
    );
  },
);

function Events({ receipt: { events, set_aside: aside, event_types: types } }: { receipt: Receipt }) {
  if (events === null) return <span class="quiet">They are being published: {types.join(", ")}</span>;
  const [type] = types;
  if (events.length + aside.length === 0) return <Quiet text="none" />;
  return (
    <ul class="plain">
      {events.map((id) => (
        <li>
          <Link to={`/events/${id}`} class="mono break" label={id} />{" "}
          {types.length === 1 && <span class="tag">{type}</span>}
        </li>
      ))}
      {aside.map(({ event_type, reason }) => (
        <li>
          {event_type} <span class="quiet">was set aside: {reason}</span>
        </li>
      ))}
      {types.length > 1 && <li class="small quiet">Of the types {types.join(", ")}.</li>}
    </ul>
  );
}

const Attachments = ({ path, receipt }: { path: string; receipt: Receipt }) => (
  <Card
    id="attachments"
    title="Attachments"
    head={<Note>Strangers sent these. They are handed over as downloads only.</Note>}
    body={null}
  >
    <DataTable
      label="Files"
      rows={receipt.attachments}
      columns={[
        {
          head: "File",
          td: "main",
          cell: ({ id, filename }) => (
            <a class="break" href={useHref(`${path}/attachments/${id}`)} download={filename ?? ""}>
              {filename ?? "without a name"}
            </a>
          ),
        },
        { head: "Type", td: "mono", cell: ({ content_type }) => content_type ?? <Quiet text="unknown" /> },
        {
          head: "Size",
          class: "num",
          cell: (file) => (file.size === null ? <Quiet text="unknown" /> : size(file.size)),
        },
      ]}
    />
  </Card>
);

/** A file, as the API answers with it: a sandboxed download. */
export const attachmentRoute = page(
  { path: "/portal/{workspace}/sources/{source}/receipts/{receipt}/attachments/{attachment}", scope: "read" },
  (context) => {
    const [receipt, attachment] = ["receipt", "attachment"].map((name) => encodeURIComponent(pathParam(context, name)));
    return context.api.file(pathOf(context, `/receipts/${receipt}/attachments/${attachment}`));
  },
);

/** A receipt by its id alone: each source is asked whether it is its own. A workspace has a handful. */
export const findReceiptPage = page(
  { path: "/portal/{workspace}/receipts/{receipt}", scope: "read" },
  async (context) => {
    const id = encodeURIComponent(pathParam(context, "receipt"));
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
            It is older than what is kept, or its source was deleted. See <Link to="/sources" label="the sources" />.
          </p>
        </Page>
      ),
    };
  },
);

async function owns(context: PageContext, source: string, receipt: string): Promise<boolean> {
  try {
    await context.api.one(pathOf(context, `/receipts/${receipt}`, source), ReceiptView);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 404) return false;
    throw error;
  }
}
