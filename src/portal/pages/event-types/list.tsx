import { Page } from "../../frame.tsx";
import { inWorkspace, queryParam, usePageContext } from "../../page-context.ts";
import { type PageRoute, page } from "../../page-route.ts";
import { Card, Link, LinkButton, Note } from "../../parts/card.tsx";
import { type CatalogueType, catalogueOf, type Group, grouped, matches, NEW_TYPE, typePath } from "./catalogue.ts";
import { eventTypePage } from "./detail.tsx";

const listEventTypes = page({ path: "/portal/{workspace}/event-types", scope: "read" }, async (context) => {
  const groups = grouped(await catalogueOf(context));
  const search = queryParam(context, "search").trim();
  return (
    <Page
      title="Event catalogue"
      lead="The types of events that webhooks can subscribe to, with a sample of each."
      actions={context.can("manage") && <LinkButton to={NEW_TYPE} kind="primary" label="Add event type" plus />}
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
  const head = (
    <>
      {system !== "workspace" && <span class="tag">{system}</span>}
      <Note>{about}</Note>
    </>
  );
  return (
    <Card id={`${system}-name`} title={name} head={head} body={null} attributes={{ id: system }}>
      {types.length === 0 ? (
        <div class="card-body">
          <p class="quiet">
            None yet. Add a type for what your product publishes beyond the types below: it then has a description, and
            its payloads can be checked. {context.can("manage") && <Link to={NEW_TYPE} label="Add an event type" />}
          </p>
        </div>
      ) : (
        <ul class="catalogue-types">
          {types.map((type) => (
            <TypeLine type={type} hidden={search !== "" && !matches(type, search)} />
          ))}
        </ul>
      )}
    </Card>
  );
}

const TypeLine = ({ type, hidden }: { type: CatalogueType; hidden: boolean }) => (
  <li class="catalogue-type" hidden={hidden}>
    <Link to={typePath(type.name)} class="mono break" label={type.name} />
    <span>
      {type.title && <strong>{type.title}</strong>} <span class="quiet">{type.description}</span>
    </span>
    {type.schema !== null && <span class="tag">checked by schema</span>}
  </li>
);

export const eventTypeListPages: readonly PageRoute[] = [listEventTypes, eventTypePage];
