import type * as z from "zod";
import type { Problem } from "../../../api/problem.ts";
import { CreatedWebhook, WebhookView } from "../../../api/webhooks/representation.ts";
import { dialectOf } from "../../../systems/index.ts";
import { type Outcome, Refused } from "../../api.ts";
import { Page } from "../../frame.tsx";
import { formField, inWorkspace, type PageContext } from "../../page-context.ts";
import { formPage, type PageRoute, redirect } from "../../page-route.ts";
import { LinkButton } from "../../parts/card.tsx";
import { CopyLine } from "../../parts/code.tsx";
import { ActionButton } from "../../parts/form.tsx";
import { problemWithForm } from "../../parts/json-field.ts";
import { Snippets } from "../../parts/snippets.tsx";
import { webhookCrumbs, webhookPath } from "../../parts/webhook-head.tsx";
import { type CatalogueType, catalogueOf } from "../event-types/catalogue.ts";
import { loadWebhook, pathOf } from "../webhook/load.ts";
import { groupsOf } from "./catalogue.ts";
import { checkUrlPage, WebhookForm } from "./form.tsx";
import {
  BLANK,
  changesOf,
  type FormValues,
  faultsIn,
  fieldsOf,
  typedIn,
  typedOf,
  type Webhook,
} from "./form-values.ts";
import { listWebhooksPage } from "./list.tsx";
import { previewOf, previewPage } from "./preview.tsx";

/** To add a webhook, and to change it. */

/** What may pass, or be somebody else's to change: what was typed is worth keeping until then. */
const FOR_LATER: readonly string[] = ["quota_exceeded", "unavailable", "rate_limited"];

/** What came of a change, also where the form is to be kept for later. */
async function kept<Data>(asked: Promise<Outcome<Data>>): Promise<Outcome<Data>> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Refused && FOR_LATER.includes(error.problem.code))
      return { ok: false, problem: error.problem };
    throw error;
  }
}

/** The page that shows the form again has the API's own status, where that says more than that it was wrong. */
const refused = (problem: Problem) => {
  const { status } = problem;
  return {
    problem,
    status: status === 403 || status === 409 || status === 429 || status === 503 ? status : 422,
  } as const;
};

const LIST = "/webhooks";

const addWebhook = formPage(
  { path: "/portal/{workspace}/webhooks/new", scope: "manage" },
  {
    initial: () => BLANK,
    read: ({ form }) => typedIn(form),
    async submit(context, values) {
      const faults = faultsIn(values);
      if (faults.length > 0) return { problem: problemWithForm(faults) };
      const { handshake } = dialectOf(values.dialect);
      const body = {
        ...fieldsOf(values),
        dialect: values.dialect,
        ...secretOf(context, values),
        ...(handshake && values.verifyToken !== "" ? { verify_token: values.verifyToken } : {}),
      };
      const made = await kept(context.api.send("POST", LIST, body, CreatedWebhook));
      return made.ok ? { status: 201, page: createdPage(context, made.data) } : refused(made.problem);
    },
    view: async (context, values, problem) => {
      const types = await catalogueOf(context);
      const preview = await previewOf(context, values, types);
      return (
        <Page
          title="Add webhook"
          lead="A URL of yours that events are sent to as they happen. Everything but the dialect can be changed later."
          crumbs={[{ name: "Webhooks", path: LIST }]}
        >
          <WebhookForm to="/webhooks/new" back={LIST} webhook={null} {...{ values, types, preview, problem }} />
        </Page>
      );
    },
  },
);

/** Dialects that sign only with a secret of the user's own get none from the API: here, one is made unless it is not wanted. */
function secretOf(context: PageContext, { dialect, signing }: FormValues): { secret?: string } {
  const { required, generate } = dialectOf(dialect).secret;
  if (signing === "own") return { secret: formField(context, "secret") };
  return signing === "none" || required ? {} : { secret: generate() };
}

const changeWebhook = formPage(
  { path: "/portal/{workspace}/webhooks/{webhook}/edit", scope: "manage" },
  {
    async initial(context) {
      const [webhook, types] = await Promise.all([loadWebhook(context), catalogueOf(context)]);
      return typedOf(webhook, offered(types));
    },
    read: ({ form }) => typedIn(form),
    async submit(context, typed) {
      const webhook = await loadWebhook(context);
      const values = typedAgain(typed, webhook);
      const faults = faultsIn(values);
      if (faults.length > 0) return { problem: problemWithForm(faults) };
      const changes = changesOf(values, webhook);
      const outcome = await kept(context.api.send("PATCH", pathOf(context), changes, WebhookView));
      return outcome.ok ? redirect(inWorkspace(context, pathOf(context)), "saved") : refused(outcome.problem);
    },
    async view(context, typed, problem) {
      const [webhook, types] = await Promise.all([loadWebhook(context), catalogueOf(context)]);
      const values = typedAgain(typed, webhook);
      const preview = await previewOf(context, values, types);
      return (
        <Page
          title="Edit webhook"
          lead="Changes hold for everything that is sent from now on, retries included."
          crumbs={webhookCrumbs(webhook)}
        >
          <WebhookForm
            {...{ to: pathOf(context, "/edit"), back: pathOf(context) }}
            {...{ values, types, preview, webhook, problem }}
          />
        </Page>
      );
    },
  },
);

/** What the form does not offer is as the webhook has it. */
function typedAgain(typed: FormValues, webhook: Webhook): FormValues {
  const values = { ...typed, dialect: webhook.dialect };
  if (webhook.survey === null) return values;
  const { all, chosen, custom, channels } = typedOf(webhook, new Set());
  return { ...values, all, chosen, custom, channels };
}

/** The patterns that have a checkbox. */
const offered = (types: readonly CatalogueType[]): ReadonlySet<string> =>
  new Set(groupsOf(types).flatMap(({ pattern, types }) => [pattern ?? "", ...types.map(({ name }) => name)]));

/** What is shown once, right after a webhook was made: its secret, and what to do with it. */
function createdPage(context: PageContext, webhook: z.infer<typeof CreatedWebhook>) {
  const { id, url, secret, dialect } = webhook;
  const lead = (
    <>
      Events go to <span class="break">{url}</span> from now on.
    </>
  );
  const steps = [
    {
      title: "Copy the secret",
      content:
        secret === null ? (
          <p>It has none: its requests are not signed. Rotate the secret on the webhook's page to give it one.</p>
        ) : (
          <>
            <CopyLine text={secret} label="the secret" />
            <p class="small quiet">
              It is shown this once, and never again. Keep it where your server keeps its credentials. If it is lost,
              rotate it on the webhook's page.
            </p>
          </>
        ),
    },
    {
      title: "Verify the signature",
      content: (
        <>
          <p>
            Your server takes a request for genuine only if its signature fits. Then it answers 2xx within{" "}
            {webhook.timeout_ms / 1000} seconds; anything else is tried again.
          </p>
          <Snippets dialect={dialect} />
        </>
      ),
    },
    {
      title: "Send a test event",
      content: (
        <>
          <p>
            A sample of what it subscribes to, delivered as a real event is. You see it arrive on the webhook's page.
          </p>
          <div class="row">
            <ActionButton to={webhookPath(id, "/test")} kind="primary" label="Send test event" />
            <LinkButton to={webhookPath(id)} label="Go to the webhook" />
          </div>
        </>
      ),
    },
  ];
  return (
    <Page title="Webhook added" lead={lead} crumbs={webhookCrumbs(webhook)}>
      <ol class="todo stack" data-replace-url={inWorkspace(context, webhookPath(id))}>
        {steps.map(({ title, content }) => (
          <li class="card">
            <div class="card-head">
              <h2>{title}</h2>
            </div>
            <div class="card-body stack-s">{content}</div>
          </li>
        ))}
      </ol>
    </Page>
  );
}

export const webhookListPages: readonly PageRoute[] = [
  ...[listWebhooksPage, ...addWebhook, checkUrlPage, previewPage],
  ...changeWebhook,
];
