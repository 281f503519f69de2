import type { PropsWithChildren } from "hono/jsx";
import { addressWith, type PageContext } from "../page-context.ts";

/** A table in a box that scrolls by itself where the screen is narrow. */
export function Table({ label, children }: PropsWithChildren<{ label: string }>) {
  return (
    <section class="scroll" tabindex={0} aria-label={label}>
      <table>{children}</table>
    </section>
  );
}

/** What there is where a list is empty: why, and what to do first. */
export function Empty({ title, children }: PropsWithChildren<{ title: string }>) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** To the next page of a list, and back to its first. The cursor stands in the address, so a page can be shown to others. */
export function Pager({ context, next }: { context: PageContext; next: string | null }) {
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
