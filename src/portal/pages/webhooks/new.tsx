import type { Problem } from "../../../api/problem.ts";
import { CreatedWebhook } from "../../../api/webhooks/representation.ts";
import { dialectOf } from "../../../systems/index.ts";
import { Page } from "../../frame.tsx";
import { formField, inWorkspace, type PageContext } from "../../page-context.ts";
import { action, page } from "../../page-route.ts";
import { catalogueOf } from "../event-types/catalogue.ts";
import { CreatedPage } from "./created.tsx";
import { WebhookForm } from "./form.tsx";
import { BLANK, type FormValues, faultsIn, fieldsOf, typedIn } from "./form-values.ts";
import { previewOf } from "./preview.tsx";
import { save, statusOf } from "./save.ts";

const WHERE = { path: "/portal/{workspace}/webhooks/new", scope: "manage" } as const;

export const newWebhookPage = page(WHERE, (context) => formPage(context, BLANK));

export const createWebhookPage = action(WHERE, async (context) => {
  const typed = typedIn(context.form);
  const { handshake } = dialectOf(typed.dialect);
  const body = {
    ...fieldsOf(typed),
    dialect: typed.dialect,
    ...secretOf(context, typed),
    ...(handshake && typed.verifyToken !== "" ? { verify_token: typed.verifyToken } : {}),
  };
  const path = "/webhooks";
  const outcome = await save(context, "POST", path, body, CreatedWebhook, faultsIn(typed));
  if (outcome.ok) return { status: 201, page: <CreatedPage webhook={outcome.data} /> };
  return { status: statusOf(outcome.problem), page: await formPage(context, typed, outcome.problem) };
});

/** Dialects that sign only with a secret of the user's own get none from the API: here, one is made unless it is not wanted. */
function secretOf(context: PageContext, { dialect, signing }: FormValues): { secret?: string } {
  const { required, generate } = dialectOf(dialect).secret;
  if (signing === "own") return { secret: formField(context, "secret") };
  return signing === "none" || required ? {} : { secret: generate() };
}

async function formPage(context: PageContext, typed: FormValues, problem: Problem | null = null) {
  const types = await catalogueOf(context);
  const list = inWorkspace(context, "/webhooks");
  return (
    <Page
      title="Add webhook"
      lead="A URL of yours that events are sent to as they happen. Everything but the dialect can be changed later."
      crumbs={[{ name: "Webhooks", path: list }]}
    >
      <WebhookForm
        to={`${list}/new`}
        back={list}
        typed={typed}
        types={types}
        preview={await previewOf(context, typed, types)}
        webhook={null}
        problem={problem}
      />
    </Page>
  );
}
