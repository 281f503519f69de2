import { addressWith, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { ACTION_GROUPS, wordsFor } from "./words.ts";

const DAY = /^\d{4}-\d\d-\d\d$/;

const dayOf = (context: PageContext, name: string): string => {
  const day = queryParam(context, name);
  return DAY.test(day) ? day : "";
};

/** What the API is asked for by the page's address. Days are whole ones, in UTC. */
export function queryOf(context: PageContext) {
  const [from, to] = [dayOf(context, "from"), dayOf(context, "to")];
  return {
    action: queryParam(context, "action"),
    actor: queryParam(context, "actor"),
    record: queryParam(context, "record").trim(),
    since: from && `${from}T00:00:00.000Z`,
    until: to && `${to}T23:59:59.999Z`,
    cursor: queryParam(context, "cursor"),
  };
}

const NAMES = ["action", "actor", "record", "from", "to", "workspace"] as const;

/** Whether the page shows less than all. */
export const isFiltered = (context: PageContext): boolean => NAMES.some((name) => queryParam(context, name) !== "");

/** The page's address with one filter more, from its first page. */
export const narrowed = (context: PageContext, name: (typeof NAMES)[number], value: string): string =>
  addressWith(context, { [name]: value, cursor: null });

/** What the list is narrowed to. @param whole whether it is the list of all workspaces */
export function Filters({ whole }: { whole: boolean }) {
  const context = usePageContext();
  const actor = queryParam(context, "actor");
  return (
    <search class="card-head">
      <form method="get" action={context.url.pathname} class="filters">
        <div class="field">
          <label for="action">What</label>
          <select id="action" name="action">
            <option value="">Everything</option>
            {ACTION_GROUPS.filter(({ name }) => whole || name !== "Deployment").map(({ name, actions }) => (
              <optgroup label={name}>
                {actions.map((action) => (
                  <option value={action} selected={action === queryParam(context, "action")}>
                    {capital(wordsFor(action))}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="actor">Who</label>
          <select id="actor" name="actor">
            <option value="">Anybody</option>
            <option value="admin" selected={actor === "admin"}>
              Admin
            </option>
            <option value="service" selected={actor === "service"}>
              Posthorn itself
            </option>
            {/^(tok|lnk)_/.test(actor) && (
              <option value={actor} selected>
                {actor}
              </option>
            )}
          </select>
        </div>
        {whole && (
          <div class="field">
            <label for="workspace">Workspace id</label>
            <input
              id="workspace"
              name="workspace"
              type="text"
              inputmode="numeric"
              pattern="[0-9]*"
              size={8}
              value={queryParam(context, "workspace")}
            />
          </div>
        )}
        <div class="field">
          <label for="record">Id of what was changed</label>
          <input
            id="record"
            name="record"
            type="text"
            size={20}
            maxlength={250}
            value={queryParam(context, "record")}
            placeholder="wh_…"
            spellcheck={false}
          />
        </div>
        <div class="field">
          <label for="from">From (UTC)</label>
          <input id="from" name="from" type="date" value={dayOf(context, "from")} />
        </div>
        <div class="field">
          <label for="to">To (UTC)</label>
          <input id="to" name="to" type="date" value={dayOf(context, "to")} />
        </div>
        <button type="submit">Filter</button>
        {isFiltered(context) && (
          <a class="button" href={context.url.pathname}>
            Show all
          </a>
        )}
      </form>
    </search>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
