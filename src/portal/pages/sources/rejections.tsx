import { REJECTIONS } from "../../../inbound/provider.ts";
import { count } from "../../parts/figures.tsx";
import { Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { CAUSES } from "./causes.ts";
import { type Rejected, refusedIn } from "./load.ts";

/** The callbacks that were not believed: why, how many, and what to do about it. */
export function Rejections({ rejected }: { rejected: Rejected }) {
  const { counts, since } = rejected;
  const causes = REJECTIONS.filter((cause) => (counts[cause] ?? 0) > 0);
  return (
    <section class="card" aria-labelledby="rejections">
      <div class="card-head">
        <h2 id="rejections">Refused callbacks</h2>
        {since !== null && (
          <span class="small quiet">
            {count(refusedIn(rejected))} since <Ago at={since} />
          </span>
        )}
      </div>
      {causes.length === 0 ? (
        <div class="card-body">
          <p class="quiet">None. What is not signed as it should be is refused, has no effect, and is counted here.</p>
        </div>
      ) : (
        <Table label="Causes">
          <thead>
            <tr>
              <th>Cause</th>
              <th class="num">Refused</th>
              <th>What to do</th>
            </tr>
          </thead>
          <tbody>
            {causes.map((cause) => (
              <tr id={`cause-${cause}`}>
                <td class="cause">
                  <strong>{CAUSES[cause].name}</strong>
                  <code class="small quiet">{cause}</code>
                </td>
                <td class="num">{count(counts[cause] ?? 0)}</td>
                <td class="main">
                  {CAUSES[cause].meaning} <span class="quiet">{CAUSES[cause].remedy}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </section>
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
      <Table label="The latest refused callbacks">
        <thead>
          <tr>
            <th>When</th>
            <th>Cause</th>
            <th>From</th>
            <th>Method</th>
            <th>User agent</th>
          </tr>
        </thead>
        <tbody>
          {latest.map(({ at, cause, from, method, user_agent: agent }) => (
            <tr>
              <td>
                <Ago at={at} />
              </td>
              <td class="nowrap">{CAUSES[cause].name}</td>
              <td class="mono nowrap">{from ?? <span class="quiet">unknown</span>}</td>
              <td class="mono">{method}</td>
              <td class="agent">
                <span class="clip" title={agent ?? undefined}>
                  {agent ?? <span class="quiet">none</span>}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}
