import type { Child } from "hono/jsx";
import type { Guide } from "../../../inbound/guide.ts";
import { REJECTIONS } from "../../../inbound/provider.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Card, Facts, Link, LinkButton, Note, Quiet, renewed } from "../../parts/card.tsx";
import { CopyLine } from "../../parts/code.tsx";
import { count } from "../../parts/figures.tsx";
import { DataTable, Empty, Pager } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { CAUSES } from "./causes.ts";
import { callbackOf, fieldGuide, Proof, Prose, type Source, Steps, stepValues } from "./guide-view.tsx";
import { loadReceipts, loadRejections, loadSource, pathOf, type Receipt, type Rejected, refusedIn } from "./load.ts";
import { SourceBadge, VerdictBadge } from "./status.tsx";

const PAGE = 25;

/** One source: what it received, what it refused and why, and how it is set up. */
export const sourcePage = page({ path: "/portal/{workspace}/sources/{source}", scope: "read" }, async (context) => {
  const source = await loadSource(context);
  const cursor = queryParam(context, "cursor");
  const [receipts, rejected] = await Promise.all([
    loadReceipts(context, source.id, PAGE, cursor),
    loadRejections(context, source.id),
  ]);
  const guide = guideOf(source.provider);
  const path = pathOf(context);
  const controls = (
    <>
      <LinkButton to={`${path}/edit`} label="Change" />
      <LinkButton to={`${path}/delete`} kind="danger" label="Delete" />
    </>
  );
  // Older pages do not change.
  const live = renewed(inWorkspace(context, path), cursor === "" ? "3s" : null);
  return (
    <Page
      title={source.name}
      lead={guide && <Prose text={guide.brings} />}
      crumbs={[{ name: "Sources", path: "/sources" }]}
      actions={context.can("manage") && controls}
    >
      <div class="columns">
        <div class="stack">
          <div id="live" class="stack" data-live {...live}>
            {cursor === "" && <Summary last={receipts.rows[0]} rejected={rejected} />}
            <Receipts path={path} receipts={receipts.rows} next={receipts.next} />
            <Rejections rejected={rejected} />
          </div>
          <LatestRejections rejected={rejected} />
        </div>
        <div class="stack">
          <Card id="facts" title="Set-up">
            <Address source={source} guide={guide} />
            <SourceFacts source={source} guide={guide} />
          </Card>
          {guide && (
            <details class="card fold">
              <summary>
                <h2>Guide for {guide.name}</h2>
              </summary>
              <div class="card-body stack">
                <Steps guide={guide} values={stepValues(guide, source)} />
                <Proof guide={guide} />
                <p>
                  <Link to={`${path}/setup`} label="Set it up step by step" />
                </p>
              </div>
            </details>
          )}
        </div>
      </div>
    </Page>
  );
});

/** How it is doing, at a glance. */
function Summary({ last, rejected }: { last: Receipt | undefined; rejected: Rejected }) {
  const refused = refusedIn(rejected);
  const why = (
    <small>
      <a href="#rejections">why</a>
    </small>
  );
  const figures: [string, Child][] = [
    ["Status", <SourceBadge last={last} rejected={rejected} />],
    ["Last receipt", <Ago at={last?.at ?? null} />],
    [
      "Refused",
      <>
        {count(refused)} {refused > 0 && why}
      </>,
    ],
  ];
  return (
    <dl class="figures three">
      {figures.map(([name, value]) => (
        <div class="figure">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Address({ source, guide }: { source: Source; guide: Guide | undefined }) {
  const { label, text } = callbackOf(source, guide);
  return (
    <div class="stack-s">
      <h3>{guide?.byMail ? "Mail address" : "Callback URL"}</h3>
      <CopyLine text={text} label={label} />
    </div>
  );
}

function SourceFacts({ source, guide }: { source: Source; guide: Guide | undefined }) {
  const label = (name: string) => (guide ? fieldGuide(guide, name).label : name);
  const { credentials, options, public_url, created_at, updated_at } = source;
  return (
    <Facts
      of={[
        ["Provider", guide?.name ?? source.provider],
        ["Id", <code>{source.id}</code>],
        ...Object.entries(credentials).map(([name, how]) => [label(`credentials.${name}`), how] as const),
        ...Object.entries(options).map(([name, value]) => [label(`options.${name}`), shown(value)] as const),
        public_url !== null && ["Public URL", public_url],
        ["Added", <Ago at={created_at} />],
        updated_at !== created_at && ["Changed", <Ago at={updated_at} />],
      ]}
    />
  );
}

function shown(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** The callbacks that were not believed: why, how many, and what to do about it. */
function Rejections({ rejected }: { rejected: Rejected }) {
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
function LatestRejections({ rejected: { latest } }: { rejected: Rejected }) {
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

type Props = { path: string; receipts: readonly Receipt[]; next: string | null };

/** The callbacks that a source took, the newest first. */
function Receipts({ path, receipts, next }: Props) {
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
