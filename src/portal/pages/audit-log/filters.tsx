import { addressWith, asked, type Visit } from "../../visit.ts";
import { ACTION_GROUPS, wordsFor } from "./words.ts";

const DAY = /^\d{4}-\d\d-\d\d$/;

const dayOf = (visit: Visit, name: string): string => {
  const day = asked(visit, name);
  return DAY.test(day) ? day : "";
};

/** What the API is asked for by the page's address. Days are whole ones, in UTC. */
export function queryOf(visit: Visit) {
  const [from, to] = [dayOf(visit, "from"), dayOf(visit, "to")];
  return {
    action: asked(visit, "action"),
    actor: asked(visit, "actor"),
    record: asked(visit, "record").trim(),
    since: from && `${from}T00:00:00.000Z`,
    until: to && `${to}T23:59:59.999Z`,
    cursor: asked(visit, "cursor"),
  };
}

const NAMES = ["action", "actor", "record", "from", "to", "workspace"] as const;

/** Whether the page shows less than all. */
export const isFiltered = (visit: Visit): boolean => NAMES.some((name) => asked(visit, name) !== "");

/** The page's address with one filter more, from its first page. */
export const narrowed = (visit: Visit, name: (typeof NAMES)[number], value: string): string =>
  addressWith(visit, { [name]: value, cursor: null });

/** What the list is narrowed to. @param whole whether it is the list of all workspaces */
export function Filters({ visit, whole }: { visit: Visit; whole: boolean }) {
  const actor = asked(visit, "actor");
  return (
    <search class="card-head">
      <form method="get" action={visit.url.pathname} class="filters">
        <div class="field">
          <label for="action">What</label>
          <select id="action" name="action">
            <option value="">Everything</option>
            {ACTION_GROUPS.filter(({ name }) => whole || name !== "Deployment").map(({ name, actions }) => (
              <optgroup label={name}>
                {actions.map((action) => (
                  <option value={action} selected={action === asked(visit, "action")}>
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
              value={asked(visit, "workspace")}
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
            value={asked(visit, "record")}
            placeholder="wh_…"
            spellcheck={false}
          />
        </div>
        <div class="field">
          <label for="from">From (UTC)</label>
          <input id="from" name="from" type="date" value={dayOf(visit, "from")} />
        </div>
        <div class="field">
          <label for="to">To (UTC)</label>
          <input id="to" name="to" type="date" value={dayOf(visit, "to")} />
        </div>
        <button type="submit">Filter</button>
        {isFiltered(visit) && (
          <a class="button" href={visit.url.pathname}>
            Show all
          </a>
        )}
      </form>
    </search>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
