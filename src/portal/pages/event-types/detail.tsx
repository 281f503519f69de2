import { TYPE } from "../../../api/fields.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, usePageContext } from "../../page-context.ts";
import { page } from "../../page-route.ts";
import { Json } from "../../parts/code.tsx";
import { WebhookBadge } from "../../parts/status.tsx";
import { Ago } from "../../parts/time.tsx";
import { allWebhooks, type Webhook } from "../events/all-webhooks.ts";
import { WebhookLink } from "../events/webhook-link.tsx";
import { type CatalogueType, catalogueOf, covering, isPublishable, systemName } from "./catalogue.ts";
import { NEW_TYPE, typePath } from "./paths.ts";

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
        crumbs={[{ name: "Event catalogue", path: inWorkspace(context, "/event-types") }]}
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
  return (
    <section class="card" aria-labelledby={`${id} ${id}-from`}>
      <div class="card-head">
        <h2 id={id}>{title ?? type.name}</h2>
        <span class="small quiet" id={`${id}-from`}>
          {created_at === null ? `Built in: ${systemName(system)}` : "Added to this workspace "}
          {created_at !== null && <Ago at={created_at} />}
        </span>
      </div>
      <div class="card-body stack">
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
      </div>
    </section>
  );
}

/** The webhooks whose patterns cover the type. */
function Subscribers({ name, webhooks }: { name: string; webhooks: readonly Webhook[] }) {
  const context = usePageContext();
  const subscribers = webhooks
    .map((webhook) => ({ webhook, patterns: covering(webhook.events, name) }))
    .filter(({ patterns }) => patterns.length > 0);
  return (
    <section class="card" aria-labelledby="subscribers">
      <div class="card-head">
        <h2 id="subscribers">Who gets it</h2>
        <span class="small quiet">
          {subscribers.length} of {webhooks.length} webhooks
        </span>
      </div>
      {subscribers.length === 0 ? (
        <div class="card-body">
          <p class="quiet">
            {webhooks.length === 0 ? "There is no webhook yet. " : "No webhook subscribes to it. "}
            {context.can("manage") && webhooks.length === 0 && (
              <a href={inWorkspace(context, "/webhooks/new")}>Add a webhook</a>
            )}
            {context.can("manage") && webhooks.length > 0 && (
              <a href={inWorkspace(context, "/webhooks")}>Choose a webhook to add it to</a>
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
    </section>
  );
}

function Actions({ name, types }: { name: string; types: readonly CatalogueType[] }) {
  const context = usePageContext();
  const own = types.some(({ built_in }) => !built_in);
  return (
    <>
      <a class="button" href={`${inWorkspace(context, "/events")}?event=${encodeURIComponent(name)}`}>
        Its events
      </a>
      {context.can("publish") && types.every(isPublishable) && (
        <a class="button" href={`${inWorkspace(context, "/events/new")}?type=${encodeURIComponent(name)}`}>
          Publish one
        </a>
      )}
      {own && context.can("manage") && (
        <>
          <a class="button" href={inWorkspace(context, typePath(name, "/edit"))}>
            Edit
          </a>
          <a class="button danger" href={inWorkspace(context, typePath(name, "/delete"))}>
            Delete
          </a>
        </>
      )}
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
      crumbs={[{ name: "Event catalogue", path: inWorkspace(context, "/event-types") }]}
    >
      <div class="stack">
        <p>
          {possible
            ? "The catalogue does not have this type. Events of it can be published all the same, and reach the webhooks that subscribe to * or to a prefix of it."
            : "A type is words of letters, digits, _ and -, joined by dots."}
        </p>
        {possible && context.can("manage") && (
          <p>
            <a class="button" href={`${inWorkspace(context, NEW_TYPE)}?name=${encodeURIComponent(name)}`}>
              Add it to the catalogue
            </a>
          </p>
        )}
        {possible && <Subscribers name={name} webhooks={webhooks} />}
      </div>
    </Page>
  );
}
