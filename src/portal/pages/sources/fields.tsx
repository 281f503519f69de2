import type { Child } from "hono/jsx";
import type { Problem } from "../../../api/problem.ts";
import { type Guide, TICKET_FIELDS, type Variant } from "../../../inbound/guide.ts";
import { addressWith, usePageContext } from "../../page-context.ts";
import { Choice, DataField, type FieldData } from "../../parts/fields.tsx";
import { ErrorSummary, FormCard, wrongWith } from "../../parts/form.tsx";
import { fieldGuide, Prose } from "./guide-view.tsx";
import type { Setting } from "./settings.ts";
import { type FormValues, secondOf } from "./typed.ts";

type Filled = {
  guide: Guide;
  values: FormValues;
  problem: Problem | null;
  /** Whether a source is changed that is there: what is left empty then stays. */
  changing?: boolean;
};

/** The fields of a source's form. */
export function SettingFields({ settings, ...filled }: Filled & { settings: readonly Setting[] }) {
  return (
    <>
      {settings.map((setting) => (
        <SettingField setting={setting} {...filled} />
      ))}
    </>
  );
}

function SettingField({ setting, guide, values, problem, changing = false }: Filled & { setting: Setting }) {
  const { name, kind, required, place, two } = setting;
  const about = fieldGuide(guide, name);
  if (kind === "switch") {
    const box = { type: "checkbox", id: name, name, value: "on", checked: values[name] !== undefined } as const;
    return <Choice {...box} label={about.label} hint={<Prose text={about.hint} />} />;
  }
  const mayWait = required && !changing && about.later !== undefined;
  const hint: Child = (
    <>
      <Prose text={about.hint} />
      {mayWait && " Leave it empty and put it in afterwards, in the next step."}
    </>
  );
  const hidden = place === "credentials" && !about.open && (changing || !about.ours);
  const first: FieldData = {
    ...controlOf(setting, { hidden, value: values[name], choices: about.choices }),
    ...{ name, label: labelOf(about.label, setting, mayWait, changing), hint },
    required: required && !mayWait && !changing,
  };
  const second: FieldData = {
    ...controlOf(setting, { hidden: !about.open, value: values[secondOf(name)] }),
    ...{ name: secondOf(name), label: `${about.label}, a second one` },
    hint: "While one is replaced by another: both are taken. Leave it empty otherwise.",
  };
  return (
    <>
      <DataField of={first} problem={problem} />
      {changing && two && <DataField of={second} />}
    </>
  );
}

function labelOf(label: string, { required, place, kind }: Setting, mayWait: boolean, changing: boolean): string {
  if (kind === "choice") return label;
  if (changing && place === "credentials") return `New ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
  return required && !mayWait ? label : `${label} (optional)`;
}

type Filling = { hidden: boolean; value: string | undefined; choices?: Readonly<Record<string, string>> | undefined };

/** The control of a field, by what its setting is. */
function controlOf({ kind, usual, choices: values, min, max }: Setting, { hidden, value = "", choices = {} }: Filling) {
  if (kind === "choice") {
    const options = values.map((each) => ({ value: each, name: choices[each] ?? each }));
    return { kind: "select", options, value: value || usual } as const;
  }
  if (kind === "lines") return { kind: "textarea", spellcheck: false, value } as const;
  if (kind === "number") return { kind: "number", min, max, step: 1, value, placeholder: usual } as const;
  const text = { value, autocapitalize: "off", spellcheck: false };
  return hidden ? ({ ...text, kind: "secret", autocomplete: "new-password" } as const) : text;
}

/** Options that usually stay as they are; open where one of them is set or wrong. */
function MoreOptions({ title, settings, ...filled }: Filled & { title: string; settings: readonly Setting[] }) {
  if (settings.length === 0) return null;
  const { values, problem } = filled;
  const open = settings.some(({ name, usual }) => (values[name] || usual) !== usual || wrongWith(problem, name));
  return (
    <details class="more" open={open}>
      <summary>{title}</summary>
      <div class="stack inset">
        <SettingFields settings={settings} {...filled} />
      </div>
    </details>
  );
}

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
