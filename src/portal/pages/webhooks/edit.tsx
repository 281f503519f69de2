import type { Problem } from "../../../api/problem.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { inWorkspace, type PageContext } from "../../page-context.ts";
import { action, page, redirect } from "../../page-route.ts";
import { nameOfWebhook } from "../../parts/webhook-name.ts";
import { type CatalogueType, catalogueOf } from "../event-types/catalogue.ts";
import { groupsOf } from "./catalogue.ts";
import { WebhookForm } from "./form.tsx";
import { changesOf, type FormValues, faultsIn, typedIn, typedOf, type Webhook } from "./form-values.ts";
import { previewOf } from "./preview.tsx";
import { save, statusOf } from "./save.ts";

const WHERE = { path: "/portal/{workspace}/webhooks/{webhook}/edit", scope: "manage" } as const;

const below = (context: PageContext): string => `/webhooks/${encodeURIComponent(context.params.webhook ?? "")}`;

async function webhookOf(context: PageContext): Promise<Webhook> {
  return await context.api.one(below(context), WebhookView);
}

export const editWebhookPage = page(WHERE, async (context) => {
  const [webhook, types] = await Promise.all([webhookOf(context), catalogueOf(context)]);
  return formPage(context, webhook, types, typedOf(webhook, offered(types)));
});

export const changeWebhookPage = action(WHERE, async (context) => {
  const webhook = await webhookOf(context);
  const typed = typedAgain(context, webhook);
  const changes = changesOf(typed, webhook);
  const path = below(context);
  const outcome = await save(context, "PATCH", path, changes, WebhookView, faultsIn(typed));
  if (outcome.ok) return redirect(inWorkspace(context, below(context)), "saved");
  const { problem } = outcome;
  return {
    status: statusOf(problem),
    page: await formPage(context, webhook, await catalogueOf(context), typed, problem),
  };
});

/** What the form does not offer is as the webhook has it. */
function typedAgain(context: PageContext, webhook: Webhook): FormValues {
  const typed = { ...typedIn(context.form), dialect: webhook.dialect };
  if (webhook.survey === null) return typed;
  const { all, chosen, custom, channels } = typedOf(webhook, new Set());
  return { ...typed, all, chosen, custom, channels };
}

/** The patterns that have a checkbox. */
const offered = (types: readonly CatalogueType[]): ReadonlySet<string> =>
  new Set(groupsOf(types).flatMap(({ pattern, types }) => [pattern ?? "", ...types.map(({ name }) => name)]));

async function formPage(
  context: PageContext,
  webhook: Webhook,
  types: readonly CatalogueType[],
  typed: FormValues,
  problem: Problem | null = null,
) {
  const own = inWorkspace(context, below(context));
  return (
    <Page
      title="Edit webhook"
      lead="Changes hold for everything that is sent from now on, retries included."
      crumbs={[
        { name: "Webhooks", path: inWorkspace(context, "/webhooks") },
        { name: nameOfWebhook(webhook), path: own },
      ]}
    >
      <WebhookForm
        to={`${own}/edit`}
        back={own}
        typed={typed}
        types={types}
        preview={await previewOf(context, typed, types)}
        webhook={webhook}
        problem={problem}
      />
    </Page>
  );
}
