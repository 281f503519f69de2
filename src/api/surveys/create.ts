import { platform } from "../../systems/index.ts";
import { one } from "../page.ts";
import { defineRoute } from "../route.ts";
import { webhookFields } from "../webhooks/fields.ts";
import { CreatedWebhook, viewWebhook } from "../webhooks/representation.ts";
import { addWebhook } from "../webhooks/service.ts";
import { CREATION_HINTS, NewSurveyWebhook, SURVEY_EVENT } from "./fields.ts";
import { surveyOf } from "./survey.ts";

export const createSurveyWebhook = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks",
    scope: "manage",
    audit: "webhook.created",
    tag: "Survey webhooks",
    summary: "Create a webhook for one survey's completed responses; a survey has ten at most",
    body: { schema: NewSurveyWebhook, hints: CREATION_HINTS },
    success: { status: 201, schema: one(CreatedWebhook) },
    codes: ["conflict", "quota_exceeded"],
  },
  async ({ env, workspaceId, params, body, now, url: origin, trail }) => {
    const survey = surveyOf(params.survey);
    const { row, secret } = await addWebhook(
      env,
      workspaceId,
      {
        ...webhookFields(body),
        url: body.url,
        events: [SURVEY_EVENT],
        // A survey's events are published on a channel of its id.
        channels: [survey],
        dialect: platform.name,
        secret: body.secret,
        survey,
      },
      now,
      origin,
      trail,
    );
    return { data: { ...(await viewWebhook(env, row)), secret } };
  },
);
