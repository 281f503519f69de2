import type { Problem } from "../../../api/problem.ts";
import { type Guide, TICKET_FIELDS, type Variant } from "../../../inbound/guide.ts";
import { addressWith, usePageContext } from "../../page-context.ts";
import { DataField, type FieldData } from "../../parts/fields.tsx";
import { ErrorSummary, FormCard, wrongWith } from "../../parts/form.tsx";
import { MoreOptions, SettingFields } from "./fields.tsx";
import type { Setting } from "./settings.ts";
import type { FormValues } from "./typed.ts";

type FormProps = {
  to: string;
  guide: Guide;
  variant: Variant | undefined;
  settings: readonly Setting[];
  values: FormValues;
  problem: Problem | null;
  verb: string;
  back: string;
  changing?: boolean;
};

/** What a source is made of, to be typed in: for a new one, or for one that is there. */
export function SourceForm({ to, guide, variant, settings, values, problem, verb, back, changing = false }: FormProps) {
  const filled = { guide, values, problem, changing };
  const credentials = settings.filter(({ place }) => place === "credentials");
  const tickets = settings.filter(({ name }) => name in TICKET_FIELDS);
  const options = settings.filter((each) => each.place === "options" && !tickets.includes(each));
  const main = options.filter(({ name, required }) => required || guide.fields[name]?.main);
  const others = options.filter((option) => !main.includes(option));
  return (
    <FormCard to={to} label={verb} verb={verb} back={back}>
      <ErrorSummary problem={problem} shown={["name", "public_url", ...settings.map(({ name }) => name)]} />
      {variant && <input type="hidden" name="variant" value={variant.id} />}
      <DataField of={NAME} values={values} problem={problem} />
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
      {!guide.byMail && <PublicUrl values={values} problem={problem} />}
    </FormCard>
  );
}

const NAME: FieldData = {
  ...{ name: "name", label: "Name", hint: "For you, to tell your sources apart.", required: true, maxlength: 200 },
};
const PUBLIC_URL: FieldData = {
  ...{ name: "public_url", label: "Public URL (optional)", inputmode: "url", spellcheck: false },
  hint: "The whole URL that the provider calls, if a proxy of yours stands before this service. Some providers sign it.",
  placeholder: "https://hooks.example.com/callbacks",
};

function PublicUrl({ values, problem }: Pick<FormProps, "values" | "problem">) {
  const open = (values.public_url ?? "") !== "" || wrongWith(problem, "public_url") !== undefined;
  return (
    <details class="more" open={open}>
      <summary>Behind a proxy</summary>
      <div class="stack inset">
        <DataField of={PUBLIC_URL} values={values} problem={problem} />
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
