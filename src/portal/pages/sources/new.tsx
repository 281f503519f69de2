import type { Problem } from "../../../api/problem.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import type { Guide } from "../../../inbound/guide.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { formField, inWorkspace, queryParam, usePageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { SourceForm, Variants } from "./form.tsx";
import { Proof, Steps, stepValues } from "./guide-view.tsx";
import { unknownProvider } from "./missing.tsx";
import { Prose } from "./prose.tsx";
import { fixedOptions, settingsFor, variantOf } from "./settings.ts";
import { SetupPage } from "./setup.tsx";
import { credentialsIn, type FormValues, optionsIn, placeholders, suggested, typedIn } from "./typed.ts";
import { newsOf } from "./waiting.tsx";

const PATH = "/portal/{workspace}/sources/new/{provider}";

/** The second step of a new source: what its provider takes. */
export const newSourcePage = page({ path: PATH, scope: "manage" }, (context) => {
  const guide = guideOf(context.params.provider ?? "");
  if (!guide) return unknownProvider(context);
  const settings = settingsFor(guide, variantOf(guide, queryParam(context, "variant")));
  const typed = { name: guide.name, ...suggested(guide, settings) };
  return <NewSource guide={guide} variant={queryParam(context, "variant")} typed={typed} problem={null} />;
});

/** Creates it, and goes on to what is to be done at the provider. */
export const createSourceAction = action({ path: PATH, scope: "manage" }, async (context) => {
  const guide = guideOf(context.params.provider ?? "");
  if (!guide) return unknownProvider(context);
  const variant = variantOf(guide, formField(context, "variant"));
  const settings = settingsFor(guide, variant);
  const typed = typedIn(context.form);
  const given = credentialsIn(settings, typed);
  const made = await placeholders(guide, settings, given);
  const body = {
    provider: guide.provider,
    name: typed.name ?? "",
    credentials: { ...made, ...given },
    options: { ...fixedOptions(guide, variant), ...optionsIn(settings, typed) },
    public_url: typed.public_url || null,
  };
  const outcome = await context.api.send("POST", "/sources", body, SourceView);
  if (!outcome.ok) {
    const again = { context, guide, variant: variant?.id ?? "", typed, problem: outcome.problem };
    return { status: 422, page: <NewSource {...again} /> };
  }
  const source = outcome.data;
  const awaits = Object.keys(made).length > 0;
  const setup = inWorkspace(context, `/sources/${source.id}/setup${awaits ? "?awaits=credentials" : ""}`);
  const chosen = Object.entries(guide.fields).some(([name, { ours }]) => ours && (typed[name] ?? "") !== "");
  // What is to be entered at the provider too is shown now: it never comes back from where it is stored.
  if (!chosen) return redirect(setup);
  const news = await newsOf(context, source);
  const shown = { context, source, guide, news, typed, address: setup };
  return { status: 201, page: <SetupPage {...shown} /> };
});

function NewSource({
  guide,
  variant: asking,
  typed,
  problem,
}: {
  guide: Guide;
  variant: string;
  typed: FormValues;
  problem: Problem | null;
}) {
  const context = usePageContext();
  const variant = variantOf(guide, asking);
  const settings = settingsFor(guide, variant);
  return (
    <Page
      title={guide.name}
      lead={<Prose text={guide.brings} />}
      crumbs={[
        { name: "Sources", path: inWorkspace(context, "/sources") },
        { name: "Add source", path: inWorkspace(context, "/sources/new") },
      ]}
    >
      <div class="columns">
        <div class="stack">
          <Variants guide={guide} current={variant} />
          <SourceForm
            to={inWorkspace(context, `/sources/new/${guide.provider}`)}
            guide={guide}
            variant={variant}
            settings={settings}
            typed={typed}
            problem={problem}
            verb="Add source"
            back={inWorkspace(context, "/sources/new")}
          />
        </div>
        <aside class="card" aria-label="Guide">
          <div class="card-head">
            <h2>What comes next</h2>
          </div>
          <div class="card-body stack">
            <p class="quiet">
              {guide.byMail
                ? "With the source you get an address. Then:"
                : "With the source you get a callback URL. Then:"}
            </p>
            <Steps guide={guide} values={stepValues(guide, null, typed)} />
            <Proof guide={guide} />
          </div>
        </aside>
      </div>
    </Page>
  );
}
