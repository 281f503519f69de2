import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { WebhookView } from "../../../api/webhooks/representation.ts";
import { Page } from "../../frame.tsx";
import { action, goTo, page } from "../../page-route.ts";
import { nameOfWebhook } from "../../parts/webhook-name.ts";
import { apiPath, inWorkspace, type Visit } from "../../visit.ts";
import { type CatalogueType, catalogueOf } from "../event-types/catalogue.ts";
import { groupsOf } from "./catalogue.ts";
import { WebhookForm } from "./form.tsx";
import { previewOf } from "./preview.tsx";
import { save, statusOf } from "./save.ts";
import { changesOf, faultsIn, type Typed, typedIn, typedOf, type Webhook } from "./typed.ts";

const WHERE = { path: "/portal/{workspace}/webhooks/{webhook}/edit", scope: "manage" } as const;

const below = (visit: Visit): string => `/webhooks/${encodeURIComponent(visit.params.webhook ?? "")}`;

async function webhookOf(visit: Visit): Promise<Webhook> {
  return (await visit.api.get(apiPath(visit, below(visit)), one(WebhookView))).data;
}

export const editWebhookPage = page(WHERE, async (visit) => {
  const [webhook, types] = await Promise.all([webhookOf(visit), catalogueOf(visit)]);
  return formPage(visit, webhook, types, typedOf(webhook, offered(types)));
});

export const changeWebhookPage = action(WHERE, async (visit) => {
  const webhook = await webhookOf(visit);
  const typed = typedAgain(visit, webhook);
  const changes = changesOf(typed, webhook);
  const path = apiPath(visit, below(visit));
  const outcome = await save(visit, "PATCH", path, changes, one(WebhookView), faultsIn(typed));
  if (outcome.ok) return goTo(inWorkspace(visit, below(visit)), "saved");
  const { problem } = outcome;
  return { status: statusOf(problem), page: await formPage(visit, webhook, await catalogueOf(visit), typed, problem) };
});

/** What the form does not offer is as the webhook has it. */
function typedAgain(visit: Visit, webhook: Webhook): Typed {
  const typed = { ...typedIn(visit.form), dialect: webhook.dialect };
  if (webhook.survey === null) return typed;
  const { all, chosen, custom, channels } = typedOf(webhook, new Set());
  return { ...typed, all, chosen, custom, channels };
}

/** The patterns that have a checkbox. */
const offered = (types: readonly CatalogueType[]): ReadonlySet<string> =>
  new Set(groupsOf(types).flatMap(({ pattern, types }) => [pattern ?? "", ...types.map(({ name }) => name)]));

async function formPage(
  visit: Visit,
  webhook: Webhook,
  types: readonly CatalogueType[],
  typed: Typed,
  problem: Problem | null = null,
) {
  const own = inWorkspace(visit, below(visit));
  return (
    <Page
      visit={visit}
      title="Edit webhook"
      lead="Changes hold for everything that is sent from now on, retries included."
      crumbs={[
        { name: "Webhooks", path: inWorkspace(visit, "/webhooks") },
        { name: nameOfWebhook(webhook), path: own },
      ]}
    >
      <WebhookForm
        visit={visit}
        to={`${own}/edit`}
        back={own}
        typed={typed}
        types={types}
        preview={await previewOf(visit, typed, types)}
        webhook={webhook}
        problem={problem}
      />
    </Page>
  );
}
