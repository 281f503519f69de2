import type { PageContext } from "../../page-context.ts";
import { Card, Link, renewed } from "../../parts/card.tsx";
import { Ago } from "../../parts/time.tsx";
import { CAUSES } from "./causes.ts";
import type { Source } from "./guide-view.tsx";
import { loadReceipts, loadRejections, type Receipt, type Rejected } from "./load.ts";
import { VERDICTS, VerdictBadge } from "./status.tsx";

/** The latest that a source took, and what it refused. */
export type News = { first: Receipt | undefined; rejected: Rejected };

export async function newsOf(context: PageContext, { id }: Source): Promise<News> {
  const [{ rows: data }, rejected] = await Promise.all([loadReceipts(context, id, 1), loadRejections(context, id)]);
  return { first: data[0], rejected };
}

/** Waits for the first callback, and says what came: it renews itself until then. */
export function FirstCallback({ source, news, address }: { source: Source; news: News; address: string }) {
  const { first, rejected } = news;
  return (
    <Card
      id="first"
      title={first ? "The latest callback" : "The first callback"}
      head={!first && <span class="live right">Live</span>}
      body={null}
      attributes={{ id: "live", "data-live": true, ...renewed(address, first ? null : "3s") }}
    >
      <div class="card-body stack" role="status">
        {first ? <Arrived source={source} receipt={first} /> : <p>Waiting for the first callback…</p>}
        {!first && <Refused rejected={rejected} />}
      </div>
    </Card>
  );
}

function Arrived({ source, receipt }: { source: Source; receipt: Receipt }) {
  return (
    <>
      <p class="row">
        <VerdictBadge verdict={receipt.verdict} /> <Ago at={receipt.at} />
        {receipt.event_types.map((type) => (
          <span class="tag">{type}</span>
        ))}
      </p>
      <p>
        {receipt.verdict === "verified"
          ? "It works: the callback came, and is an event now."
          : VERDICTS[receipt.verdict]}
      </p>
      <p>
        <Link to={`/sources/${source.id}/receipts/${receipt.id}`} label="See the receipt" />
      </p>
    </>
  );
}

function Refused({ rejected: { latest } }: { rejected: Rejected }) {
  const [last] = latest;
  if (!last)
    return <p class="quiet">It appears here as soon as it comes. So does what had to be refused, with the cause.</p>;
  const { name, meaning, remedy } = CAUSES[last.cause];
  return (
    <div class="note bad flush">
      <strong>
        A callback was refused <Ago at={last.at} />: {name.toLowerCase()}
      </strong>
      <span>{meaning}</span>
      <span>{remedy}</span>
    </div>
  );
}
