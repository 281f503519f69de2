import { usePageContext } from "../../page-context.ts";
import { Empty, Pager, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import type { Receipt } from "./load.ts";
import { VerdictBadge } from "./status.tsx";

/** The callbacks that a source took, the newest first. */
export function Receipts({
  path,
  receipts,
  next,
}: {
  path: string;
  receipts: readonly Receipt[];
  next: string | null;
}) {
  const context = usePageContext();
  const isFirst = !context.url.searchParams.has("cursor");
  return (
    <section class="card" aria-labelledby="receipts">
      <div class="card-head">
        <h2 id="receipts">Receipts</h2>
        {isFirst && <span class="live right">Live</span>}
      </div>
      {receipts.length === 0 ? (
        <Empty title="Nothing received yet">
          <p>A receipt is a callback that was believed, kept as it came. The first one appears here by itself.</p>
          <a class="button" href={`${path}/setup`}>
            What to do at the provider
          </a>
        </Empty>
      ) : (
        <Table label="Receipts, the newest first">
          <thead>
            <tr>
              <th>Received</th>
              <th>Verdict</th>
              <th>Events</th>
              <th>Receipt</th>
            </tr>
          </thead>
          <tbody>
            {receipts.map((receipt) => (
              <tr id={receipt.id} data-row={receipt.id}>
                <td>
                  <Ago at={receipt.at} />
                </td>
                <td>
                  <VerdictBadge verdict={receipt.verdict} />
                </td>
                <td class="became">
                  <Became receipt={receipt} />
                </td>
                <td>
                  <a class="mono nowrap" href={`${path}/receipts/${receipt.id}`}>
                    {receipt.id}
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <Pager next={next} />
    </section>
  );
}

/** The types of the events that it became; else why it became none. */
function Became({ receipt: { event_types: types, reason, events } }: { receipt: Receipt }) {
  if (types.length === 0) return <span class="quiet">{reason ?? "none"}</span>;
  return (
    <span class="row tight">
      {types.map((type) => (
        <span class="tag">{type}</span>
      ))}
      {events !== null && events.length > types.length && <span class="small quiet">{events.length} events</span>}
      {events === null && <span class="small quiet">being published</span>}
      {reason !== null && <span class="small quiet">{reason}</span>}
    </span>
  );
}
