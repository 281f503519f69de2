import type { Child } from "hono/jsx";
import type { Problem } from "../../../api/problem.ts";
import type { Guide } from "../../../inbound/guide.ts";
import { Field, wrongWith } from "../../parts/form.tsx";
import { fieldGuide } from "./guide-view.tsx";
import { Prose } from "./prose.tsx";
import type { Setting } from "./settings.ts";
import { type FormValues, secondOf } from "./typed.ts";

type Filled = {
  guide: Guide;
  typed: FormValues;
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

function SettingField({ setting, guide, typed, problem, changing = false }: Filled & { setting: Setting }) {
  const { name, kind, required, place, two } = setting;
  const about = fieldGuide(guide, name);
  const value = typed[name];
  if (kind === "switch") return <Switch setting={setting} guide={guide} on={value !== undefined} />;
  const mayWait = required && !changing && about.later !== undefined;
  const hint: Child = (
    <>
      <Prose text={about.hint} />
      {mayWait && " Leave it empty and put it in afterwards, in the next step."}
    </>
  );
  return (
    <>
      <Field name={name} label={labelOf(about.label, setting, mayWait, changing)} hint={hint} problem={problem}>
        {(attributes) => (
          <Control
            setting={setting}
            value={value}
            choices={about.choices}
            hidden={place === "credentials" && !about.open && (changing || !about.ours)}
            attributes={{ ...attributes, required: required && !mayWait && !changing ? "" : undefined }}
          />
        )}
      </Field>
      {changing && two && (
        <Field
          name={secondOf(name)}
          label={`${about.label}, a second one`}
          hint="While one is replaced by another: both are taken. Leave it empty otherwise."
        >
          {(attributes) => (
            <Control setting={setting} value={typed[secondOf(name)]} hidden={!about.open} attributes={attributes} />
          )}
        </Field>
      )}
    </>
  );
}

function labelOf(label: string, { required, place, kind }: Setting, mayWait: boolean, changing: boolean): string {
  if (kind === "choice") return label;
  if (changing && place === "credentials") return `New ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
  return required && !mayWait ? label : `${label} (optional)`;
}

/** The control of a field, by what its setting is. */
function Control({
  setting: { kind, usual, choices: values, min, max },
  value,
  hidden,
  choices = {},
  attributes,
}: {
  setting: Setting;
  value: string | undefined;
  hidden: boolean;
  choices?: Readonly<Record<string, string>> | undefined;
  attributes: Record<string, string | undefined>;
}) {
  if (kind === "choice") {
    return (
      <select {...attributes}>
        {values.map((each) => (
          <option value={each} selected={each === (value || usual)}>
            {choices[each] ?? each}
          </option>
        ))}
      </select>
    );
  }
  if (kind === "lines") {
    return (
      <textarea {...attributes} spellcheck={false}>
        {value ?? ""}
      </textarea>
    );
  }
  if (kind === "number") {
    return <input {...attributes} type="number" min={min} max={max} step={1} value={value ?? ""} placeholder={usual} />;
  }
  return (
    <input
      {...attributes}
      type={hidden ? "password" : "text"}
      value={value ?? ""}
      autocomplete={hidden ? "new-password" : "off"}
      autocapitalize="off"
      spellcheck={false}
    />
  );
}

function Switch({ setting: { name }, guide, on }: { setting: Setting; guide: Guide; on: boolean }) {
  const { label, hint } = fieldGuide(guide, name);
  return (
    <label class="choice" for={name}>
      <input type="checkbox" id={name} name={name} value="on" checked={on} />
      <span>
        {label}
        <span class="hint">
          <Prose text={hint} />
        </span>
      </span>
    </label>
  );
}

/** Options that usually stay as they are; open where one of them is set or wrong. */
export function MoreOptions({ title, settings, ...filled }: Filled & { title: string; settings: readonly Setting[] }) {
  if (settings.length === 0) return null;
  const { typed, problem } = filled;
  const open = settings.some(({ name, usual }) => (typed[name] || usual) !== usual || wrongWith(problem, name));
  return (
    <details class="more" open={open}>
      <summary>{title}</summary>
      <div class="stack inset">
        <SettingFields settings={settings} {...filled} />
      </div>
    </details>
  );
}
