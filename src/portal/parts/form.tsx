import type { Child, PropsWithChildren } from "hono/jsx";
import type { Problem } from "../../api/problem.ts";
import { Csrf } from "../frame.tsx";
import type { PageContext } from "../page-context.ts";

/** What the API found wrong with a field, or with something in it. */
export function wrongWith(problem: Problem | null, path: string): string | undefined {
  const found = problem?.errors?.filter((error) => error.path === path || error.path.startsWith(`${path}.`)) ?? [];
  return found.length === 0 ? undefined : found.map(({ message }) => message).join(" ");
}

/** A form that changes something. */
export function Form({
  context,
  to,
  class: className,
  label,
  live = {},
  children,
}: PropsWithChildren<{
  context: PageContext;
  to: string;
  class?: string;
  label?: string;
  /** What a script makes of it, as `hx-` attributes. */
  live?: Record<`hx-${string}`, string>;
}>) {
  return (
    <form method="post" action={to} class={className} aria-label={label} {...live}>
      <Csrf context={context} />
      {children}
    </form>
  );
}

/** A button that does one thing at once, as a form of its own: it works without script. */
export function ActionButton({
  context,
  to,
  kind = "",
  fields = {},
  children,
}: PropsWithChildren<{ context: PageContext; to: string; kind?: string; fields?: Record<string, string> }>) {
  return (
    <Form context={context} to={to} class="inline">
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class={kind}>
        {children}
      </button>
    </Form>
  );
}

/** What a field is described by: its hint, and what was wrong. */
const describedBy = (name: string, hint: unknown, wrong: unknown): string | undefined =>
  [hint ? `${name}-hint` : "", wrong ? `${name}-wrong` : ""].filter(Boolean).join(" ") || undefined;

/**
 * A field with its label, a hint, and what the API found wrong. `children` makes the control: it takes the attributes
 * that tie it to these.
 */
export function Field({
  name,
  label,
  hint,
  problem = null,
  path = name,
  children,
}: {
  name: string;
  label: string;
  hint?: Child;
  problem?: Problem | null;
  /** The API's name of it, where that is another. */
  path?: string;
  children: (attributes: Record<string, string | undefined>) => Child;
}) {
  const wrong = wrongWith(problem, path);
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && (
        <span class="hint" id={`${name}-hint`}>
          {hint}
        </span>
      )}
      {children({
        id: name,
        name,
        "aria-describedby": describedBy(name, hint, wrong),
        "aria-invalid": wrong === undefined ? undefined : "true",
      })}
      {wrong !== undefined && (
        <span class="wrong" id={`${name}-wrong`}>
          {wrong}
        </span>
      )}
    </div>
  );
}

/** What was wrong with a form, above it. Fields that are shown say theirs themselves. */
export function ErrorSummary({ problem, shown = [] }: { problem: Problem | null; shown?: readonly string[] }) {
  if (!problem) return null;
  const others = problem.errors?.filter(
    ({ path }) => !shown.some((field) => path === field || path.startsWith(`${field}.`)),
  );
  return (
    <div class="note bad" role="alert">
      <strong>{problem.code === "invalid_request" ? "Nothing was saved" : problem.title}</strong>
      {problem.errors === undefined && <span>{problem.detail}</span>}
      {others?.map(({ path, message }) => (
        <span>
          {path}: {message}
        </span>
      ))}
      {others?.length === 0 && <span>See the marked fields below.</span>}
    </div>
  );
}

/** A page's question before something that cannot be undone. */
export function Confirm({
  context,
  to,
  back,
  verb,
  children,
}: PropsWithChildren<{ context: PageContext; to: string; back: string; verb: string }>) {
  return (
    <div class="card narrow">
      <div class="card-body stack">{children}</div>
      <div class="card-foot">
        <ActionButton context={context} to={to} kind="danger">
          {verb}
        </ActionButton>
        <a class="button" href={back}>
          Cancel
        </a>
      </div>
    </div>
  );
}
