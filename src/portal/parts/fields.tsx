import type { Child } from "hono/jsx";
import type { Problem } from "../../api/problem.ts";
import { addressWith, type PageContext, queryParam, usePageContext } from "../page-context.ts";
import { classes } from "./card.tsx";
import { ErrorSummary, wrongWith } from "./form.tsx";
import { Zone } from "./time.tsx";

/** Fields as data: what a form asks for, each with what was typed and what was wrong. */

type Option = string | { value: string | number; name: Child };
/** What a select offers; those that belong together under a name. */
export type Options = readonly (Option | { group: string; options: readonly Option[] })[];

type InputType = "text" | "search" | "url" | "email" | "number" | "password" | "date" | "datetime-local";

/** A field of a form. What else it has are attributes of its control. */
export type FieldData = {
  name: string;
  label: Child;
  hint?: Child;
  /** The API's name of it, where that is another. */
  path?: string;
  /** An input's type, unless it is told: text; or what other control it is. */
  kind?: InputType | "select" | "textarea" | "json" | "secret";
  options?: Options;
  /** What an input suggests. */
  suggestions?: readonly string[];
  /** What stands in it, where its form has no values. */
  value?: string;
  /** Of the field as a whole. */
  fieldClass?: string;
  [attribute: string]: unknown;
};

const optionValue = (option: Option) => (typeof option === "string" ? option : option.value);

/** The label of a field that takes a time: it says in which zone. */
export const zoned = (label: string): Child => (
  <>
    {label} (<Zone />)
  </>
);

/** The options of a select. */
export function OptionList({ of, chosen }: { of: Options; chosen: string }) {
  return (
    <>
      {of.map((each) =>
        typeof each === "object" && "group" in each ? (
          <optgroup label={each.group}>
            <OptionList of={each.options} chosen={chosen} />
          </optgroup>
        ) : (
          <option value={optionValue(each)} selected={String(optionValue(each)) === chosen}>
            {typeof each === "string" ? each : each.name}
          </option>
        ),
      )}
    </>
  );
}

/** People's names and addresses are for browsers to fill in; what else is typed here is not. */
const REMEMBERED: readonly unknown[] = ["url", "email", "number", "date", "datetime-local"];

function Control({ of, value, tied }: { of: FieldData; value: string; tied: Record<string, string | undefined> }) {
  const { name, label, hint, path, kind = "text", options = [], suggestions, value: _, fieldClass, ...rest } = of;
  if (kind === "select") {
    return (
      <select {...tied} {...rest}>
        <OptionList of={options} chosen={value} />
      </select>
    );
  }
  if (kind === "textarea" || kind === "json") {
    const json = kind === "json" ? ({ class: "json", spellcheck: false, autocapitalize: "off" } as const) : {};
    // A line break after the tag is none of the text.
    return (
      <textarea {...tied} {...json} {...rest}>
        {kind === "json" ? `\n${value}` : value}
      </textarea>
    );
  }
  const plain = REMEMBERED.includes(kind) ? {} : { autocomplete: "off" };
  // What was typed as a password comes back to nobody; a secret is told again to who has just typed it.
  const shown = kind === "password" ? {} : { value };
  const input = <input {...tied} type={kind === "secret" ? "password" : kind} {...shown} {...plain} {...rest} />;
  if (!suggestions) return input;
  return (
    <>
      {input}
      <datalist id={String(rest.list)}>
        {suggestions.map((each) => (
          <option value={each} />
        ))}
      </datalist>
    </>
  );
}

type Filled = { values?: Readonly<Record<string, unknown>>; problem?: Problem | null };

/** What a field is described by: its hint, and what was wrong. */
const describedBy = (name: string, hint: unknown, wrong: unknown): string | undefined =>
  classes(hint ? `${name}-hint` : "", wrong ? `${name}-wrong` : "");

/** A field with its label, a hint, its control, and what the API found wrong. */
export function DataField({ of, values = {}, problem = null }: Filled & { of: FieldData }) {
  const { name, label, hint, path = name, fieldClass } = of;
  const wrong = wrongWith(problem, path);
  const tied = {
    ...{ id: name, name, "aria-describedby": describedBy(name, hint, wrong) },
    "aria-invalid": wrong === undefined ? undefined : "true",
  };
  return (
    <div class={classes("field", fieldClass)}>
      <label for={name}>{label}</label>
      {hint && (
        <span class="hint" id={`${name}-hint`}>
          {hint}
        </span>
      )}
      <Control of={of} value={of.value ?? String(values[name] ?? "")} tied={tied} />
      {wrong !== undefined && (
        <span class="wrong" id={`${name}-wrong`}>
          {wrong}
        </span>
      )}
    </div>
  );
}

/** Fields, one below the other. */
export const Fields = ({ of, ...filled }: Filled & { of: readonly (FieldData | false)[] }) => (
  <>{of.map((each) => each && <DataField of={each} {...filled} />)}</>
);

/** A radio button or a box with what it means. */
export const Choice = ({
  label,
  hint,
  class: className,
  type = "radio",
  ...input
}: {
  label: Child;
  hint?: Child;
  class?: string | undefined;
  type?: "radio" | "checkbox";
  [attribute: string]: unknown;
}) => (
  <label class={classes("choice", className)}>
    <input type={type} {...input} />
    <span>
      {label} {hint && <span class="hint">{hint}</span>}
    </span>
  </label>
);

/** Radio buttons or boxes under a name, each with what it means. */
export function Choices({
  legend,
  name,
  type = "radio",
  of,
  chosen,
  wrong,
  above,
}: {
  legend: string;
  name: string;
  type?: "radio" | "checkbox";
  of: readonly { value: string; name: Child; hint?: Child }[];
  chosen: readonly string[];
  wrong?: string | undefined;
  above?: Child;
}) {
  return (
    <fieldset class="stack-s" aria-describedby={wrong ? `${name}-wrong` : undefined}>
      <legend>{legend}</legend>
      {above}
      {of.map(({ value, name: label, hint }) => (
        <Choice {...{ type, name, value, label, hint, checked: chosen.includes(value) }} />
      ))}
      {wrong && (
        <span class="wrong" id={`${name}-wrong`}>
          {wrong}
        </span>
      )}
    </fieldset>
  );
}

/** Whether the page's address narrows its list by any of these fields. */
export const isFiltered = (context: Pick<PageContext, "url">, fields: readonly string[]): boolean =>
  fields.some((name) => queryParam(context, name).trim() !== "");

/** The page's address without any of these fields. */
export const unfiltered = (context: Pick<PageContext, "url">, fields: readonly string[]): string =>
  addressWith(context, { ...Object.fromEntries([...fields, "cursor", "done"].map((name) => [name, null])) });

/**
 * What narrows a list, as a form that leads to an address: it can be kept and passed on. A field says itself what is wrong
 * with it; what is wrong with none of them, such as a cursor of another list, stands below.
 */
export function Filters({
  of,
  problem = null,
  class: className,
  label,
  clear = "Clear",
  children,
}: {
  of: readonly (FieldData | false)[];
  problem?: Problem | null;
  class?: string;
  label?: string;
  /** What takes all of them away. */
  clear?: string;
  children?: Child;
}) {
  const context = usePageContext();
  const fields = of.filter((each) => each !== false);
  const names = fields.map(({ name }) => name);
  const values = Object.fromEntries(names.map((name) => [name, queryParam(context, name)]));
  const others = problem?.errors?.some(({ path }) => !names.some((name) => wrongWith(problem, name) && path === name));
  return (
    <form method="get" action={context.url.pathname} class={className} aria-label={label}>
      <label class="fold-filters">
        <input type="checkbox" checked={isFiltered(context, names) || problem !== null} /> Filters
      </label>
      <Fields of={fields} values={values} problem={problem} />
      {children}
      <button type="submit">Filter</button>
      {isFiltered(context, names) && (
        <a class="button plain" href={unfiltered(context, names)}>
          {clear}
        </a>
      )}
      {others && <ErrorSummary problem={problem} shown={names} />}
    </form>
  );
}
