import type { Child, PropsWithChildren } from "hono/jsx";
import type { Problem } from "../../api/problem.ts";
import { Csrf } from "../frame.tsx";
import { useHref, usePageContext } from "../page-context.ts";
import type { PageRoute } from "../page-route.ts";
import { classes, LinkButton } from "./card.tsx";

/** What the API found wrong with a field, or with something in it. */
export function wrongWith(problem: Problem | null, path: string): string | undefined {
  const found = problem?.errors?.filter((error) => error.path === path || error.path.startsWith(`${path}.`)) ?? [];
  return found.length === 0 ? undefined : found.map(({ message }) => message).join(" ");
}

/** A form that changes something. */
export function Form({
  to,
  class: className,
  label,
  live = {},
  children,
}: PropsWithChildren<{
  /** As {@link useHref} has it. */
  to: string;
  class?: string | undefined;
  label?: string | undefined;
  /** What a script makes of it, as `hx-` attributes. */
  live?: Record<`hx-${string}`, string>;
}>) {
  return (
    <form method="post" action={useHref(to)} class={className} aria-label={label} {...live}>
      <Csrf />
      {children}
    </form>
  );
}

/** A form as a card: what is to be filled in, and the button below. */
export function FormCard({
  to,
  verb,
  back,
  class: className,
  label,
  body = "stack",
  kind = "primary",
  head,
  children,
}: PropsWithChildren<{
  to: string;
  /** What the button says. */
  verb: Child;
  /** Where who thinks better of it goes. */
  back?: string;
  class?: string;
  label?: string;
  body?: string;
  kind?: "primary" | "danger";
  head?: string;
}>) {
  return (
    <Form to={to} class={classes("card", className)} label={label}>
      {head && (
        <div class="card-head">
          <h2>{head}</h2>
        </div>
      )}
      <div class={`card-body ${body}`}>{children}</div>
      <div class="card-foot">
        <button type="submit" class={kind}>
          {verb}
        </button>
        {back !== undefined && <LinkButton to={back} label="Cancel" />}
      </div>
    </Form>
  );
}

/** A button that does one thing at once, as a form of its own: it works without script. */
export function ActionButton({
  to,
  label,
  kind = "",
  scope,
}: {
  to: string;
  label: Child;
  kind?: string;
  /** What it takes: it is not there for who lacks it. */
  scope?: PageRoute["scope"];
}) {
  const context = usePageContext();
  if (scope !== undefined && !context.can(scope)) return null;
  return (
    <Form to={to} class="inline">
      <button type="submit" class={kind}>
        {label}
      </button>
    </Form>
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
export function Confirm({ to, back, verb, children }: PropsWithChildren<{ to: string; back: string; verb: string }>) {
  return (
    <div class="card narrow">
      <div class="card-body stack">{children}</div>
      <div class="card-foot">
        <ActionButton to={to} kind="danger" label={verb} />
        <LinkButton to={back} label="Cancel" />
      </div>
    </div>
  );
}
