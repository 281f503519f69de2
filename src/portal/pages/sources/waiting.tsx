import { inWorkspace, type PageContext, usePageContext } from "../../page-context.ts";
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
export function FirstCallback({
  source,
  news: { first, rejected },
  address,
}: {
  source: Source;
  news: News;
  address: string;
}) {
  const live = first
    ? {}
    : { "hx-get": address, "hx-trigger": "every 3s", "hx-select": "#live", "hx-swap": "outerMorph" };
  return (
    <section id="live" class="card" aria-labelledby="first" data-live {...live}>
      <div class="card-head">
        <h2 id="first">{first ? "The latest callback" : "The first callback"}</h2>
        {!first && <span class="live right">Live</span>}
      </div>
      <div class="card-body stack" role="status">
        {first ? <Arrived source={source} receipt={first} /> : <p>Waiting for the first callback…</p>}
        {!first && <Refused rejected={rejected} />}
      </div>
    </section>
  );
}

function Arrived({ source, receipt }: { source: Source; receipt: Receipt }) {
  const context = usePageContext();
  const path = inWorkspace(context, `/sources/${source.id}`);
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
        <a href={`${path}/receipts/${receipt.id}`}>See the receipt</a>
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
