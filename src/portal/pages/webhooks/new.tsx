import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { CreatedWebhook } from "../../../api/webhooks/representation.ts";
import { dialectOf } from "../../../systems/index.ts";
import { Page } from "../../frame.tsx";
import { action, page } from "../../page-route.ts";
import { apiPath, field, inWorkspace, type Visit } from "../../visit.ts";
import { catalogueOf } from "../event-types/catalogue.ts";
import { CreatedPage } from "./created.tsx";
import { WebhookForm } from "./form.tsx";
import { previewOf } from "./preview.tsx";
import { save, statusOf } from "./save.ts";
import { BLANK, faultsIn, fieldsOf, type Typed, typedIn } from "./typed.ts";

const WHERE = { path: "/portal/{workspace}/webhooks/new", scope: "manage" } as const;

export const newWebhookPage = page(WHERE, (visit) => formPage(visit, BLANK));

export const createWebhookPage = action(WHERE, async (visit) => {
  const typed = typedIn(visit.form);
  const { handshake } = dialectOf(typed.dialect);
  const body = {
    ...fieldsOf(typed),
    dialect: typed.dialect,
    ...secretOf(visit, typed),
    ...(handshake && typed.verifyToken !== "" ? { verify_token: typed.verifyToken } : {}),
  };
  const path = apiPath(visit, "/webhooks");
  const outcome = await save(visit, "POST", path, body, one(CreatedWebhook), faultsIn(typed));
  if (outcome.ok) return { status: 201, page: <CreatedPage visit={visit} webhook={outcome.data.data} /> };
  return { status: statusOf(outcome.problem), page: await formPage(visit, typed, outcome.problem) };
});

/** Dialects that sign only with a secret of the user's own get none from the API: here, one is made unless it is not wanted. */
function secretOf(visit: Visit, { dialect, signing }: Typed): { secret?: string } {
  const { required, generate } = dialectOf(dialect).secret;
  if (signing === "own") return { secret: field(visit, "secret") };
  return signing === "none" || required ? {} : { secret: generate() };
}

async function formPage(visit: Visit, typed: Typed, problem: Problem | null = null) {
  const types = await catalogueOf(visit);
  const list = inWorkspace(visit, "/webhooks");
  return (
    <Page
      visit={visit}
      title="Add webhook"
      lead="A URL of yours that events are sent to as they happen. Everything but the dialect can be changed later."
      crumbs={[{ name: "Webhooks", path: list }]}
    >
      <WebhookForm
        visit={visit}
        to={`${list}/new`}
        back={list}
        typed={typed}
        types={types}
        preview={await previewOf(visit, typed, types)}
        webhook={null}
        problem={problem}
      />
    </Page>
  );
}
