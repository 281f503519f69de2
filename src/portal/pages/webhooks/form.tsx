import type { Problem } from "../../../api/problem.ts";
import { dialectOf } from "../../../systems/index.ts";
import { useHref } from "../../page-context.ts";
import { Card, LinkButton } from "../../parts/card.tsx";
import { DataField, type FieldData } from "../../parts/fields.tsx";
import { ErrorSummary, Form, wrongWith } from "../../parts/form.tsx";
import type { CatalogueType } from "../event-types/catalogue.ts";
import { Advanced } from "./advanced.tsx";
import { groupsOf } from "./catalogue.ts";
import { UrlVerdict } from "./check-url.tsx";
import { DialectField, FixedDialect } from "./dialect-field.tsx";
import { EventsField } from "./events-field.tsx";
import type { FormValues, Webhook } from "./form-values.ts";
import { type Preview, PreviewCard } from "./preview.tsx";

/** What the form says of a fault beside its fields. */
const SHOWN = [
  ...["url", "name", "description", "events", "headers", "retry_policy", "timeout_ms", "channels", "disable_on_gone"],
  ...["max_concurrency", "disable_after", "verify_token", "secret"],
];

type FormProps = {
  to: string;
  back: string;
  values: FormValues;
  types: readonly CatalogueType[];
  preview: Preview;
  /** Null for one to be. */
  webhook: Webhook | null;
  problem: Problem | null;
};

/** Everything that a webhook is set up with; of one that exists, what can still be changed. */
export function WebhookForm({ to, back, values, types, preview, webhook, problem }: FormProps) {
  const ofSurvey = webhook?.survey ?? null;
  const token = <VerifyToken values={values} webhook={webhook} problem={problem} />;
  return (
    <Form to={to} class="webhook-form" label={webhook ? "Webhook" : "New webhook"}>
      <div class="stack">
        <ErrorSummary problem={problem} shown={SHOWN} />
        <Card title="Endpoint">
          <UrlField url={values.url} problem={problem} />
          <DataField of={NAME} values={values} problem={problem} />
          {webhook && token}
        </Card>
        <Card title="Events">
          {ofSurvey === null ? (
            <EventsField groups={groupsOf(types)} values={values} problem={problem} />
          ) : (
            <p class="quiet">
              It is a webhook of the survey <code>{ofSurvey}</code>, whose events it keeps.
            </p>
          )}
        </Card>
        <Card title="Dialect">
          {webhook ? <FixedDialect dialect={webhook.dialect} /> : <DialectField dialect={values.dialect} />}
          {webhook ? <input type="hidden" name="dialect" value={webhook.dialect} /> : token}
        </Card>
        <Advanced values={values} webhook={webhook} problem={problem} />
        <div class="row">
          <button type="submit" class="primary">
            {webhook ? "Save changes" : "Add webhook"}
          </button>
          <LinkButton to={back} label="Cancel" />
        </div>
      </div>
      <PreviewCard preview={preview} />
    </Form>
  );
}

const NAME: FieldData = {
  ...{ name: "name", label: "Name", maxlength: 200 },
  hint: "Optional. Without one, it is called by the host of its URL.",
};

function UrlField({ url, problem }: { url: string; problem: Problem | null }) {
  const wrong = wrongWith(problem, "url");
  const attributes = {
    id: "url",
    name: "url",
    type: "url",
    value: url,
    autocomplete: "off",
    spellcheck: false,
  } as const;
  const judged = {
    ...{ "hx-post": useHref("/webhooks/check-url"), "hx-trigger": "input changed delay:400ms" },
    ...{ "hx-target": "#url-verdict", "hx-swap": "innerHTML", "hx-sync": "replace" },
  };
  return (
    <div class="field">
      <label for="url">URL</label>
      <span class="hint" id="url-hint">
        Where events are sent, by POST. It begins with <code>https://</code> and can be reached from the internet.
      </span>
      <input
        {...attributes}
        {...judged}
        placeholder="https://your-app.example/webhooks"
        required
        aria-describedby="url-hint url-verdict"
        aria-invalid={wrong === undefined ? undefined : "true"}
      />
      <div id="url-verdict" role="status">
        <UrlVerdict wrong={wrong} />
      </div>
    </div>
  );
}

type TokenProps = Pick<FormProps, "values" | "webhook" | "problem">;

/** Where the dialect asks the endpoint before it is saved: what shows the endpoint that it is us. */
function VerifyToken({ values, webhook, problem }: TokenProps) {
  if (webhook && !dialectOf(webhook.dialect).handshake) return null;
  const stored = webhook === null ? "" : " Leave it empty to keep the one that is stored.";
  const field: FieldData = {
    ...{ name: "verify_token", label: "Verify token", value: values.verifyToken, maxlength: 200, spellcheck: false },
    hint: `Your endpoint is asked before anything is saved, and is given this token to know who asks.${stored}`,
  };
  return (
    <div class={webhook ? undefined : "only-handshake"}>
      <DataField of={field} problem={problem} />
    </div>
  );
}
