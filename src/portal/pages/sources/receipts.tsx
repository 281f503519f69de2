import { usePageContext } from "../../page-context.ts";
import { Card, Link, LinkButton } from "../../parts/card.tsx";
import { DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import type { Receipt } from "./load.ts";
import { VerdictBadge } from "./status.tsx";

type Props = { path: string; receipts: readonly Receipt[]; next: string | null };

/** The callbacks that a source took, the newest first. */
export function Receipts({ path, receipts, next }: Props) {
  const isFirst = !usePageContext().url.searchParams.has("cursor");
  return (
    <Card id="receipts" title="Receipts" head={isFirst && <span class="live right">Live</span>} body={null}>
      {receipts.length === 0 ? (
        <Empty
          title="Nothing received yet"
          text="A receipt is a callback that was believed, kept as it came. The first one appears here by itself."
        >
          <LinkButton to={`${path}/setup`} label="What to do at the provider" />
        </Empty>
      ) : (
        <DataTable
          label="Receipts, the newest first"
          rows={receipts}
          row={({ id }) => ({ id, "data-row": id })}
          columns={[
            { head: "Received", cell: ({ at }) => <Ago at={at} /> },
            { head: "Verdict", cell: ({ verdict }) => <VerdictBadge verdict={verdict} /> },
            { head: "Events", td: "became", cell: (receipt) => <Became receipt={receipt} /> },
            {
              head: "Receipt",
              cell: ({ id }) => <Link to={`${path}/receipts/${id}`} class="mono nowrap" label={id} />,
            },
          ]}
        />
      )}
      <Pager next={next} />
    </Card>
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
