import type { Problem } from "../../../api/problem.ts";
import { inWorkspace, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { wrongWith } from "../../parts/form.tsx";
import { minuteOf } from "./filters.ts";

/** The parameters that narrow the list of events. */
export const FILTERS = ["event", "since", "until", "search"] as const;

export const isFiltered = (context: Pick<PageContext, "url">): boolean =>
  FILTERS.some((name) => queryParam(context, name) !== "");

/**
 * What narrows the list, as a form that leads to an address: it can be kept and passed on.
 * @param types names to choose from; others may be typed
 */
export function FilterForm({ types, problem }: { types: readonly string[]; problem: Problem | null }) {
  const context = usePageContext();
  const here = inWorkspace(context, "/events");
  const attributes = (name: string) => {
    const wrong = wrongWith(problem, name) !== undefined;
    return { id: name, name, "aria-invalid": wrong ? ("true" as const) : undefined };
  };
  return (
    <form method="get" action={here} class="filters card-head" aria-label="Filter the events">
      <div class="field grow">
        <label for="event">Event type</label>
        <input
          {...attributes("event")}
          type="text"
          list="event-types"
          value={queryParam(context, "event")}
          placeholder="any"
          autocomplete="off"
          spellcheck={false}
        />
        <datalist id="event-types">
          {types.map((name) => (
            <option value={name} />
          ))}
        </datalist>
      </div>
      <div class="field">
        <label for="since">Published from (UTC)</label>
        <input {...attributes("since")} type="datetime-local" value={minuteOf(queryParam(context, "since"))} />
      </div>
      <div class="field">
        <label for="until">to (UTC)</label>
        <input {...attributes("until")} type="datetime-local" value={minuteOf(queryParam(context, "until"))} />
      </div>
      <div class="field grow">
        <label for="search">Text in the id</label>
        <input
          {...attributes("search")}
          type="search"
          value={queryParam(context, "search")}
          placeholder="evt_…"
          maxlength={100}
          autocomplete="off"
          spellcheck={false}
        />
      </div>
      <button type="submit">Filter</button>
      {isFiltered(context) && (
        <a class="button plain" href={here}>
          Clear
        </a>
      )}
    </form>
  );
}
