import { REJECTIONS } from "../../../inbound/provider.ts";
import { Card, Note, Quiet } from "../../parts/card.tsx";
import { count } from "../../parts/figures.tsx";
import { DataTable } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { CAUSES } from "./causes.ts";
import { type Rejected, refusedIn } from "./load.ts";

/** The callbacks that were not believed: why, how many, and what to do about it. */
export function Rejections({ rejected }: { rejected: Rejected }) {
  const { counts, since } = rejected;
  const causes = REJECTIONS.filter((cause) => (counts[cause] ?? 0) > 0);
  const head = since !== null && (
    <Note>
      {count(refusedIn(rejected))} since <Ago at={since} />
    </Note>
  );
  return (
    <Card id="rejections" title="Refused callbacks" head={head} body={null}>
      {causes.length === 0 ? (
        <div class="card-body">
          <p class="quiet">None. What is not signed as it should be is refused, has no effect, and is counted here.</p>
        </div>
      ) : (
        <DataTable
          label="Causes"
          rows={causes}
          row={(cause) => ({ id: `cause-${cause}` })}
          columns={[
            {
              head: "Cause",
              td: "cause",
              cell: (cause) => (
                <>
                  <strong>{CAUSES[cause].name}</strong>
                  <code class="small quiet">{cause}</code>
                </>
              ),
            },
            { head: "Refused", class: "num", cell: (cause) => count(counts[cause] ?? 0) },
            {
              head: "What to do",
              td: "main",
              cell: (cause) => (
                <>
                  {CAUSES[cause].meaning} <span class="quiet">{CAUSES[cause].remedy}</span>
                </>
              ),
            },
          ]}
        />
      )}
    </Card>
  );
}

/** Where the latest of them came from. It does not renew itself: whoever reads it has opened it. */
export function LatestRejections({ rejected: { latest } }: { rejected: Rejected }) {
  if (latest.length === 0) return null;
  return (
    <details class="card fold">
      <summary>
        <h2>Where the latest refused ones came from</h2>
      </summary>
      <DataTable
        label="The latest refused callbacks"
        rows={latest}
        columns={[
          { head: "When", cell: ({ at }) => <Ago at={at} /> },
          { head: "Cause", td: "nowrap", cell: ({ cause }) => CAUSES[cause].name },
          { head: "From", td: "mono nowrap", cell: ({ from }) => from ?? <Quiet text="unknown" /> },
          { head: "Method", td: "mono", cell: ({ method }) => method },
          {
            head: "User agent",
            td: "agent",
            cell: ({ user_agent: agent }) => (
              <span class="clip" title={agent ?? undefined}>
                {agent ?? <Quiet text="none" />}
              </span>
            ),
          },
        ]}
      />
    </details>
  );
}
