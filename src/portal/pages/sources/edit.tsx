import type { Problem } from "../../../api/problem.ts";
import { SourceView } from "../../../api/sources/representation.ts";
import type { Guide, Variant } from "../../../inbound/guide.ts";
import { guideOf } from "../../../inbound/providers/index.ts";
import { Page } from "../../frame.tsx";
import { formField, inWorkspace, type PageContext, pathParam, queryParam } from "../../page-context.ts";
import { type Answer, action, type PageRoute, page, redirect } from "../../page-route.ts";
import { Card, Link } from "../../parts/card.tsx";
import { Confirm } from "../../parts/form.tsx";
import { SourceForm, Variants } from "./fields.tsx";
import { Proof, Prose, type Source, Steps, stepValues } from "./guide-view.tsx";
import { crumbsOf, loadSource, pathOf } from "./load.ts";
import { fixedOptions, type Setting, settingsFor, variantInUse, variantOf } from "./settings.ts";
import { progressOf, setupPageOf } from "./setup.tsx";
import { credentialsIn, type FormValues, optionsIn, placeholders, suggested, typedFrom, typedIn } from "./typed.ts";

/** To add a source, to change it, to delete it. */

/** In place of a form for a provider that there is not. */
const unknownProvider = (): Answer => ({
  status: 404,
  page: (
    <Page title="There is no such provider">
      <p>
        Choose one of <Link to="/sources/new" label="those that there are" />.
      </p>
    </Page>
  ),
});

/** A form as it stands. */
type Form = { guide: Guide; variant: Variant | undefined; values: FormValues; problem: Problem | null };

const add = { path: "/portal/{workspace}/sources/new/{provider}", scope: "manage" } as const;

/** The second step of a new source: what its provider takes. */
const askForNew = page(add, (context) => {
  const guide = guideOf(pathParam(context, "provider"));
  if (!guide) return unknownProvider();
  const variant = variantOf(guide, queryParam(context, "variant"));
  const values = { name: guide.name, ...suggested(guide, settingsFor(guide, variant)) };
  return newSource({ guide, variant, values, problem: null });
});

/** Creates it, and goes on to what is to be done at the provider. */
const createSource = action(add, async (context) => {
  const guide = guideOf(pathParam(context, "provider"));
  if (!guide) return unknownProvider();
  const variant = variantOf(guide, formField(context, "variant"));
  const settings = settingsFor(guide, variant);
  const values = typedIn(context.form);
  const given = credentialsIn(settings, values);
  const made = await placeholders(guide, settings, given);
  const body = {
    provider: guide.provider,
    name: values.name ?? "",
    credentials: { ...made, ...given },
    options: { ...fixedOptions(guide, variant), ...optionsIn(settings, values) },
    public_url: values.public_url || null,
  };
  const outcome = await context.api.send("POST", "/sources", body, SourceView);
  if (!outcome.ok) return { status: 422, page: newSource({ guide, variant, values, problem: outcome.problem }) };
  const source = outcome.data;
  const awaits = Object.keys(made).length > 0;
  const address = inWorkspace(context, `/sources/${source.id}/setup${awaits ? "?awaits=credentials" : ""}`);
  const chosen = Object.entries(guide.fields).some(([name, { ours }]) => ours && (values[name] ?? "") !== "");
  // What is to be entered at the provider too is shown now: it never comes back from where it is stored.
  if (!chosen) return redirect(address);
  const progress = await progressOf(context, source);
  return { status: 201, page: setupPageOf(context, { source, guide, progress, values, address }) };
});

function newSource({ guide, variant, values, problem }: Form) {
  return (
    <Page
      title={guide.name}
      lead={<Prose text={guide.brings} />}
      crumbs={[
        { name: "Sources", path: "/sources" },
        { name: "Add source", path: "/sources/new" },
      ]}
    >
      <div class="columns">
        <div class="stack">
          <Variants guide={guide} current={variant} />
          <SourceForm
            {...{ guide, variant, values, problem, settings: settingsFor(guide, variant) }}
            to={`/sources/new/${guide.provider}`}
            verb="Add source"
            back="/sources/new"
          />
        </div>
        <Card title="What comes next" as="aside" attributes={{ "aria-label": "Guide" }}>
          <p class="quiet">
            {guide.byMail
              ? "With the source you get an address. Then:"
              : "With the source you get a callback URL. Then:"}
          </p>
          <Steps guide={guide} values={stepValues(guide, null, values)} />
          <Proof guide={guide} />
        </Card>
      </div>
    </Page>
  );
}

const edit = { path: "/portal/{workspace}/sources/{source}/edit", scope: "manage" } as const;

const askForChange = page(edit, async (context) => {
  const source = await loadSource(context);
  const guide = guideOf(source.provider);
  if (!guide) return unknownProvider();
  const variant = chosenVariant(guide, source, queryParam(context, "variant"));
  const options = typedFrom(settingsFor(guide, variant), source.options);
  const values = { ...options, name: source.name, public_url: source.public_url ?? "" };
  return changedSource(source, { guide, variant, values, problem: null });
});

/** Saves what was typed. Credentials that were left empty stay as they are. */
const changeSource = action(edit, async (context) => {
  const source = await loadSource(context);
  const guide = guideOf(source.provider);
  if (!guide) return unknownProvider();
  const variant = chosenVariant(guide, source, formField(context, "variant"));
  const settings = settingsFor(guide, variant);
  const values = typedIn(context.form);
  const credentials = credentialsIn(settings, values);
  const body = {
    name: values.name ?? "",
    // They replace all that there were: none leaves them.
    ...(Object.keys(credentials).length > 0 ? { credentials } : {}),
    options: { ...kept(source, guide, settings), ...fixedOptions(guide, variant), ...optionsIn(settings, values) },
    public_url: values.public_url || null,
  };
  const outcome = await context.api.send("PATCH", pathOf(context), body, SourceView);
  if (outcome.ok) return redirect(inWorkspace(context, pathOf(context)), "saved");
  return { status: 422, page: changedSource(source, { guide, variant, values, problem: outcome.problem }) };
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

function changedSource(source: Source, { guide, variant, values, problem }: Form) {
  const path = `/sources/${source.id}`;
  return (
    <Page title={`Change ${source.name}`} lead="A change holds within 30 seconds." crumbs={crumbsOf(source)}>
      <div class="stack narrow">
        <Variants guide={guide} current={variant} />
        <SourceForm
          {...{ guide, variant, values, problem, settings: settingsFor(guide, variant) }}
          to={`${path}/edit`}
          verb="Save"
          back={path}
          changing
        />
      </div>
    </Page>
  );
}

const remove = { path: "/portal/{workspace}/sources/{source}/delete", scope: "manage" } as const;

const askToDelete = page(remove, async (context) => {
  const source = await loadSource(context);
  return (
    <Page title={`Delete ${source.name}?`} crumbs={crumbsOf(source)}>
      <Confirm to={pathOf(context, "/delete")} back={pathOf(context)} verb="Delete source">
        <p>
          This deletes the source, its credentials, and all of its receipts with their raw requests and files, at once.
        </p>
        <p>
          The provider gets 404 from then on, and what it sends is lost: take the callback URL out of its settings
          first. A new source has another URL.
        </p>
        <p>Events that were published already stay, and go on to your webhooks.</p>
      </Confirm>
    </Page>
  );
});

const deleteSource = action(remove, async (context: PageContext) => {
  await context.api.delete(pathOf(context));
  return redirect(inWorkspace(context, "/sources"), "deleted");
});

export const sourceFormPages: readonly PageRoute[] = [
  ...[askForNew, createSource, askForChange, changeSource],
  ...[askToDelete, deleteSource],
];
