import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { webhookFields } from "../webhooks/fields.ts";
import { viewWebhook, WebhookView } from "../webhooks/representation.ts";
import { alterWebhook } from "../webhooks/service.ts";
import { SURVEY_CHANGE_HINTS, SurveyWebhookChanges } from "./fields.ts";
import { surveyOf } from "./survey.ts";

export const changeSurveyWebhook = defineRoute(
  {
    method: "patch",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks/{webhook}",
    scope: "manage",
    audit: "webhook.updated",
    tag: "Survey webhooks",
    summary: "Change a survey's webhook; status active also enables what was disabled",
    body: { schema: SurveyWebhookChanges, hints: SURVEY_CHANGE_HINTS },
    success: { status: 200, schema: one(WebhookView) },
  },
  async ({ env, workspaceId, params, body, now, trail }) => {
    const filter = { workspaceId, survey: surveyOf(params.survey) };
    const row = await alterWebhook(env, filter, params.webhook, webhookFields(body), now, trail);
    return { data: await viewWebhook(env, row) };
  },
);
