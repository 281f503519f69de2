import type { Problem } from "../../../api/problem.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import type { Guide } from "../../../inbound/guide.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { formField, inWorkspace, queryParam, usePageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { SourceForm, Variants } from "./form.tsx";
import type { Source } from "./guide-view.tsx";
import { loadSource, sourceApi } from "./load.ts";
import { unknownProvider } from "./missing.tsx";
import { fixedOptions, type Setting, settingsFor, variantInUse, variantOf } from "./settings.ts";
import { credentialsIn, type FormValues, optionsIn, typedFrom, typedIn } from "./typed.ts";

const PATH = "/portal/{workspace}/sources/{source}/edit";

export const editSourcePage = page({ path: PATH, scope: "manage" }, async (context) => {
  const source = await loadSource(context);
  const guide = guideOf(source.provider);
  if (!guide) return unknownProvider(context);
  const variant = chosenVariant(guide, source, queryParam(context, "variant"));
  const typed = {
    ...typedFrom(settingsFor(guide, variant), source.options),
    name: source.name,
    public_url: source.public_url ?? "",
  };
  return <EditSource source={source} guide={guide} variant={variant?.id} typed={typed} problem={null} />;
});

/** Saves what was typed. Credentials that were left empty stay as they are. */
export const changeSourceAction = action({ path: PATH, scope: "manage" }, async (context) => {
  const source = await loadSource(context);
  const guide = guideOf(source.provider);
  if (!guide) return unknownProvider(context);
  const variant = chosenVariant(guide, source, formField(context, "variant"));
  const settings = settingsFor(guide, variant);
  const typed = typedIn(context.form);
  const credentials = credentialsIn(settings, typed);
  const body = {
    name: typed.name ?? "",
    // They replace all that there were: none leaves them.
    ...(Object.keys(credentials).length > 0 ? { credentials } : {}),
    options: { ...kept(source, guide, settings), ...fixedOptions(guide, variant), ...optionsIn(settings, typed) },
    public_url: typed.public_url || null,
  };
  const outcome = await context.api.send("PATCH", sourceApi(context), body, SourceView);
  if (outcome.ok) return redirect(inWorkspace(context, `/sources/${source.id}`), "saved");
  const again = { context, source, guide, variant: variant?.id, typed, problem: outcome.problem };
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
  source,
  guide,
  variant: id,
  typed,
  problem,
}: {
  source: Source;
  guide: Guide;
  variant: string | undefined;
  typed: FormValues;
  problem: Problem | null;
}) {
  const context = usePageContext();
  const variant = id === undefined ? undefined : variantOf(guide, id);
  const path = inWorkspace(context, `/sources/${source.id}`);
  return (
    <Page
      title={`Change ${source.name}`}
      lead="A change holds within 30 seconds."
      crumbs={[
        { name: "Sources", path: inWorkspace(context, "/sources") },
        { name: source.name, path },
      ]}
    >
      <div class="stack narrow">
        <Variants guide={guide} current={variant} />
        <SourceForm
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
