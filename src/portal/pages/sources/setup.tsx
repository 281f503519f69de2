import type { Problem } from "../../../api/problem.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import type { Guide } from "../../../inbound/guide.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, queryParam, usePageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { CopyLine } from "../../parts/code.tsx";
import { ErrorSummary, Form } from "../../parts/form.tsx";
import { SettingFields } from "./fields.tsx";
import { callbackOf, fieldGuide, Proof, type Source, Steps, stepValues } from "./guide-view.tsx";
import { loadSource, sourceApi } from "./load.ts";
import { settingsFor, variantInUse } from "./settings.ts";
import { credentialsIn, type FormValues, typedIn } from "./typed.ts";
import { FirstCallback, type News, newsOf } from "./waiting.tsx";

/** What is left to do at the provider, until the first callback comes. */
export const setupPage = page(
  { path: "/portal/{workspace}/sources/{source}/setup", scope: "read" },
  async (context) => {
    const source = await loadSource(context);
    const guide = guideOf(source.provider);
    const path = inWorkspace(context, `/sources/${source.id}`);
    if (!guide) return redirect(path);
    const awaits = queryParam(context, "awaits") !== "" ? "?awaits=credentials" : "";
    const news = await newsOf(context, source);
    return <SetupPage source={source} guide={guide} news={news} address={`${path}/setup${awaits}`} />;
  },
);

/** Takes the credential that the provider has told in the meantime. */
export const completeAction = action(
  { path: "/portal/{workspace}/sources/{source}/setup", scope: "manage" },
  async (context) => {
    const source = await loadSource(context);
    const guide = guideOf(source.provider);
    const path = inWorkspace(context, `/sources/${source.id}`);
    if (!guide) return redirect(path);
    const settings = settingsFor(guide, variantInUse(guide, source.credentials));
    const credentials = credentialsIn(settings, typedIn(context.form));
    const outcome = await context.api.send("PATCH", sourceApi(context), { credentials }, SourceView);
    if (outcome.ok) return redirect(`${path}/setup`, "saved");
    const address = `${path}/setup?awaits=credentials`;
    const again = { context, source, guide, news: await newsOf(context, source), address, problem: outcome.problem };
    return { status: 422, page: <SetupPage {...again} /> };
  },
);

/** @param typed what was typed on creation: of that, what is to be entered at the provider too is shown this once */
export function SetupPage({
  source,
  guide,
  news,
  typed = {},
  address,
  problem = null,
}: {
  source: Source;
  guide: Guide;
  news: News;
  typed?: FormValues;
  address: string;
  problem?: Problem | null;
}) {
  const context = usePageContext();
  const path = inWorkspace(context, `/sources/${source.id}`);
  const awaits = address.includes("awaits=") && context.can("manage");
  const own = Object.entries(guide.fields).filter(([name, { ours }]) => ours && (typed[name] ?? "") !== "");
  return (
    <Page
      title={`Set up ${source.name}`}
      lead={news.first ? "Callbacks come in." : `${guide.name} now has to be told where to call.`}
      crumbs={[
        { name: "Sources", path: inWorkspace(context, "/sources") },
        { name: source.name, path },
      ]}
      actions={
        <a class="button" href={path}>
          Go to the source
        </a>
      }
    >
      <div class="columns">
        <div class="stack" data-replace-url={own.length > 0 ? address : undefined}>
          <Address source={source} guide={guide} />
          {own.length > 0 && <Chosen guide={guide} own={own.map(([name]) => name)} typed={typed} />}
          <section class="card" aria-labelledby="steps">
            <div class="card-head">
              <h2 id="steps">At the provider</h2>
            </div>
            <div class="card-body">
              <Steps guide={guide} values={stepValues(guide, source, typed)} />
            </div>
          </section>
          {awaits && <Awaited source={source} guide={guide} to={`${path}/setup`} problem={problem} />}
          <FirstCallback source={source} news={news} address={address} />
        </div>
        <aside class="card" aria-labelledby="proof">
          <div class="card-head">
            <h2 id="proof">Good to know</h2>
          </div>
          <div class="card-body">
            <Proof guide={guide} />
          </div>
        </aside>
      </div>
    </Page>
  );
}

function Address({ source, guide }: { source: Source; guide: Guide }) {
  const { label, text } = callbackOf(source, guide);
  return (
    <section class="card" aria-labelledby="address">
      <div class="card-head">
        <h2 id="address">{guide.byMail ? "Mail address" : "Callback URL"}</h2>
      </div>
      <div class="card-body">
        <CopyLine text={text} label={label} />
      </div>
    </section>
  );
}

/** What somebody has chosen himself, for the other side. */
function Chosen({ guide, own, typed }: { guide: Guide; own: readonly string[]; typed: FormValues }) {
  return (
    <section class="card" aria-labelledby="chosen">
      <div class="card-head">
        <h2 id="chosen">To be entered at the provider too</h2>
      </div>
      <div class="card-body stack">
        <p class="quiet">Copy it now: it is stored encrypted, and never shown again.</p>
        {own.map((name) => {
          const { label } = fieldGuide(guide, name);
          return (
            <div class="stack-s">
              <strong>{label}</strong>
              <CopyLine text={typed[name] ?? ""} label={label.toLowerCase()} />
            </div>
          );
        })}
      </div>
    </section>
  );
}

/** A credential that the provider tells only once it has the URL. */
function Awaited({
  source,
  guide,
  to,
  problem,
}: {
  source: Source;
  guide: Guide;
  to: string;
  problem: Problem | null;
}) {
  const settings = settingsFor(guide, variantInUse(guide, source.credentials)).filter(
    ({ place }) => place === "credentials",
  );
  return (
    <Form to={to} class="card" label="Credentials">
      <div class="card-head">
        <h2>What the provider tells you then</h2>
      </div>
      <div class="card-body stack">
        <ErrorSummary problem={problem} shown={settings.map(({ name }) => name)} />
        <p class="quiet">
          Until it is here, a made-up one stands in its place, and every callback is refused as wrongly signed.
        </p>
        <SettingFields
          settings={settings}
          guide={{ ...guide, fields: withoutLater(guide) }}
          typed={{}}
          problem={problem}
        />
      </div>
      <div class="card-foot">
        <button type="submit" class="primary">
          Save
        </button>
      </div>
    </Form>
  );
}

const withoutLater = ({ fields }: Guide): Guide["fields"] =>
  Object.fromEntries(Object.entries(fields).map(([name, { later: _, ...rest }]) => [name, rest]));
