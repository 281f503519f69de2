import type { Problem } from "../../../api/problem.ts";
import { addressWith, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { fieldValueOf } from "../../parts/dates.ts";
import { ErrorSummary, Field } from "../../parts/form.tsx";
import { FILTERS, type Filter, isNarrow } from "./filter.ts";

const STATUSES = ["pending", "delivered", "failed", "expired"];

/** Without any of them. */
const NOTHING = { status: null, event: null, search: null, since: null, until: null, cursor: null, done: null };

/** The address of the same list without filters. */
export const clearedAddress = (context: PageContext): string => addressWith(context, NOTHING);

/** What the list is narrowed by: a form that leads to another address of it. */
export function FilterForm({
  filter,
  types,
  problem,
}: {
  filter: Filter;
  /** Types to choose from while one types. */
  types: readonly string[];
  problem: Problem | null;
}) {
  const context = usePageContext();
  return (
    <form method="get" class="filters deliveries-filter" aria-label="Filter deliveries">
      <Field name="status" label="Status" problem={problem}>
        {(attributes) => (
          <select {...attributes}>
            <option value="">any</option>
            {STATUSES.map((status) => (
              <option value={status} selected={filter.status === status}>
                {status}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field name="event" label="Event" problem={problem}>
        {(attributes) => (
          <>
            <input {...attributes} type="search" value={filter.event} list="event-types" autocomplete="off" />
            <datalist id="event-types">
              {types.map((type) => (
                <option value={type} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field name="search" label="In the id" problem={problem}>
        {(attributes) => <input {...attributes} type="search" value={filter.search} autocomplete="off" />}
      </Field>
      <Field name="since" label="From (UTC)" problem={problem}>
        {(attributes) => <input {...attributes} type="datetime-local" value={fieldValueOf(filter.since)} />}
      </Field>
      <Field name="until" label="To (UTC)" problem={problem}>
        {(attributes) => <input {...attributes} type="datetime-local" value={fieldValueOf(filter.until)} />}
      </Field>
      {queryParam(context, "live") === "off" && <input type="hidden" name="live" value="off" />}
      <button type="submit">Filter</button>
      {isNarrow(filter) && (
        <a class="button plain" href={clearedAddress(context)}>
          Clear
        </a>
      )}
      {/* What is wrong with none of the fields: a cursor of another list. */}
      {problem?.errors?.some(({ path }) => !FILTERS.some((name) => name === path)) && (
        <ErrorSummary problem={problem} shown={FILTERS} />
      )}
    </form>
  );
}
