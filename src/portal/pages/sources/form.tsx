import type { Problem } from "../../../api/problem.ts";
import { type Guide, TICKET_FIELDS, type Variant } from "../../../inbound/guide.ts";
import { addressWith, usePageContext } from "../../page-context.ts";
import { ErrorSummary, Field, Form, wrongWith } from "../../parts/form.tsx";
import { MoreOptions, SettingFields } from "./fields.tsx";
import type { Setting } from "./settings.ts";
import type { FormValues } from "./typed.ts";

/** What a source is made of, to be typed in: for a new one, or for one that is there. */
export function SourceForm({
  to,
  guide,
  variant,
  settings,
  typed,
  problem,
  verb,
  back,
  changing = false,
}: {
  to: string;
  guide: Guide;
  variant: Variant | undefined;
  settings: readonly Setting[];
  typed: FormValues;
  problem: Problem | null;
  verb: string;
  back: string;
  changing?: boolean;
}) {
  const filled = { guide, typed, problem, changing };
  const credentials = settings.filter(({ place }) => place === "credentials");
  const tickets = settings.filter(({ name }) => name in TICKET_FIELDS);
  const options = settings.filter((each) => each.place === "options" && !tickets.includes(each));
  const main = options.filter(({ name, required }) => required || guide.fields[name]?.main);
  const others = options.filter((option) => !main.includes(option));
  return (
    <Form to={to} class="card" label={verb}>
      <div class="card-body stack">
        <ErrorSummary problem={problem} shown={["name", "public_url", ...settings.map(({ name }) => name)]} />
        {variant && <input type="hidden" name="variant" value={variant.id} />}
        <Field name="name" label="Name" hint="For you, to tell your sources apart." problem={problem}>
          {(attributes) => <input {...attributes} type="text" maxlength={200} required value={typed.name ?? ""} />}
        </Field>
        {credentials.length > 0 && changing && (
          <p class="quiet">
            {credentials.length === 1
              ? "What is set is never shown. Leave it empty to keep it."
              : "What is set is never shown. Leave all of these empty to keep them; to replace one, enter all of them anew."}
          </p>
        )}
        <SettingFields settings={credentials} {...filled} />
        <SettingFields settings={main} {...filled} />
        <MoreOptions title="Options" settings={others} {...filled} />
        <MoreOptions title="Mails that belong to tickets" settings={tickets} {...filled} />
        {!guide.byMail && <PublicUrl typed={typed} problem={problem} />}
      </div>
      <div class="card-foot">
        <button type="submit" class="primary">
          {verb}
        </button>
        <a class="button" href={back}>
          Cancel
        </a>
      </div>
    </Form>
  );
}

function PublicUrl({ typed, problem }: { typed: FormValues; problem: Problem | null }) {
  const open = (typed.public_url ?? "") !== "" || wrongWith(problem, "public_url") !== undefined;
  return (
    <details class="more" open={open}>
      <summary>Behind a proxy</summary>
      <div class="stack inset">
        <Field
          name="public_url"
          label="Public URL (optional)"
          hint="The whole URL that the provider calls, if a proxy of yours stands before this service. Some providers sign it."
          problem={problem}
        >
          {(attributes) => (
            <input
              {...attributes}
              type="text"
              inputmode="url"
              spellcheck={false}
              placeholder="https://hooks.example.com/callbacks"
              value={typed.public_url ?? ""}
            />
          )}
        </Field>
      </div>
    </details>
  );
}

/** The ways in which a provider can be set up, as links: each has fields of its own. */
export function Variants({ guide, current }: { guide: Guide; current: Variant | undefined }) {
  const context = usePageContext();
  if (!guide.variants) return null;
  return (
    <nav class="row" aria-label="How it proves itself">
      <span class="segments">
        {guide.variants.map(({ id, label }) => (
          <a href={addressWith(context, { variant: id })} aria-current={id === current?.id ? "true" : undefined}>
            {label}
          </a>
        ))}
      </span>
    </nav>
  );
}
