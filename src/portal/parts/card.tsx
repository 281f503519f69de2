import type { Child, PropsWithChildren } from "hono/jsx";
import { useHref, usePageContext } from "../page-context.ts";
import type { PageRoute } from "../page-route.ts";
import { Plus } from "./icons.tsx";

/** What pages are made of: cards, facts, links as buttons. */

/** Classes as one attribute; none where there is none. */
export const classes = (...names: (string | false | null | undefined)[]): string | undefined =>
  names.filter(Boolean).join(" ") || undefined;

/** A part of a page under a title. */
export function Card({
  id,
  title,
  level: Heading = "h2",
  as: Element = "section",
  head,
  body = "stack",
  foot,
  class: className,
  attributes = {},
  children,
}: PropsWithChildren<{
  /** Of its title, which then names it. */
  id?: string;
  title?: Child;
  level?: "h2" | "h3";
  as?: "section" | "aside";
  /** Beside the title. */
  head?: Child;
  /** Classes of its content; null for content that reaches to its edges, such as a table. */
  body?: string | null;
  foot?: Child;
  class?: string | undefined;
  attributes?: Record<string, string | number | boolean | undefined>;
}>) {
  return (
    <Element class={classes("card", className)} aria-labelledby={id} {...attributes}>
      {title && (
        <div class="card-head">
          <Heading id={id}>{title}</Heading>
          {head}
        </div>
      )}
      {body === null ? children : <div class={classes("card-body", body)}>{children}</div>}
      {foot && <div class="card-foot">{foot}</div>}
    </Element>
  );
}

/** What stands beside a card's title, in small letters. */
export const Note = ({ id, children }: PropsWithChildren<{ id?: string }>) => (
  <span class="small quiet" id={id}>
    {children}
  </span>
);

/** A name, what it is, and a class for how it is shown; false for one that there is not. */
type Fact = readonly [name: Child, value: Child, className?: string] | false | null;

/** Names and values. */
export const Facts = ({ of, class: className = "facts" }: { of: readonly Fact[]; class?: string }) => (
  <dl class={className}>
    {of.map(
      (fact) =>
        fact && (
          <>
            <dt>{fact[0]}</dt>
            <dd class={fact[2]}>{fact[1]}</dd>
          </>
        ),
    )}
  </dl>
);

/** The same as a card. */
export const FactsCard = ({ of, ...card }: { of: readonly Fact[]; id: string; title: string; head?: Child }) => (
  <Card {...card} body={null}>
    <Facts class="card-body facts" of={of} />
  </Card>
);

/** What is not there, in a word. */
export const Quiet = ({ text = "–" }: { text?: string }) => <span class="quiet">{text}</span>;

/** Words that are compared with others: types, patterns, scopes. */
export const Tags = ({ of, class: className = "row tight" }: { of: readonly string[]; class?: string }) => (
  <span class={className}>
    {of.map((each) => (
      <span class="tag">{each}</span>
    ))}
  </span>
);

/** A link as a button. It is not there for who lacks the scope that it takes. */
export function LinkButton({
  to,
  label,
  kind,
  scope,
  plus = false,
  name,
}: {
  /** As {@link useHref} has it. */
  to: string;
  label: Child;
  /** Classes beside `button`: primary, danger, small, plain. */
  kind?: string;
  scope?: PageRoute["scope"];
  /** Whether it makes something new. */
  plus?: boolean;
  /** For who does not see what it stands beside. */
  name?: string;
}) {
  const context = usePageContext();
  if (scope !== undefined && !context.can(scope)) return null;
  return (
    <a class={classes("button", kind)} href={useHref(to)} aria-label={name}>
      {plus && (
        <>
          <Plus />{" "}
        </>
      )}
      {label}
    </a>
  );
}

/** A link to a page of the workspace. */
export const Link = ({ to, label, class: className }: { to: string; label: Child; class?: string }) => (
  <a class={className} href={useHref(to)}>
    {label}
  </a>
);

type RowNameProps = { to: string; name: string; title?: string; below: string; as?: "span" | "code" };

/** What a row is of, as a link, and below it what tells it from others; both are cut where there is no room. */
export const RowName = ({ to, name, title, below, as: Below = "span" }: RowNameProps) => (
  <>
    <a class="row-link clip" href={useHref(to)} title={title}>
      {name}
    </a>
    <Below class="small quiet clip" title={below}>
      {below}
    </Below>
  </>
);

/** What is shown once, and never again: a reload leads to another page. */
export function ShownOnce({ title, address, done, children }: PropsWithChildren<ShownOnceProps>) {
  return (
    <Card
      title={title}
      attributes={{ "data-replace-url": useHref(address) }}
      foot={<LinkButton to={done?.to ?? address} kind="primary" label={done?.label ?? "I have kept it"} />}
    >
      {children}
    </Card>
  );
}
type ShownOnceProps = {
  title: string;
  /** Where a reload leads. */
  address: string;
  /** Where the button leads, if that is elsewhere, and what it says. */
  done?: { to: string; label: string };
};

/** For a page of the portal that renews a part of itself: where from, and how often; null for one that does not. */
export const renewed = (address: string, every: string | null): Record<string, string> =>
  every === null
    ? {}
    : { "hx-get": address, "hx-trigger": `every ${every}`, "hx-select": "#live", "hx-swap": "outerMorph" };
