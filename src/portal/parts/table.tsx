import type { Child, PropsWithChildren } from "hono/jsx";
import { addressWith, usePageContext } from "../page-context.ts";

/** A column: its head, and what stands in it for a row. */
type Column<Row> = {
  head: Child;
  cell: (row: Row, index: number) => Child;
  /** Of the head and of every cell. */
  class?: string | undefined;
  /** Of the cells alone. */
  td?: string;
  /** What stands in place of its cells' text, as {@link td}. */
  title?: (row: Row) => string | undefined;
};

/** Over the column of what can be done with a row. */
export const ACTIONS = <span class="visually-hidden">Actions</span>;

/** Rows as a table, by its columns, in a box that scrolls by itself where the screen is narrow. */
export function DataTable<Row>({
  label,
  class: className,
  columns,
  rows,
  row: attributes = () => ({}),
  scope,
  foot,
}: {
  label: string;
  class?: string;
  columns: readonly (Column<Row> | false)[];
  rows: readonly Row[];
  /** The attributes of a row. */
  row?: (row: Row) => Record<string, string | undefined>;
  /** Of the heads. */
  scope?: "col";
  foot?: Child;
}) {
  const shown = columns.filter((column) => column !== false);
  return (
    <section class="scroll" tabindex={0} aria-label={label}>
      <table class={className}>
        <thead>
          <tr>
            {shown.map(({ head, class: name }) => (
              <th scope={scope} class={name}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr {...attributes(row)}>
              {shown.map(({ cell, class: name, td = name, title }) => (
                <td class={td || undefined} title={title?.(row)}>
                  {cell(row, index)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot}
      </table>
    </section>
  );
}

/** What there is where a list is empty: why, and what to do first. */
export function Empty({ title, text, children }: PropsWithChildren<{ title: string; text?: Child }>) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children}
    </div>
  );
}

/** To the next page of a list, and back to its first. The cursor stands in the address, so a page can be shown to others. */
export function Pager({ next }: { next: string | null }) {
  const context = usePageContext();
  const isFirst = !context.url.searchParams.has("cursor");
  if (isFirst && next === null) return null;
  return (
    <nav class="row card-foot" aria-label="Pages">
      {!isFirst && (
        <a class="button small" href={addressWith(context, { cursor: null })}>
          Newest
        </a>
      )}
      {next !== null && (
        <a class="button small" href={addressWith(context, { cursor: next, done: null })}>
          Older
        </a>
      )}
    </nav>
  );
}
