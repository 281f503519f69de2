import type { PropsWithChildren } from "hono/jsx";
import type { Problem } from "../../../api/problem.ts";
import { inWorkspace, usePageContext } from "../../page-context.ts";
import { ErrorSummary, Form, wrongWith } from "../../parts/form.tsx";
import type { CatalogueType } from "../event-types/catalogue.ts";
import { Advanced } from "./advanced.tsx";
import { groupsOf } from "./catalogue.ts";
import { UrlVerdict } from "./check-url.tsx";
import { DialectField, FixedDialect } from "./dialect-field.tsx";
import { EventsField } from "./events-field.tsx";
import type { FormValues, Webhook } from "./form-values.ts";
import { type Preview, PreviewCard } from "./preview.tsx";
import { VerifyToken } from "./verify-token.tsx";

/** What the form says of a fault beside its fields. */
const SHOWN = [
  ...["url", "name", "description", "events", "headers", "retry_policy", "timeout_ms", "channels", "disable_on_gone"],
  ...["max_concurrency", "disable_after", "verify_token", "secret"],
];

/** Everything that a webhook is set up with; of one that exists, what can still be changed. */
export function WebhookForm({
  to,
  back,
  typed,
  types,
  preview,
  webhook,
  problem = null,
}: {
  to: string;
  back: string;
  typed: FormValues;
  types: readonly CatalogueType[];
  preview: Preview;
  /** Null for one to be. */
  webhook: Webhook | null;
  problem?: Problem | null;
}) {
  const ofSurvey = webhook?.survey ?? null;
  return (
    <Form to={to} class="webhook-form" label={webhook ? "Webhook" : "New webhook"}>
      <div class="stack">
        <ErrorSummary problem={problem} shown={SHOWN} />
        <Part title="Endpoint">
          <UrlField url={typed.url} problem={problem} />
          <div class="field">
            <label for="name">Name</label>
            <span class="hint" id="name-hint">
              Optional. Without one, it is called by the host of its URL.
            </span>
            <input
              {...{ id: "name", name: "name", type: "text", value: typed.name, maxlength: 200, autocomplete: "off" }}
              aria-describedby="name-hint"
            />
            <Wrong of="name" problem={problem} />
          </div>
          {webhook && <VerifyToken typed={typed} webhook={webhook} problem={problem} />}
        </Part>
        <Part title="Events">
          {ofSurvey === null ? (
            <EventsField groups={groupsOf(types)} typed={typed} problem={problem} />
          ) : (
            <p class="quiet">
              It is a webhook of the survey <code>{ofSurvey}</code>, whose events it keeps.
            </p>
          )}
        </Part>
        <Part title="Dialect">
          {webhook ? <FixedDialect dialect={webhook.dialect} /> : <DialectField dialect={typed.dialect} />}
          {webhook ? <input type="hidden" name="dialect" value={webhook.dialect} /> : null}
          {!webhook && <VerifyToken typed={typed} webhook={null} problem={problem} />}
        </Part>
        <Advanced typed={typed} webhook={webhook} problem={problem} />
        <div class="row">
          <button type="submit" class="primary">
            {webhook ? "Save changes" : "Add webhook"}
          </button>
          <a class="button" href={back}>
            Cancel
          </a>
        </div>
      </div>
      <PreviewCard preview={preview} />
    </Form>
  );
}

function Part({ title, children }: PropsWithChildren<{ title: string }>) {
  return (
    <section class="card">
      <div class="card-head">
        <h2>{title}</h2>
      </div>
      <div class="card-body stack">{children}</div>
    </section>
  );
}

function Wrong({ of, problem }: { of: string; problem: Problem | null }) {
  const wrong = wrongWith(problem, of);
  return wrong === undefined ? null : <span class="wrong">{wrong}</span>;
}

function UrlField({ url, problem }: { url: string; problem: Problem | null }) {
  const context = usePageContext();
  const wrong = wrongWith(problem, "url");
  return (
    <div class="field">
      <label for="url">URL</label>
      <span class="hint" id="url-hint">
        Where events are sent, by POST. It begins with <code>https://</code> and can be reached from the internet.
      </span>
      <input
        id="url"
        name="url"
        type="url"
        value={url}
        placeholder="https://your-app.example/webhooks"
        autocomplete="off"
        spellcheck={false}
        required
        aria-describedby="url-hint url-verdict"
        aria-invalid={wrong === undefined ? undefined : "true"}
        hx-post={inWorkspace(context, "/webhooks/check-url")}
        hx-trigger="input changed delay:400ms"
        hx-target="#url-verdict"
        hx-swap="innerHTML"
        hx-sync="replace"
      />
      <div id="url-verdict" role="status">
        <UrlVerdict wrong={wrong} />
      </div>
    </div>
  );
}
