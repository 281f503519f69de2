import type { Guide } from "../../../inbound/guide.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import type { Child } from "hono/jsx";
import { Page } from "../../frame.tsx";
import { inWorkspace, queryParam } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Card, Facts, Link, LinkButton, renewed } from "../../parts/card.tsx";
import { CopyLine } from "../../parts/code.tsx";
import { count } from "../../parts/figures.tsx";
import { Ago } from "../../parts/time.tsx";
import { callbackOf, fieldGuide, Proof, type Source, Steps, stepValues } from "./guide-view.tsx";
import { loadReceipts, loadRejections, loadSource, pathOf, type Receipt, type Rejected, refusedIn } from "./load.ts";
import { Prose } from "./prose.tsx";
import { Receipts } from "./receipts.tsx";
import { LatestRejections, Rejections } from "./rejections.tsx";
import { SourceBadge } from "./status.tsx";

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
