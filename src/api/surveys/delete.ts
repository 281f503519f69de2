import { defineRoute, nothing } from "../route.ts";
import { dropWebhook } from "../webhooks/service.ts";
import { surveyOf } from "./survey.ts";

export const removeSurveyWebhook = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks/{webhook}",
    scope: "manage",
    audit: "webhook.deleted",
    tag: "Survey webhooks",
    summary: "Delete a survey's webhook with its deliveries",
    success: { status: 204, schema: nothing },
    codes: ["invalid_request"],
  },
  async ({ env, workspaceId, params, now, trail }) => {
    await dropWebhook(env, { workspaceId, survey: surveyOf(params.survey) }, params.webhook, now, trail);
    return undefined;
  },
);
