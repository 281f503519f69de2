import type { Problem } from "../../../api/problem.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import type { Guide } from "../../../inbound/guide.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext, queryParam } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { Card, Link, LinkButton, renewed } from "../../parts/card.tsx";
import { CopyLine } from "../../parts/code.tsx";
import { ErrorSummary, FormCard } from "../../parts/form.tsx";
import { Ago } from "../../parts/time.tsx";
import { CAUSES } from "./causes.ts";
import { SettingFields } from "./fields.tsx";
import { callbackOf, fieldGuide, Proof, type Source, Steps, stepValues } from "./guide-view.tsx";
import { crumbsOf, loadReceipts, loadRejections, loadSource, pathOf, type Receipt, type Rejected } from "./load.ts";
import { settingsFor, variantInUse } from "./settings.ts";
import { VERDICTS, VerdictBadge } from "./status.tsx";
import { credentialsIn, type FormValues, typedIn } from "./typed.ts";

const PATH = "/portal/{workspace}/sources/{source}/setup";

/** What is left to do at the provider, until the first callback comes. */
export const setupPage = page({ path: PATH, scope: "read" }, async (context) => {
  const source = await loadSource(context);
  const guide = guideOf(source.provider);
  if (!guide) return redirect(inWorkspace(context, pathOf(context)));
  const awaits = queryParam(context, "awaits") !== "" ? "?awaits=credentials" : "";
  const address = inWorkspace(context, pathOf(context, `/setup${awaits}`));
  return setupPageOf(context, { source, guide, progress: await progressOf(context, source), address });
});

/** Takes the credential that the provider has told in the meantime. */
export const completeAction = action({ path: PATH, scope: "manage" }, async (context) => {
  const source = await loadSource(context);
  const guide = guideOf(source.provider);
  if (!guide) return redirect(inWorkspace(context, pathOf(context)));
  const settings = settingsFor(guide, variantInUse(guide, source.credentials));
  const credentials = credentialsIn(settings, typedIn(context.form));
  const outcome = await context.api.send("PATCH", pathOf(context), { credentials }, SourceView);
  const setup = inWorkspace(context, pathOf(context, "/setup"));
  if (outcome.ok) return redirect(setup, "saved");
  const progress = await progressOf(context, source);
  const again = { source, guide, progress, address: `${setup}?awaits=credentials`, problem: outcome.problem };
  return { status: 422, page: setupPageOf(context, again) };
});

type Setup = {
  source: Source;
  guide: Guide;
  progress: Progress;
  address: string;
  /** What was typed on creation: of that, what is to be entered at the provider too is shown this once. */
  values?: FormValues;
  problem?: Problem | null;
};

export function setupPageOf(
  context: PageContext,
  { source, guide, progress, values = {}, address, problem = null }: Setup,
) {
  const path = `/sources/${source.id}`;
  const awaits = address.includes("awaits=") && context.can("manage");
  const own = Object.entries(guide.fields).filter(([name, { ours }]) => ours && (values[name] ?? "") !== "");
  const { label, text } = callbackOf(source, guide);
  return (
    <Page
      title={`Set up ${source.name}`}
      lead={progress.first ? "Callbacks come in." : `${guide.name} now has to be told where to call.`}
      crumbs={crumbsOf(source)}
      actions={<LinkButton to={path} label="Go to the source" />}
    >
      <div class="columns">
        <div class="stack" data-replace-url={own.length > 0 ? address : undefined}>
          <Card id="address" title={guide.byMail ? "Mail address" : "Callback URL"} body="">
            <CopyLine text={text} label={label} />
          </Card>
          {own.length > 0 && <Chosen guide={guide} own={own.map(([name]) => name)} values={values} />}
          <Card id="steps" title="At the provider" body="">
            <Steps guide={guide} values={stepValues(guide, source, values)} />
          </Card>
          {awaits && <Awaited source={source} guide={guide} to={`${path}/setup`} problem={problem} />}
          <FirstCallback source={source} progress={progress} address={address} />
        </div>
        <Card id="proof" title="Good to know" as="aside" body="">
          <Proof guide={guide} />
        </Card>
      </div>
    </Page>
  );
}

type ChosenProps = { guide: Guide; own: readonly string[]; values: FormValues };

/** What somebody has chosen himself, for the other side. */
const Chosen = ({ guide, own, values }: ChosenProps) => (
  <Card id="chosen" title="To be entered at the provider too">
    <p class="quiet">Copy it now: it is stored encrypted, and never shown again.</p>
    {own.map((name) => {
      const { label } = fieldGuide(guide, name);
      return (
        <div class="stack-s">
          <strong>{label}</strong>
          <CopyLine text={values[name] ?? ""} label={label.toLowerCase()} />
        </div>
      );
    })}
  </Card>
);

type AwaitedProps = { source: Source; guide: Guide; to: string; problem: Problem | null };

/** A credential that the provider tells only once it has the URL. */
function Awaited({ source, guide, to, problem }: AwaitedProps) {
  const all = settingsFor(guide, variantInUse(guide, source.credentials));
  const settings = all.filter(({ place }) => place === "credentials");
  const now = { ...guide, fields: withoutLater(guide) };
  return (
    <FormCard to={to} label="Credentials" head="What the provider tells you then" verb="Save">
      <ErrorSummary problem={problem} shown={settings.map(({ name }) => name)} />
      <p class="quiet">
        Until it is here, a made-up one stands in its place, and every callback is refused as wrongly signed.
      </p>
      <SettingFields settings={settings} guide={now} values={{}} problem={problem} />
    </FormCard>
  );
}

const withoutLater = ({ fields }: Guide): Guide["fields"] =>
  Object.fromEntries(Object.entries(fields).map(([name, { later: _, ...rest }]) => [name, rest]));

/** The latest that a source took, and what it refused. */
type Progress = { first: Receipt | undefined; rejected: Rejected };

export async function progressOf(context: PageContext, { id }: Source): Promise<Progress> {
  const [{ rows: data }, rejected] = await Promise.all([loadReceipts(context, id, 1), loadRejections(context, id)]);
  return { first: data[0], rejected };
}

/** Waits for the first callback, and says what came: it renews itself until then. */
function FirstCallback({ source, progress, address }: { source: Source; progress: Progress; address: string }) {
  const { first, rejected } = progress;
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
