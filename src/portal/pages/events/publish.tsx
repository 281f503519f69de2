import { PublishedView } from "../../../api/events/representation.ts";
import type { FieldError, Problem } from "../../../api/problem.ts";
import { JsonText } from "../../../api/route.ts";
import { Page } from "../../frame.tsx";
import { formField, inWorkspace, type PageContext, queryParam, usePageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { Code } from "../../parts/code.tsx";
import { ErrorSummary, Field, Form } from "../../parts/form.tsx";
import { JsonField, parseJson, prettyJson, problemWithForm, withWays } from "../../parts/json-field.tsx";
import { type CatalogueType, catalogueOf, grouped, isPublishable } from "../event-types/catalogue.ts";
import { publishCommand } from "./curl.ts";

const where = { path: "/portal/{workspace}/events/new", scope: "publish" } as const;

/** What stands in the form. */
type Draft = { event: string; data: string; channels: string };

const FIELDS = ["event", "data", "channels"];

export const newEventPage = page(where, async (context) => {
  const types = await publishable(context);
  const asks = queryParam(context, "type");
  const chosen = types.find((type) => keyOf(type) === asks) ?? types.find(({ name }) => name === asks);
  const draft = { event: chosen?.name ?? asks, data: prettyJson(chosen?.sample), channels: "" };
  return <NewEvent types={types} draft={draft} problem={null} chosen={chosen} />;
});

export const publishAction = action(where, async (context) => {
  const draft = {
    event: formField(context, "event"),
    data: formField(context, "data"),
    channels: formField(context, "channels"),
  };
  const typed = parseJson(draft.data);
  const problem = typed.ok ? await publish(context, draft) : problemWithForm(faultsOf(draft, typed.message));
  if (problem instanceof Response) return problem;
  const types = await publishable(context);
  const chosen = types.find(({ name }) => name === draft.event);
  return {
    status: 422,
    page: <NewEvent types={types} draft={draft} problem={problem} chosen={chosen} />,
  };
});

/** Names a type among those of all systems: two may have one of the same name. */
const keyOf = ({ system, name }: CatalogueType): string => `${system}/${name}`;

const faultsOf = ({ event }: Draft, message: string): FieldError[] => [
  ...(event === "" ? [{ path: "event", message: "Give the event a type." }] : []),
  { path: "data", message },
];

/** Leads on to the event, or says what is wrong. */
async function publish(context: PageContext, draft: Draft): Promise<Response | Problem> {
  const channels = draft.channels.split(",").map((each) => each.trim());
  const rest = JSON.stringify({ event: draft.event, channels: channels.filter((each) => each !== "") });
  // The payload goes as it was typed: to read it would round long numbers.
  const data = draft.data === "" ? "" : `,"data":${draft.data}`;
  const body = new JsonText(`${rest.slice(0, -1)}${data}}`);
  const outcome = await context.api.send("POST", "/events", body, PublishedView);
  if (!outcome.ok) return withWays(outcome.problem, FIELDS) ?? outcome.problem;
  // Who may publish and not read is told here that it was done.
  if (!context.can("read")) return redirect(inWorkspace(context, "/events/new"), "published");
  return redirect(inWorkspace(context, `/events/${outcome.data.id}`), "published");
}

const publishable = async (context: PageContext): Promise<CatalogueType[]> =>
  context.can("read") ? (await catalogueOf(context)).filter(isPublishable) : [];

function NewEvent({
  types,
  draft,
  problem,
  chosen,
}: {
  types: readonly CatalogueType[];
  draft: Draft;
  problem: Problem | null;
  /** The type whose sample the form begins with. */
  chosen: CatalogueType | undefined;
}) {
  const context = usePageContext();
  return (
    <Page
      title="Publish an event"
      lead="To try out how webhooks take it. It is a real event: every webhook that subscribes to its type gets it, and it counts towards the month's quota."
      crumbs={[{ name: "Events", path: inWorkspace(context, "/events") }]}
    >
      <div class="columns">
        <div class="stack">
          {types.length > 0 && <Samples types={types} chosen={chosen} />}
          <EventForm types={types} draft={draft} problem={problem} />
        </div>
        <section class="card" aria-labelledby="by-api">
          <div class="card-head">
            <h2 id="by-api">From your product</h2>
          </div>
          <div class="card-body stack">
            <p>Your product does the same with one request, and a token with the scope publish.</p>
            <Code text={publishCommand(context.url.origin, context.workspace?.id ?? 0)} label="the command" wrap />
          </div>
        </section>
      </div>
    </Page>
  );
}

function EventForm({
  types,
  draft,
  problem,
}: {
  types: readonly CatalogueType[];
  draft: Draft;
  problem: Problem | null;
}) {
  const context = usePageContext();
  return (
    <div>
      <ErrorSummary problem={problem} shown={FIELDS} />
      <Form to={inWorkspace(context, "/events/new")} class="card" label="Publish an event">
        <div class="card-body stack">
          <Field
            name="event"
            label="Event type"
            hint="Words joined by dots. One that is not in the catalogue can be published as well."
            problem={problem}
          >
            {(attributes) => (
              <input
                {...attributes}
                type="text"
                list="event-types"
                value={draft.event}
                required
                maxlength={200}
                autocomplete="off"
                spellcheck={false}
              />
            )}
          </Field>
          <datalist id="event-types">
            {[...new Set(types.map(({ name }) => name))].map((name) => (
              <option value={name} />
            ))}
          </datalist>
          <JsonField
            name="data"
            label="Payload"
            hint="JSON. Webhooks get it digit for digit."
            problem={problem}
            text={draft.data}
            rows={14}
            required
          />
          <Field
            name="channels"
            label="Channels (optional)"
            hint="Separated by commas. Webhooks that listen to channels get only what is published to one of them."
            problem={problem}
          >
            {(attributes) => (
              <input {...attributes} type="text" value={draft.channels} autocomplete="off" spellcheck={false} />
            )}
          </Field>
        </div>
        <div class="card-foot">
          <button type="submit" class="primary">
            Publish event
          </button>
          <a class="button" href={inWorkspace(context, "/events")}>
            Cancel
          </a>
        </div>
      </Form>
    </div>
  );
}

/** Fills the form with a type's sample, by a request of its own: it works without script. */
function Samples({ types, chosen }: { types: readonly CatalogueType[]; chosen: CatalogueType | undefined }) {
  const context = usePageContext();
  const groups = grouped(types).filter(({ types }) => types.length > 0);
  return (
    <form method="get" action={inWorkspace(context, "/events/new")} class="card" aria-label="Begin with a sample">
      <div class="card-body filters">
        <div class="field grow">
          <label for="type">Begin with the sample of</label>
          <select id="type" name="type">
            <option value="">A type of the catalogue</option>
            {groups.map(({ name, types }) => (
              <optgroup label={name}>
                {types.map((type) => (
                  <option value={keyOf(type)} selected={type === chosen}>
                    {type.name}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </div>
        <button type="submit">Fill in</button>
      </div>
    </form>
  );
}
