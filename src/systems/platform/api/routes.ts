import { list, loadPage, NumberKey, one, PageQuery } from "../../../api/page.ts";
import { invalidField } from "../../../api/problem.ts";
import { defineRoute, nothing, type Route } from "../../../api/route.ts";
import { CHANGE_HINTS, NewWebhook, WebhookChanges, webhookFields } from "../../../api/webhooks/fields.ts";
import { webhookOf } from "../../../api/webhooks/find.ts";
import { CreatedWebhook, viewWebhook, WebhookView } from "../../../api/webhooks/representation.ts";
import { addWebhook, alterWebhook, dropWebhook } from "../../../api/webhooks/service.ts";
import * as z from "../../../api/z.ts";
import { listEndpoints } from "../../../config/endpoint-queries.ts";
import { platform } from "../dialect.ts";

/**
 * Webhooks of one survey. What has no operation here (rotation, test, health, deliveries) is where it is for every
 * webhook.
 */

/** A survey, by the id that its publisher calls it: nothing of a survey is stored but its webhooks. */
const SurveyId = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,200}$/, "A survey's id is 1 to 200 letters, digits, _, ., : and -")
  .openapi({ example: "survey-7" });

const SURVEY = { survey: SurveyId };

/**
 * The survey that a path names. There is none that could be missing: one without webhooks has an empty list of them.
 * @throws ApiError invalid_request for what cannot be a survey's id
 */
function surveyOf(param: string): string {
  const { data, error } = SurveyId.safeParse(param);
  if (data === undefined) throw invalidField("survey", error?.issues[0]?.message ?? "This is no survey's id");
  return data;
}

/** What a survey webhook is for. */
const SURVEY_EVENT = "survey.response_completed";

const FIXED = "A survey webhook has no choice of it";

const NewSurveyWebhook = NewWebhook.omit({ events: true, channels: true, dialect: true })
  .extend({
    events: z
      .array(z.literal(SURVEY_EVENT))
      .min(1)
      .max(1)
      .optional()
      .openapi({ description: "May be left out: it is always this." }),
  })
  .openapi("NewSurveyWebhook");

/** Why a creation does not take these. */
const CREATION_HINTS = { channels: FIXED, dialect: FIXED };

const SurveyWebhookChanges = WebhookChanges.omit({ events: true, channels: true }).openapi("SurveyWebhookChanges");

/** Why a change does not take these. */
const SURVEY_CHANGE_HINTS = { ...CHANGE_HINTS, events: FIXED, channels: FIXED };

const createSurveyWebhook = defineRoute(
  {
    method: "post",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks",
    params: SURVEY,
    scope: "manage",
    audit: "webhook.created",
    tag: "Survey webhooks",
    summary: "Create a webhook for one survey's completed responses; a survey has ten at most",
    body: { schema: NewSurveyWebhook, hints: CREATION_HINTS },
    success: { status: 201, schema: one(CreatedWebhook) },
    codes: ["conflict", "quota_exceeded"],
  },
  async ({ env, workspaceId, params, body, now, url: origin, audit }) => {
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
        group: survey,
      },
      now,
      origin,
      audit,
    );
    return { data: { ...(await viewWebhook(env, row)), secret } };
  },
);

const listSurveyWebhooks = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks",
    params: SURVEY,
    scope: "read",
    tag: "Survey webhooks",
    summary: "List a survey's webhooks",
    query: PageQuery,
    success: { status: 200, schema: list(WebhookView) },
  },
  async ({ env, workspaceId, params, query }) => {
    const filter = { workspaceId, group: surveyOf(params.survey) };
    const load = (limit: number, before: number | undefined) => listEndpoints(env, filter, limit, before);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.number);
    return { data: await Promise.all(rows.map((row) => viewWebhook(env, row))), next_cursor };
  },
);

const getSurveyWebhook = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks/{webhook}",
    params: SURVEY,
    scope: "read",
    tag: "Survey webhooks",
    summary: "Get a survey's webhook",
    success: { status: 200, schema: one(WebhookView) },
    codes: ["invalid_request"],
  },
  async ({ env, workspaceId, params }) => {
    const filter = { workspaceId, group: surveyOf(params.survey) };
    return { data: await viewWebhook(env, await webhookOf(env, filter, params.webhook)) };
  },
);

const changeSurveyWebhook = defineRoute(
  {
    method: "patch",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks/{webhook}",
    params: SURVEY,
    scope: "manage",
    audit: "webhook.updated",
    tag: "Survey webhooks",
    summary: "Change a survey's webhook; status active also enables what was disabled",
    body: { schema: SurveyWebhookChanges, hints: SURVEY_CHANGE_HINTS },
    success: { status: 200, schema: one(WebhookView) },
  },
  async ({ env, workspaceId, params, body, now, url: origin, audit }) => {
    const filter = { workspaceId, group: surveyOf(params.survey) };
    const row = await alterWebhook(env, filter, params.webhook, webhookFields(body), now, origin, audit);
    return { data: await viewWebhook(env, row) };
  },
);

const removeSurveyWebhook = defineRoute(
  {
    method: "delete",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks/{webhook}",
    params: SURVEY,
    scope: "manage",
    audit: "webhook.deleted",
    tag: "Survey webhooks",
    summary: "Delete a survey's webhook with its deliveries",
    success: { status: 204, schema: nothing },
    codes: ["invalid_request"],
  },
  async ({ env, workspaceId, params, now, audit }) => {
    await dropWebhook(env, { workspaceId, group: surveyOf(params.survey) }, params.webhook, now, audit);
    return undefined;
  },
);

export const surveyRoutes: readonly Route[] = [
  createSurveyWebhook,
  listSurveyWebhooks,
  getSurveyWebhook,
  changeSurveyWebhook,
  removeSurveyWebhook,
];
