import type * as z from "zod";
import { ReceiptView } from "../../../api/receipts/representation.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Table } from "../../parts/table.tsx";
import { Ago, Exact } from "../../parts/time.tsx";
import { loadSource, sourceApi } from "./load.ts";
import { RawRequest, size } from "./raw-request.tsx";
import { VERDICTS, VerdictBadge } from "./status.tsx";

type Receipt = z.infer<typeof ReceiptView>;

/** One callback as it came, and what became of it. */
export const receiptPage = page(
  { path: "/portal/{workspace}/sources/{source}/receipts/{receipt}", scope: "read" },
  async (context) => {
    const id = encodeURIComponent(context.params.receipt ?? "");
    const [source, receipt] = await Promise.all([
      loadSource(context),
      context.api.one(sourceApi(context, `/receipts/${id}`), ReceiptView),
    ]);
    const path = inWorkspace(context, `/sources/${source.id}`);
    const at = `${path}/receipts/${receipt.id}`;
    // Its events' ids are not there until they are published.
    const live =
      receipt.events === null
        ? { "hx-get": at, "hx-trigger": "every 3s", "hx-select": "#live", "hx-swap": "outerMorph" }
        : {};
    return (
      <Page
        title="Receipt"
        lead={<code class="break">{receipt.id}</code>}
        crumbs={[
          { name: "Sources", path: inWorkspace(context, "/sources") },
          { name: source.name, path },
        ]}
      >
        <div class="stack">
          <section id="live" class="card" aria-labelledby="verdict" data-live {...live}>
            <div class="card-head">
              <h2 id="verdict">What became of it</h2>
              <VerdictBadge verdict={receipt.verdict} />
            </div>
            <div class="card-body stack">
              <p>{VERDICTS[receipt.verdict]}</p>
              <dl class="facts">
                {receipt.reason !== null && (
                  <>
                    <dt>Reason</dt>
                    <dd>{receipt.reason}</dd>
                  </>
                )}
                <dt>Received</dt>
                <dd>
                  <Exact at={receipt.at} /> <span class="quiet">(</span>
                  <Ago at={receipt.at} />
                  <span class="quiet">)</span>
                </dd>
                <dt>Provider</dt>
                <dd>{guideOf(source.provider)?.name ?? source.provider}</dd>
                <dt>Events</dt>
                <dd>
                  <Events receipt={receipt} />
                </dd>
              </dl>
            </div>
          </section>
          {receipt.attachments.length > 0 && <Attachments at={at} receipt={receipt} />}
          <RawRequest request={receipt.request} />
        </div>
      </Page>
    );
  },
);

function Events({ receipt: { events, set_aside: aside, event_types: types } }: { receipt: Receipt }) {
  const context = usePageContext();
  if (events === null) return <span class="quiet">They are being published: {types.join(", ")}</span>;
  const [type] = types;
  if (events.length + aside.length === 0) return <span class="quiet">none</span>;
  return (
    <ul class="plain">
      {events.map((id) => (
        <li>
          <a class="mono break" href={inWorkspace(context, `/events/${id}`)}>
            {id}
          </a>{" "}
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

function Attachments({ at, receipt }: { at: string; receipt: Receipt }) {
  return (
    <section class="card" aria-labelledby="attachments">
      <div class="card-head">
        <h2 id="attachments">Attachments</h2>
        <span class="small quiet">Strangers sent these. They are handed over as downloads only.</span>
      </div>
      <Table label="Files">
        <thead>
          <tr>
            <th>File</th>
            <th>Type</th>
            <th class="num">Size</th>
          </tr>
        </thead>
        <tbody>
          {receipt.attachments.map((file) => (
            <tr>
              <td class="main">
                <a class="break" href={`${at}/attachments/${file.id}`} download={file.filename ?? ""}>
                  {file.filename ?? "without a name"}
                </a>
              </td>
              <td class="mono">{file.content_type ?? <span class="quiet">unknown</span>}</td>
              <td class="num">{file.size === null ? <span class="quiet">unknown</span> : size(file.size)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}

/** A file, as the API answers with it: a sandboxed download. */
export const attachmentRoute = page(
  { path: "/portal/{workspace}/sources/{source}/receipts/{receipt}/attachments/{attachment}", scope: "read" },
  (context) => {
    const [receipt, attachment] = [context.params.receipt ?? "", context.params.attachment ?? ""].map(
      encodeURIComponent,
    );
    return context.api.file(sourceApi(context, `/receipts/${receipt}/attachments/${attachment}`));
  },
);
