import { Page } from "../../frame.tsx";
import { inWorkspace, queryParam, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Plus } from "../../parts/icons.tsx";
import { type CatalogueType, catalogueOf, type Group, grouped, matches } from "./catalogue.ts";
import { NEW_TYPE, typePath } from "./paths.ts";

export const listEventTypesPage = page({ path: "/portal/{workspace}/event-types", scope: "read" }, async (context) => {
  const groups = grouped(await catalogueOf(context));
  const search = queryParam(context, "search").trim();
  return (
    <Page
      title="Event catalogue"
      lead="The types of events that webhooks can subscribe to, with a sample of each."
      actions={context.can("manage") && <AddButton />}
    >
      <div class="catalogue stack">
        <Search groups={groups} search={search} />
        {groups.map((group) => (
          <GroupCard group={group} search={search} />
        ))}
        <p class="none-found note" role="status">
          No type has these words in its name, title or description. Search for less, such as the part before the dot.
        </p>
      </div>
    </Page>
  );
});

/** Narrows the list as one types; without script, by a request of its own. */
function Search({ groups, search }: { groups: readonly Group[]; search: string }) {
  const context = usePageContext();
  return (
    <div class="row">
      <form
        method="get"
        action={inWorkspace(context, "/event-types")}
        class="filters"
        aria-label="Search the catalogue"
      >
        <div class="field">
          <label for="search" class="visually-hidden">
            Search the event types
          </label>
          <input
            id="search"
            name="search"
            type="search"
            value={search}
            placeholder="Search, such as ticket or bounced"
            autocomplete="off"
            spellcheck={false}
            data-filters=".catalogue-type"
          />
        </div>
        <noscript>
          <button type="submit">Search</button>
        </noscript>
      </form>
      <nav aria-label="Systems" class="row small">
        {groups.map(({ system, name, types }) => (
          <a href={`#${system}`}>
            {name} ({types.length})
          </a>
        ))}
      </nav>
    </div>
  );
}

function GroupCard({ group, search }: { group: Group; search: string }) {
  const context = usePageContext();
  const { system, name, about, types } = group;
  return (
    <section class="card" id={system} aria-labelledby={`${system}-name`}>
      <div class="card-head">
        <h2 id={`${system}-name`}>{name}</h2>
        {system !== "workspace" && <span class="tag">{system}</span>}
        <span class="small quiet">{about}</span>
      </div>
      {types.length === 0 ? (
        <div class="card-body">
          <p class="quiet">
            None yet. Add a type for what your product publishes beyond the types below: it then has a description, and
            its payloads can be checked.{" "}
            {context.can("manage") && <a href={inWorkspace(context, NEW_TYPE)}>Add an event type</a>}
          </p>
        </div>
      ) : (
        <ul class="catalogue-types">
          {types.map((type) => (
            <TypeLine type={type} hidden={search !== "" && !matches(type, search)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function TypeLine({ type, hidden }: { type: CatalogueType; hidden: boolean }) {
  const context = usePageContext();
  return (
    <li class="catalogue-type" hidden={hidden}>
      <a class="mono break" href={inWorkspace(context, typePath(type.name))}>
        {type.name}
      </a>
      <span>
        {type.title && <strong>{type.title}</strong>} <span class="quiet">{type.description}</span>
      </span>
      {type.schema !== null && <span class="tag">checked by schema</span>}
    </li>
  );
}

const AddButton = () => {
  const context = usePageContext();
  return (
    <a class="button primary" href={inWorkspace(context, NEW_TYPE)}>
      <Plus /> Add event type
    </a>
  );
};
