import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { webhookOf } from "../webhooks/find.ts";
import { viewWebhook, WebhookView } from "../webhooks/representation.ts";
import { surveyOf } from "./survey.ts";

export const getSurveyWebhook = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks/{webhook}",
    scope: "read",
    tag: "Survey webhooks",
    summary: "Get a survey's webhook",
    success: { status: 200, schema: one(WebhookView) },
    codes: ["invalid_request"],
  },
  async ({ env, workspaceId, params }) => {
    const filter = { workspaceId, survey: surveyOf(params.survey) };
    return { data: await viewWebhook(env, await webhookOf(env, filter, params.webhook)) };
  },
);
