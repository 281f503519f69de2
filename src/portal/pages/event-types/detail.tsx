import { TYPE } from "../../../api/fields.ts";
import { Page } from "../../frame.tsx";
import { usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Card, Link, LinkButton, Note } from "../../parts/card.tsx";
import { Json } from "../../parts/code.tsx";
import { WebhookBadge } from "../../parts/status.tsx";
import { Ago } from "../../parts/time.tsx";
import { WebhookLink } from "../events/whereabouts.tsx";
import { allWebhooks, type Webhook } from "../webhook/load.ts";
import {
  type CatalogueType,
  catalogueOf,
  covering,
  isPublishable,
  NEW_TYPE,
  systemName,
  typePath,
} from "./catalogue.ts";

export const eventTypePage = page(
  { path: "/portal/{workspace}/event-types/{name}", scope: "read" },
  async (context) => {
    const name = context.params.name ?? "";
    const [catalogue, webhooks] = await Promise.all([catalogueOf(context), allWebhooks(context)]);
    const types = catalogue.filter((type) => type.name === name);
    if (types.length === 0) return { status: 404, page: <Unlisted name={name} webhooks={webhooks} /> };
    return (
      <Page
        title={name}
        lead={types.length === 1 && types[0] ? lead(types[0]) : `${types.length} systems have a type of this name.`}
        crumbs={[{ name: "Event catalogue", path: "/event-types" }]}
        actions={<Actions name={name} types={types} />}
      >
        <div class="columns">
          <div class="stack">
            {types.map((type) => (
              <Definition type={type} alone={types.length === 1} />
            ))}
          </div>
          <Subscribers name={name} webhooks={webhooks} />
        </div>
      </Page>
    );
  },
);

const lead = ({ description, title }: CatalogueType): string => description ?? title ?? "It has no description.";

function Definition({ type, alone }: { type: CatalogueType; alone: boolean }) {
  const { system, title, sample, schema, created_at } = type;
  const id = `of-${system}`;
  const from = (
    <Note id={`${id}-from`}>
      {created_at === null ? `Built in: ${systemName(system)}` : "Added to this workspace "}
      {created_at !== null && <Ago at={created_at} />}
    </Note>
  );
  return (
    <Card id={id} title={title ?? type.name} head={from} attributes={{ "aria-labelledby": `${id} ${id}-from` }}>
      {!alone && <p>{lead(type)}</p>}
      <div class="stack-s">
        <h3>Sample</h3>
        {sample === null ? (
          <p class="quiet">It has none. A test of a webhook sends a placeholder.</p>
        ) : (
          <Json text={sample} label={`the sample of ${systemName(system)}`} />
        )}
      </div>
      <div class="stack-s">
        <h3>JSON Schema</h3>
        {schema === null ? (
          <p class="quiet">It has none: any payload is taken.</p>
        ) : (
          <>
            <p class="quiet">A payload that does not satisfy it is refused when it is published.</p>
            <Json text={schema} label={`the schema of ${systemName(system)}`} />
          </>
        )}
      </div>
    </Card>
  );
}

/** The webhooks whose patterns cover the type. */
function Subscribers({ name, webhooks }: { name: string; webhooks: readonly Webhook[] }) {
  const context = usePageContext();
  const subscribers = webhooks
    .map((webhook) => ({ webhook, patterns: covering(webhook.events, name) }))
    .filter(({ patterns }) => patterns.length > 0);
  return (
    <Card
      id="subscribers"
      title="Who gets it"
      head={
        <Note>
          {subscribers.length} of {webhooks.length} webhooks
        </Note>
      }
      body={null}
    >
      {subscribers.length === 0 ? (
        <div class="card-body">
          <p class="quiet">
            {webhooks.length === 0 ? "There is no webhook yet. " : "No webhook subscribes to it. "}
            {context.can("manage") && webhooks.length === 0 && <Link to="/webhooks/new" label="Add a webhook" />}
            {context.can("manage") && webhooks.length > 0 && (
              <Link to="/webhooks" label="Choose a webhook to add it to" />
            )}
          </p>
        </div>
      ) : (
        <ul class="entries">
          {subscribers.map(({ webhook, patterns }) => (
            <li>
              <div class="what">
                <WebhookLink id={webhook.id} webhook={webhook} />
                <span class="small quiet break">
                  by <span class="tag">{patterns[0]}</span>{" "}
                  {webhook.channels.length > 0 && `on ${webhook.channels.join(", ")} only`}
                </span>
              </div>
              {webhook.status !== "active" && <WebhookBadge status={webhook.status} />}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Actions({ name, types }: { name: string; types: readonly CatalogueType[] }) {
  const own = types.some(({ built_in }) => !built_in);
  const query = encodeURIComponent(name);
  return (
    <>
      <LinkButton to={`/events?event=${query}`} label="Its events" />
      {types.every(isPublishable) && (
        <LinkButton to={`/events/new?type=${query}`} label="Publish one" scope="publish" />
      )}
      {own && <LinkButton to={typePath(name, "/edit")} label="Edit" scope="manage" />}
      {own && <LinkButton to={typePath(name, "/delete")} kind="danger" label="Delete" scope="manage" />}
    </>
  );
}

/** A type that nobody has described can be published all the same: its events lead here, too. */
function Unlisted({ name, webhooks }: { name: string; webhooks: readonly Webhook[] }) {
  const context = usePageContext();
  const possible = TYPE.test(name) && name.length <= 200;
  return (
    <Page
      title={possible ? name : "There is no such event type"}
      crumbs={[{ name: "Event catalogue", path: "/event-types" }]}
    >
      <div class="stack">
        <p>
          {possible
            ? "The catalogue does not have this type. Events of it can be published all the same, and reach the webhooks that subscribe to * or to a prefix of it."
            : "A type is words of letters, digits, _ and -, joined by dots."}
        </p>
        {possible && context.can("manage") && (
          <p>
            <LinkButton to={`${NEW_TYPE}?name=${encodeURIComponent(name)}`} label="Add it to the catalogue" />
          </p>
        )}
        {possible && <Subscribers name={name} webhooks={webhooks} />}
      </div>
    </Page>
  );
}
