import type { Child } from "hono/jsx";
import type { FieldError, Problem } from "../../../api/problem.ts";
import { JsonText } from "../../../api/route.ts";
import { formField, type PageContext } from "../../page-context.ts";
import { ErrorSummary, Field, Form } from "../../parts/form.tsx";
import { JsonField, parseJson, prettyJson } from "../../parts/json-field.tsx";
import type { CatalogueType } from "./catalogue.ts";

/** What stands in the form of a type, as text. */
export type Draft = { name: string; title: string; description: string; schema: string; sample: string };

/** The fields that say themselves what is wrong with them. */
export const TYPE_FIELDS = ["name", "title", "description", "schema", "sample"];

export const draftOfType = ({ name, title, description, schema, sample }: CatalogueType): Draft => ({
  name,
  title: title ?? "",
  description: description ?? "",
  schema: prettyJson(schema),
  sample: prettyJson(sample),
});

/** What a form has brought. */
export const typedDraft = (context: PageContext): Draft => ({
  name: formField(context, "name"),
  title: formField(context, "title"),
  description: formField(context, "description"),
  schema: formField(context, "schema"),
  sample: formField(context, "sample"),
});

/**
 * A draft as the API takes it, its JSON as it was typed: what was left empty is null, which clears it. Or what is no JSON
 * in it.
 * @param more what else the request says
 */
export function bodyOf(
  draft: Draft,
  more: { name?: string } = {},
): { ok: true; body: JsonText } | { ok: false; errors: FieldError[] } {
  const [schema, sample] = [parseJson(draft.schema), parseJson(draft.sample)];
  if (schema.ok && sample.ok) {
    const texts = JSON.stringify({ ...more, title: draft.title || null, description: draft.description || null });
    return {
      ok: true,
      body: new JsonText(`${texts.slice(0, -1)},"schema":${schema.text},"sample":${sample.text}}`),
    };
  }
  const errors = [
    ...(schema.ok ? [] : [{ path: "schema", message: schema.message }]),
    ...(sample.ok ? [] : [{ path: "sample", message: sample.message }]),
  ];
  return { ok: false, errors };
}

/** The form of a type; `named` is its name where it keeps it. */
export function TypeForm({
  to,
  back,
  draft,
  problem,
  named,
  verb,
}: {
  to: string;
  back: string;
  draft: Draft;
  problem: Problem | null;
  named?: string;
  verb: string;
}) {
  const text = (name: "name" | "title", label: string, hint: Child, more: Record<string, unknown>) => (
    <Field name={name} label={label} hint={hint} problem={problem}>
      {(attributes) => <input {...attributes} type="text" value={draft[name]} autocomplete="off" {...more} />}
    </Field>
  );
  return (
    <div>
      <ErrorSummary problem={problem} shown={named === undefined ? TYPE_FIELDS : TYPE_FIELDS.slice(1)} />
      <Form to={to} class="card" label={verb}>
        <div class="card-body stack">
          {named === undefined &&
            text(
              "name",
              "Name",
              "What your product publishes it as: words of letters, digits, _ and -, joined by dots, such as invoice.paid. It cannot be changed later.",
              { required: true, maxlength: 200, spellcheck: false },
            )}
          {text("title", "Title (optional)", "A few words, such as Invoice paid.", { maxlength: 200 })}
          <Field
            name="description"
            label="Description (optional)"
            hint="A sentence: when it happens."
            problem={problem}
          >
            {(attributes) => (
              <textarea {...attributes} class="prose" rows={2} maxlength={1000}>
                {draft.description}
              </textarea>
            )}
          </Field>
          <JsonField
            name="sample"
            label="Sample (optional)"
            hint="Any JSON: what a test of a webhook sends. If there is a schema, the sample must satisfy it."
            problem={problem}
            text={draft.sample}
            rows={6}
          />
          <JsonField
            name="schema"
            label="JSON Schema (optional)"
            hint="Payloads that do not satisfy it are refused when they are published. Draft 2020-12, or the one that its $schema names; at most 16,384 characters."
            problem={problem}
            text={draft.schema}
            rows={6}
          />
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
    </div>
  );
}
