import type { Guide } from "../../../inbound/guide.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, queryParam } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { CopyLine } from "../../parts/code.tsx";
import { count } from "../../parts/figures.tsx";
import { Ago } from "../../parts/time.tsx";
import { callbackOf, fieldGuide, Proof, type Source, Steps, stepValues } from "./guide-view.tsx";
import { loadReceipts, loadRejections, loadSource, type Receipt, type Rejected, refusedIn } from "./load.ts";
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
  const path = inWorkspace(context, `/sources/${source.id}`);
  // Older pages do not change.
  const live =
    cursor === "" ? { "hx-get": path, "hx-trigger": "every 3s", "hx-select": "#live", "hx-swap": "outerMorph" } : {};
  return (
    <Page
      title={source.name}
      lead={guide && <Prose text={guide.brings} />}
      crumbs={[{ name: "Sources", path: inWorkspace(context, "/sources") }]}
      actions={context.can("manage") && <Controls path={path} />}
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
          <section class="card" aria-labelledby="facts">
            <div class="card-head">
              <h2 id="facts">Set-up</h2>
            </div>
            <div class="card-body stack">
              <Address source={source} guide={guide} />
              <Facts source={source} guide={guide} />
            </div>
          </section>
          {guide && (
            <details class="card fold">
              <summary>
                <h2>Guide for {guide.name}</h2>
              </summary>
              <div class="card-body stack">
                <Steps guide={guide} values={stepValues(guide, source)} />
                <Proof guide={guide} />
                <p>
                  <a href={`${path}/setup`}>Set it up step by step</a>
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
  return (
    <dl class="figures three">
      <div class="figure">
        <dt>Status</dt>
        <dd>
          <SourceBadge last={last} rejected={rejected} />
        </dd>
      </div>
      <div class="figure">
        <dt>Last receipt</dt>
        <dd>
          <Ago at={last?.at ?? null} />
        </dd>
      </div>
      <div class="figure">
        <dt>Refused</dt>
        <dd>
          {count(refused)}{" "}
          {refused > 0 && (
            <small>
              <a href="#rejections">why</a>
            </small>
          )}
        </dd>
      </div>
    </dl>
  );
}

function Controls({ path }: { path: string }) {
  return (
    <>
      <a class="button" href={`${path}/edit`}>
        Change
      </a>
      <a class="button danger" href={`${path}/delete`}>
        Delete
      </a>
    </>
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

function Facts({ source, guide }: { source: Source; guide: Guide | undefined }) {
  const label = (name: string) => (guide ? fieldGuide(guide, name).label : name);
  return (
    <dl class="facts">
      <dt>Provider</dt>
      <dd>{guide?.name ?? source.provider}</dd>
      <dt>Id</dt>
      <dd>
        <code>{source.id}</code>
      </dd>
      {Object.entries(source.credentials).map(([name, how]) => (
        <>
          <dt>{label(`credentials.${name}`)}</dt>
          <dd>{how}</dd>
        </>
      ))}
      {Object.entries(source.options).map(([name, value]) => (
        <>
          <dt>{label(`options.${name}`)}</dt>
          <dd>{shown(value)}</dd>
        </>
      ))}
      {source.public_url !== null && (
        <>
          <dt>Public URL</dt>
          <dd>{source.public_url}</dd>
        </>
      )}
      <dt>Added</dt>
      <dd>
        <Ago at={source.created_at} />
      </dd>
      {source.updated_at !== source.created_at && (
        <>
          <dt>Changed</dt>
          <dd>
            <Ago at={source.updated_at} />
          </dd>
        </>
      )}
    </dl>
  );
}

function shown(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(", ") : String(value);
}
