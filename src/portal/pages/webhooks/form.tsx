import { ApiError, type Problem } from "../../../api/problem.ts";
import { checkTarget } from "../../../api/webhooks/checks.ts";
import { WebhookUrl } from "../../../api/webhooks/fields.ts";
import { type Dialect, dialectOf, dialects } from "../../../systems/index.ts";
import { formField, type PageContext, useHref } from "../../page-context.ts";
import { action } from "../../page-route.ts";
import { Card, LinkButton } from "../../parts/card.tsx";
import { DataField, type FieldData } from "../../parts/fields.tsx";
import { ErrorSummary, Form, wrongWith } from "../../parts/form.tsx";
import type { CatalogueType } from "../event-types/catalogue.ts";
import { Advanced } from "./advanced.tsx";
import { groupsOf } from "./catalogue.ts";
import { written } from "./delays.ts";
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

/** How its requests look, chosen once: each dialect with what it is for, and what it does unless told otherwise. */
function DialectField({ dialect }: { dialect: string }) {
  return (
    <fieldset class="stack-s">
      <legend class="visually-hidden">Dialect</legend>
      {[...dialects.values()].map((each) => (
        <label class="choice option">
          <input
            type="radio"
            name="dialect"
            value={each.name}
            checked={each.name === dialect}
            data-handshake={each.handshake ? "" : undefined}
            data-optional-secret={each.secret.required ? undefined : ""}
          />
          <span>
            <strong>{each.name}</strong>
            <span class="hint">{each.summary}</span>
            <DialectFacts dialect={each} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** The same of a webhook that has its dialect for good. */
function FixedDialect({ dialect }: { dialect: string }) {
  const { summary } = dialectOf(dialect);
  return (
    <div class="stack-s">
      <span>
        <strong>{dialect}</strong> <span class="quiet">{summary}</span>
      </span>
      <span class="small quiet">
        A webhook keeps its dialect and its secret, which is of that dialect's form. For another dialect, add another
        webhook; for another secret, rotate it on the webhook's page.
      </span>
    </div>
  );
}

function DialectFacts({ dialect }: { dialect: Dialect }) {
  const { signature, retryDelays, timeoutMs } = dialect;
  const last = retryDelays.reduce((sum, delay) => sum + delay, 0);
  const hours = Number((last / 3600).toFixed(1));
  return (
    <span class="hint small">
      <code>{signature.header}</code> · {retryDelays.length} retries within {hours} h · timeout{" "}
      {written(timeoutMs / 1000)}
    </span>
  );
}

/** What the field of a URL says while it is typed: the judgement that the API would come to, and its reason. */
export const checkUrlPage = action(
  { path: "/portal/{workspace}/webhooks/check-url", scope: "manage" },
  async (context) => {
    const url = formField(context, "url");
    if (url === "") return <UrlVerdict wrong={undefined} />;
    const wrong = await complaintOf(context, url);
    return <UrlVerdict wrong={wrong} good={wrong === undefined} />;
  },
);

async function complaintOf(context: PageContext, url: string): Promise<string | undefined> {
  const parsed = WebhookUrl.safeParse(url);
  if (!parsed.success) return parsed.error.issues[0]?.message;
  try {
    await checkTarget(context.env, "url", url, context.url.origin);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.errors?.[0]?.message ?? error.message.replace(/^url: /, "");
    throw error;
  }
}

/** @param good whether the guard has passed it; it may also not have been asked */
function UrlVerdict({ wrong, good = false }: { wrong: string | undefined; good?: boolean }) {
  if (wrong !== undefined) return <span class="wrong">{wrong}</span>;
  return good ? (
    <span class="right-answer">Looks good: deliveries may go there.</span>
  ) : (
    <span class="hint">&nbsp;</span>
  );
}
