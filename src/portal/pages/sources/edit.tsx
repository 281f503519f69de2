import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import { Page } from "../../frame.tsx";
import { type Guide, guideOf } from "../../guides/index.ts";
import { action, goTo, page } from "../../page-route.ts";
import { asked, field, inWorkspace, type Visit } from "../../visit.ts";
import { SourceForm, Variants } from "./form.tsx";
import type { Source } from "./guide-view.tsx";
import { loadSource, sourceApi } from "./load.ts";
import { unknownProvider } from "./missing.tsx";
import { fixedOptions, type Setting, settingsFor, variantInUse, variantOf } from "./settings.ts";
import { credentialsIn, optionsIn, type Typed, typedFrom, typedIn } from "./typed.ts";

const PATH = "/portal/{workspace}/sources/{source}/edit";

export const editSourcePage = page({ path: PATH, scope: "manage" }, async (visit) => {
  const source = await loadSource(visit);
  const guide = guideOf(source.provider);
  if (!guide) return unknownProvider(visit);
  const variant = chosenVariant(guide, source, asked(visit, "variant"));
  const typed = {
    ...typedFrom(settingsFor(guide, variant), source.options),
    name: source.name,
    public_url: source.public_url ?? "",
  };
  return <EditSource visit={visit} source={source} guide={guide} variant={variant?.id} typed={typed} problem={null} />;
});

/** Saves what was typed. Credentials that were left empty stay as they are. */
export const changeSourceAction = action({ path: PATH, scope: "manage" }, async (visit) => {
  const source = await loadSource(visit);
  const guide = guideOf(source.provider);
  if (!guide) return unknownProvider(visit);
  const variant = chosenVariant(guide, source, field(visit, "variant"));
  const settings = settingsFor(guide, variant);
  const typed = typedIn(visit.form);
  const credentials = credentialsIn(settings, typed);
  const body = {
    name: typed.name ?? "",
    // They replace all that there were: none leaves them.
    ...(Object.keys(credentials).length > 0 ? { credentials } : {}),
    options: { ...kept(source, guide, settings), ...fixedOptions(guide, variant), ...optionsIn(settings, typed) },
    public_url: typed.public_url || null,
  };
  const outcome = await visit.api.send("PATCH", sourceApi(visit), body, one(SourceView));
  if (outcome.ok) return goTo(inWorkspace(visit, `/sources/${source.id}`), "saved");
  const again = { visit, source, guide, variant: variant?.id, typed, problem: outcome.problem };
  return { status: 422, page: <EditSource {...again} /> };
});

const chosenVariant = (guide: Guide, source: Source, id: string) =>
  id === "" ? variantInUse(guide, source.credentials) : variantOf(guide, id);

/** Options that were set by the API and that no variant's form has: they stay. */
function kept({ options }: Source, guide: Guide, settings: readonly Setting[]): Record<string, unknown> {
  const all = [settings, ...(guide.variants ?? []).map((variant) => settingsFor(guide, variant))].flat();
  const known = new Set(all.map(({ key }) => key));
  const fixed = (guide.variants ?? []).flatMap((variant) => Object.keys(fixedOptions(guide, variant)));
  return Object.fromEntries(Object.entries(options).filter(([key]) => !known.has(key) && !fixed.includes(key)));
}

function EditSource({
  visit,
  source,
  guide,
  variant: id,
  typed,
  problem,
}: {
  visit: Visit;
  source: Source;
  guide: Guide;
  variant: string | undefined;
  typed: Typed;
  problem: Problem | null;
}) {
  const variant = id === undefined ? undefined : variantOf(guide, id);
  const path = inWorkspace(visit, `/sources/${source.id}`);
  return (
    <Page
      visit={visit}
      title={`Change ${source.name}`}
      lead="A change holds within 30 seconds."
      crumbs={[
        { name: "Sources", path: inWorkspace(visit, "/sources") },
        { name: source.name, path },
      ]}
    >
      <div class="stack narrow">
        <Variants visit={visit} guide={guide} current={variant} />
        <SourceForm
          visit={visit}
          to={`${path}/edit`}
          guide={guide}
          variant={variant}
          settings={settingsFor(guide, variant)}
          typed={typed}
          problem={problem}
          verb="Save"
          back={path}
          changing
        />
      </div>
    </Page>
  );
}
