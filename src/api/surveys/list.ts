import { listEndpoints } from "../../config/endpoint-queries.ts";
import { list, loadPage, NumberKey, PageQuery } from "../page.ts";
import { defineRoute } from "../route.ts";
import { viewWebhook, WebhookView } from "../webhooks/representation.ts";
import { surveyOf } from "./survey.ts";

export const listSurveyWebhooks = defineRoute(
  {
    method: "get",
    path: "/api/v1/workspaces/{workspace}/surveys/{survey}/webhooks",
    scope: "read",
    tag: "Survey webhooks",
    summary: "List a survey's webhooks",
    query: PageQuery,
    success: { status: 200, schema: list(WebhookView) },
  },
  async ({ env, workspaceId, params, query }) => {
    const filter = { workspaceId, survey: surveyOf(params.survey) };
    const load = (limit: number, before: number | undefined) => listEndpoints(env, filter, limit, before);
    const { rows, next_cursor } = await loadPage(query, NumberKey, load, (row) => row.number);
    return { data: await Promise.all(rows.map((row) => viewWebhook(env, row))), next_cursor };
  },
);
