import type { Child } from "hono/jsx";
import type { Problem } from "../../../api/problem.ts";
import type { Guide } from "../../../inbound/guide.ts";
import { Choice, DataField, type FieldData } from "../../parts/fields.tsx";
import { wrongWith } from "../../parts/form.tsx";
import { fieldGuide } from "./guide-view.tsx";
import { Prose } from "./prose.tsx";
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
export function MoreOptions({ title, settings, ...filled }: Filled & { title: string; settings: readonly Setting[] }) {
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
