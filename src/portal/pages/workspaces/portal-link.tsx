import { one } from "../../../api/page.ts";
import { CreatedPortalLink } from "../../../api/portal-links/representation.ts";
import type { Problem } from "../../../api/problem.ts";
import { settingsOf } from "../../../config/settings.ts";
import { Page } from "../../frame.tsx";
import { apiPath, formField, inWorkspace, numberIn, type PageContext } from "../../page-context.ts";
import { action, page } from "../../page-route.ts";
import { Code, CopyLine } from "../../parts/code.tsx";
import { ErrorSummary, Field, Form } from "../../parts/form.tsx";
import { Ago, span } from "../../parts/time.tsx";

const PATH = "/portal/{workspace}/settings/portal-link";

/** What a link may give, in the words of who makes one. */
const GRANTS = [
  { value: "read manage", name: "See and change", hint: "Webhooks, event types and sources; test, replay, redeliver." },
  { value: "read", name: "See only", hint: "The same pages without any button that changes something." },
] as const;

const GOOD_FOR = [300, 3600, 86_400] as const;
const STAYS = [3600, 4 * 3600, 12 * 3600] as const;

type FormValues = { grant: string; expires_in: string; session_seconds: string };

const crumbs = (context: PageContext) => [{ name: "Workspace", path: inWorkspace(context, "/settings") }];

export const newPortalLinkPage = page({ path: PATH, scope: "admin" }, (context) => (
  <NewLink
    context={context}
    typed={{ grant: "read manage", expires_in: "300", session_seconds: "43200" }}
    problem={null}
  />
));

export const createPortalLinkAction = action({ path: PATH, scope: "admin" }, async (context) => {
  const typed: FormValues = {
    grant: formField(context, "grant"),
    expires_in: formField(context, "expires_in"),
    session_seconds: formField(context, "session_seconds"),
  };
  const body = {
    scopes: typed.grant.split(" "),
    expires_in: numberIn(typed.expires_in),
    session_seconds: numberIn(typed.session_seconds),
  };
  const made = await context.api.send("POST", apiPath(context, "/portal-links"), body, one(CreatedPortalLink));
  if (!made.ok) return { status: 422, page: <NewLink context={context} typed={typed} problem={made.problem} /> };
  const { url, expires_at, session_seconds } = made.data.data;
  return {
    status: 201,
    page: (
      <Page context={context} title="A link for your user" crumbs={crumbs(context)}>
        <div class="card" data-replace-url={inWorkspace(context, "/settings/portal-link")}>
          <div class="card-head">
            <h2>The link, shown this once</h2>
          </div>
          <div class="card-body stack">
            <p>
              Whoever opens it first is in this workspace's settings, for {span(session_seconds)}. Do not try it
              yourself: it opens once.
            </p>
            <CopyLine text={url} label="link" />
            <p>
              It can be opened up to <Ago at={expires_at} now={context.now} />.
            </p>
          </div>
          <div class="card-foot">
            <a class="button primary" href={inWorkspace(context, "/settings")}>
              Done
            </a>
          </div>
        </div>
      </Page>
    ),
  };
});

function NewLink({ context, typed, problem }: { context: PageContext; typed: FormValues; problem: Problem | null }) {
  return (
    <Page
      context={context}
      title="Make a link for your user"
      lead="It sends somebody straight into this workspace's settings, without a token."
      crumbs={crumbs(context)}
    >
      <ErrorSummary problem={problem} shown={["expires_in", "session_seconds"]} />
      <div class="columns">
        <Form context={context} to={inWorkspace(context, "/settings/portal-link")} class="card" label="A new link">
          <div class="card-body stack form">
            <fieldset class="stack-s">
              <legend>Whoever opens it may</legend>
              {GRANTS.map(({ value, name, hint }) => (
                <label class="choice">
                  <input type="radio" name="grant" value={value} checked={value === typed.grant} />
                  <span>
                    {name} <span class="hint">{hint}</span>
                  </span>
                </label>
              ))}
            </fieldset>
            <Field
              name="expires_in"
              label="The link can be opened for"
              hint="Once, by anybody who has it."
              problem={problem}
            >
              {(attributes) => <Spans attributes={attributes} of={GOOD_FOR} chosen={typed.expires_in} />}
            </Field>
            <Field name="session_seconds" label="Whoever opened it stays in for" problem={problem}>
              {(attributes) => <Spans attributes={attributes} of={STAYS} chosen={typed.session_seconds} />}
            </Field>
          </div>
          <div class="card-foot">
            <button type="submit" class="primary">
              Make the link
            </button>
            <a class="button" href={inWorkspace(context, "/settings")}>
              Cancel
            </a>
          </div>
        </Form>
        <ForProducts context={context} />
      </div>
    </Page>
  );
}

function Spans({
  attributes,
  of,
  chosen,
}: {
  attributes: Record<string, string | undefined>;
  of: readonly number[];
  chosen: string;
}) {
  return (
    <select {...attributes}>
      {of.map((seconds) => (
        <option value={seconds} selected={String(seconds) === chosen}>
          {span(seconds)}
        </option>
      ))}
    </select>
  );
}

/** How a product does it by itself, where a user of it asks for the settings. */
function ForProducts({ context }: { context: PageContext }) {
  const at = `${context.url.origin}${apiPath(context, "/portal-links")}`;
  const framed = settingsOf(context.env).PORTAL_FRAME_ORIGINS;
  return (
    <section class="card">
      <div class="card-head">
        <h2>From your product</h2>
      </div>
      <div class="card-body stack">
        <p>Your backend makes a link when a user asks for his webhooks, and leads his browser there.</p>
        <Code
          text={`curl -X POST -H "Authorization: Bearer $TOKEN" \\\n${at}`}
          label="command that makes a link"
          wrap
        />
        <p class="quiet">
          {framed.length === 0
            ? "To show the settings inside a page of yours, name its origin in PORTAL_FRAME_ORIGINS."
            : `Pages of ${framed.join(", ")} may open it in an iframe.`}
        </p>
      </div>
    </section>
  );
}
